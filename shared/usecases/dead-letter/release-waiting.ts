import { SchedulerError } from '../../domain/errors.ts';
import type { Execution } from '../../domain/execution.ts';
import { mapBounded } from '../../domain/map-bounded.ts';
import { executionId } from '../../domain/occurrence.ts';
import type { ChainDeps } from '../chain/trigger-chained.ts';
import { runKey } from '../manage-runs/context.ts';
import { patchedBy } from './edited-payload.ts';
import { reviveRun } from './revive.ts';

const WIDTH = 20;

/**
 * A canary has succeeded: the dead letters that waited for it run again, each for the very death that it waited with. So
 * doing this again, after a crash or beside somebody else, revives nothing twice. What was closed or redriven meanwhile,
 * or lost its task, stays as it is. Rejects when a store is away: then the canary is not settled, and this comes again.
 */
export async function releaseWaiting(deps: ChainDeps, run: Execution): Promise<void> {
  if (run.canary === undefined) return;
  const canary = await deps.deadLetters.readCanary(run.tenant, run.canary);
  if (canary?.executionId !== executionId(run)) return;
  const { payloadPatch, tenant } = canary;
  const edit = payloadPatch === undefined ? undefined : patchedBy(deps, JSON.parse(payloadPatch));
  const revive = { ...deps, workQueues: deps.queues };
  await mapBounded(canary.waiting, WIDTH, async ({ executionId: id, epoch }) => {
    try {
      await reviveRun(revive, runKey({ tenant }, id), { epoch, edit, whileOpen: true });
    } catch (error) {
      if (!isRefusal(error)) throw error;
      deps.log.info('not released with its canary', { executionId: id, reason: error.message });
    }
  });
}

const isRefusal = (error: unknown): error is SchedulerError =>
  error instanceof SchedulerError && (error.code === 'state-conflict' || error.code === 'not-found');
