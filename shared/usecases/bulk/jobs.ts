import { abortedJob, type BulkJob } from '../../domain/bulk.ts';
import { SchedulerError } from '../../domain/errors.ts';
import type { Principal } from '../../domain/principal.ts';
import type { BulkDeps } from './context.ts';

const TRIES = 8;

export async function findBulkJob(
  deps: Pick<BulkDeps, 'bulkJobs'>,
  { tenant }: Principal,
  id: string,
): Promise<BulkJob> {
  const job = await deps.bulkJobs.read({ tenant, id });
  if (job) return job;
  throw new SchedulerError('not-found', `There is no bulk job ${id}`, { resource: 'bulk', id });
}

/** What it has done stays done; a batch that is under way ends. Of one that is over nothing changes. */
export async function abortBulkJob(
  deps: Pick<BulkDeps, 'bulkJobs' | 'clock'>,
  principal: Principal,
  id: string,
): Promise<BulkJob> {
  for (let tries = 0; tries < TRIES; tries++) {
    const seen = await findBulkJob(deps, principal, id);
    if (seen.status !== 'running') return seen;
    const aborted = abortedJob(seen, deps.clock.nowMs());
    if (await deps.bulkJobs.put(aborted, seen)) return aborted;
  }
  const details = { resource: 'bulk', id, status: 'changing', action: 'abort' };
  throw new SchedulerError('state-conflict', 'The job is going on at the same time; try again', details);
}
