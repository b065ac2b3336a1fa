import { type Execution, isFinal } from '../../domain/execution.ts';
import { cancelledExecution, revivedExecution } from '../../domain/execution-admin.ts';
import type { Principal } from '../../domain/principal.ts';
import type { EpochMs } from '../../domain/time.ts';
import { announceEnd } from '../lifecycle-events/announce.ts';
import { wakeNext } from '../run-execution/finish.ts';
import { giveBackSlots } from '../run-execution/slots.ts';
import {
  type ManageRunsDeps,
  requireRun,
  runConflict,
  runKey,
  sendRunHint,
  untilWritten,
} from './context.ts';

/** A waiting run ends, one that was handed off as well; a running one is asked to, and asking again is harmless. */
export function cancelRun(deps: ManageRunsDeps, principal: Principal, id: string): Promise<Execution> {
  const key = runKey(principal, id);
  return untilWritten(id, 'cancel', async () => {
    const seen = await requireRun(deps, key);
    const decision = cancelledExecution(seen, deps.clock.nowMs(), deps.retentionMs, principal.actor);
    if (decision.kind === 'refused')
      throw runConflict(id, seen.status, 'cancel', `The execution has ended already (${seen.status})`);
    if (seen.cancelRequested) return seen;
    // One that was handed off is alive: what waits for its slots, and behind it, may begin.
    const end = { ...deps, queues: deps.workQueues };
    const isHandedOff = decision.kind === 'cancelled' && seen.status === 'running';
    if (isHandedOff) await giveBackSlots(end, seen);
    const outcome = await deps.executions.update(key, decision.change);
    if (!outcome.ok) return undefined;
    await announceEnd(deps, outcome.record);
    if (isHandedOff) await wakeNext(end, seen);
    return outcome.record;
  });
}

/** Dead, cancelled or skipped runs again under the same id; `only` as a dead letter of that queue, or if it ended by then. */
export function retryRun(
  deps: ManageRunsDeps,
  principal: Principal,
  id: string,
  only: { queue?: string; endedBy?: EpochMs } = {},
): Promise<Execution> {
  const { queue, endedBy = Number.POSITIVE_INFINITY } = only;
  const key = runKey(principal, id);
  return untilWritten(id, 'retry', async () => {
    const seen = await requireRun(deps, key);
    if (queue !== undefined && (seen.queue !== queue || seen.status !== 'dead'))
      throw runConflict(id, seen.status, 'redrive', `The execution is no dead letter of queue ${queue}`);
    if ((seen.finishedAt ?? Number.NEGATIVE_INFINITY) > endedBy)
      throw runConflict(id, 'changed', 'retry', 'The execution has run since');
    // The task is read after the run: its generation is what the run will be permitted under.
    const task = await deps.tasks.read(key);
    if (!task || task.state.status === 'deleted')
      throw runConflict(id, seen.status, 'retry', 'The task of this execution has been deleted');
    const nowMs = deps.clock.nowMs();
    const change = revivedExecution(seen, {
      retryLimit: task.definition.retry.limit,
      generation: task.state.generation,
      queue: task.definition.queue,
      nowMs,
    });
    if (change === 'refused') {
      const why = isFinal(seen.status) ? 'it succeeded' : 'it has not ended';
      throw runConflict(id, seen.status, 'retry', `The execution cannot run again: ${why} (${seen.status})`);
    }
    const outcome = await deps.executions.update(key, change);
    if (!outcome.ok) return undefined;
    await sendRunHint(deps, outcome.record, nowMs);
    return outcome.record;
  });
}
