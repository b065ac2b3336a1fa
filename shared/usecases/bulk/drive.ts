import { makeRegistry } from '../../contract/handler.ts';
import { atEndOfList, type BulkJob, type BulkOutcome, withOutcomes } from '../../domain/bulk.ts';
import { BULK_BATCH } from '../../domain/limits.ts';
import { mapBounded } from '../../domain/map-bounded.ts';
import type { Principal } from '../../domain/principal.ts';
import { type DurationMs, SECOND_MS } from '../../domain/time.ts';
import type { BulkJobKey } from '../../tenant-ports.ts';
import { carryOut } from './carry-out.ts';
import type { BulkDeps } from './context.ts';
import { selectPage } from './select.ts';

const WIDTH = 10;
const STOP_BELOW_MS = 15 * SECOND_MS;

/** Each minute: takes jobs that are not over further. Returns how many could not be. */
export async function driveBulkJobs(
  given: Omit<BulkDeps, 'handlers'>,
  keys: readonly BulkJobKey[],
  remainingMs: () => DurationMs,
): Promise<number> {
  // A job triggers tasks with their own payload, of which no handler is asked.
  const deps = { ...given, handlers: makeRegistry([]) };
  const results = await Promise.allSettled(keys.map((key) => driveBulkJob(deps, key, remainingMs)));
  let failed = 0;
  for (const [at, result] of results.entries()) {
    if (result.status === 'fulfilled') continue;
    failed++;
    deps.log.error('bulk job stopped; the next minute goes on', { id: keys[at]?.id }, result.reason);
  }
  return failed;
}

/**
 * Batch by batch. One write says what became of a batch and which the next one is, so a process that dies in between
 * has its last batch done again by the next, which changes nothing further. Of two that drive the same job one loses
 * its write and stops.
 */
async function driveBulkJob(deps: BulkDeps, key: BulkJobKey, remainingMs: () => DurationMs): Promise<void> {
  let job = await deps.bulkJobs.read(key);
  while (job?.status === 'running' && remainingMs() > STOP_BELOW_MS) {
    const { outcomes, left } = await doBatch(deps, job);
    const next =
      left.length > 0 ? withOutcomes(job, outcomes, left) : await goOn(deps, withOutcomes(job, outcomes));
    if (!(await deps.bulkJobs.put(next, job))) return countLate(deps, job, outcomes);
    if (left.length > 0) return;
    job = next;
  }
}

/** What a store or queue has no room for now keeps its place until the next minute. */
const PASSING = new Set(['unavailable', 'backlog-full']);

async function doBatch(deps: BulkDeps, job: BulkJob): Promise<{ outcomes: BulkOutcome[]; left: string[] }> {
  const outcomes = await mapBounded(job.batch, WIDTH, (id) =>
    carryOut(deps, principalOf(job), job.action, id, { job, requestId: job.id }),
  );
  const isLeft = ({ problem }: BulkOutcome) => problem !== undefined && PASSING.has(problem.code);
  return {
    outcomes: outcomes.filter((outcome) => !isLeft(outcome)),
    left: outcomes.filter(isLeft).map(({ id }) => id),
  };
}

async function goOn(deps: BulkDeps, job: BulkJob): Promise<BulkJob> {
  if (job.cursor === null) return atEndOfList(job, deps.clock.nowMs());
  const { action, filter, createdAt: at, walk, cursor } = job;
  const selection = { action, filter, at, again: walk > 1 };
  const page = await selectPage(deps, principalOf(job), selection, { limit: BULK_BATCH, cursor });
  return { ...job, batch: page.ids, cursor: page.cursor };
}

/** It was aborted while the batch was under way, and of several that were at it this one is the first to say so. */
async function countLate(deps: BulkDeps, did: BulkJob, outcomes: BulkOutcome[]): Promise<void> {
  const now = await deps.bulkJobs.read(did);
  const isNext = now?.status === 'aborted' && now.version === did.version + 1;
  if (isNext && outcomes.length > 0) await deps.bulkJobs.put(withOutcomes(now, outcomes), now);
}

const principalOf = ({ tenant, role, createdBy }: BulkJob): Principal => ({
  tenant,
  role,
  actor: createdBy,
});
