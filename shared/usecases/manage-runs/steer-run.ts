import type { RetryInput } from '../../contract/execution.ts';
import type { Execution } from '../../domain/execution.ts';
import { cancelledExecution } from '../../domain/execution-admin.ts';
import type { Principal } from '../../domain/principal.ts';
import type { EpochMs } from '../../domain/time.ts';
import { checked, replacedBy } from '../dead-letter/edited-payload.ts';
import { reviveRun } from '../dead-letter/revive.ts';
import { announceEnd } from '../lifecycle-events/announce.ts';
import { wakeNext } from '../run-execution/finish.ts';
import { giveBackSlots } from '../run-execution/slots.ts';
import { type ManageRunsDeps, requireRun, runConflict, runKey, untilWritten } from './context.ts';

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

/**
 * Dead, cancelled or skipped runs again under the same id; with the payload given, which is checked as a trigger's is.
 * `endedBy`: only if it ended by then, and nobody has put it away since.
 */
export const retryRun = (
  deps: ManageRunsDeps,
  principal: Principal,
  id: string,
  q: RetryInput & { endedBy?: EpochMs } = {},
): Promise<Execution> => {
  const { endedBy } = q;
  return reviveRun(deps, runKey(principal, id), {
    whileOpen: endedBy !== undefined,
    edit: 'payload' in q ? checked(deps, replacedBy(q.payload)) : undefined,
    require(seen) {
      if (endedBy !== undefined && seen.finishedAt !== undefined && seen.finishedAt > endedBy)
        throw runConflict(id, 'changed', 'retry', 'The execution has run since');
    },
  });
};
