import type { Change } from './change.ts';
import type { Execution } from './execution.ts';
import { GRACE_MS, KILL_MS } from './limits.ts';
import type { TaskDefinition } from './task.ts';
import { type DurationMs, type EpochMs, SECOND_MS } from './time.ts';

/**
 * An attempt has until its deadline: the task's timeout, or, with heartbeats, the end of the span that the last one
 * opened, whichever is first. Its lease ends KILL + GRACE later, when its handler is certainly dead.
 */
type Times = Pick<TaskDefinition, 'timeoutSeconds' | 'heartbeatSeconds'>;

/** From a sign of life (the start is the first) so long after the start, to the deadline that it opens. */
export const spanMs = ({ timeoutSeconds, heartbeatSeconds }: Times, sinceStartMs: DurationMs): DurationMs =>
  Math.min((heartbeatSeconds ?? timeoutSeconds) * SECOND_MS, timeoutSeconds * SECOND_MS - sinceStartMs);

export const leaseAt = (deadline: EpochMs): EpochMs => deadline + KILL_MS + GRACE_MS;

/** The lease that an attempt begins with. */
export const firstLease = (times: Times, startedAt: EpochMs): EpochMs =>
  leaseAt(startedAt + spanMs(times, 0));

/**
 * A heartbeat moves the lease, if it still is where its owner saw it: a write that got stuck on its way cannot take it
 * back later. The index entry stays; the sweeper, who then looks each minute, believes the run alone.
 */
export const movedLease = (seen: Execution, owner: string, leaseUntil: EpochMs): Change<Execution> => ({
  set: { leaseUntil },
  guard: {
    equals: {
      status: 'running',
      attempt: seen.attempt,
      owner,
      ...(seen.leaseUntil === undefined ? {} : { leaseUntil: seen.leaseUntil }),
    },
  },
});
