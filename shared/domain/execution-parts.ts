import type { AttemptRecord, Execution } from './execution.ts';
import { MAX_ATTEMPTS_KEPT, OPEN_LOOK_MS } from './limits.ts';
import { type DurationMs, type EpochMs, SECOND_MS } from './time.ts';

/** What the changes of a run have in common. */

/** The guard of an executor: the run is still its own, in this very attempt. */
export const ownedBy = (owner: string, attempt: number): Partial<Execution> => ({
  status: 'running',
  attempt,
  owner,
});

/** What only an attempt under way has. */
export const OF_ATTEMPT = ['leaseUntil', 'pendingSeconds', 'earlyOutcome'] as const;

/** The first word on how an attempt ended is the one that counts: its handler's or that of its token's holder. */
export const unlessTold = (seen: Execution): 'earlyOutcome'[] =>
  seen.earlyOutcome === undefined ? ['earlyOutcome'] : [];

export const ttlAfter = (nowMs: EpochMs, retentionMs: DurationMs): number =>
  Math.ceil((nowMs + retentionMs) / SECOND_MS);

export const ended = (
  seen: Execution,
  status: 'success' | 'cancelled' | 'skipped',
  nowMs: EpochMs,
  retentionMs: DurationMs,
  more: Pick<Execution, 'tally' | 'stopError'> = {},
): Partial<Execution> => ({
  status,
  finishedAt: nowMs,
  ...more,
  // With something left to do it stays where the sweeper looks.
  index:
    more.tally === undefined
      ? { set: 'ended', shard: seen.shard, at: nowMs }
      : { set: 'open', shard: seen.shard, at: nowMs + OPEN_LOOK_MS },
  ttl: ttlAfter(nowMs, retentionMs),
});

/** Where an ended run stays once it is counted, unless something else is left to do for it. */
export const restingPlace = (seen: Execution): Pick<Execution, 'index'> =>
  (seen.status === 'dead' && seen.letter !== 'purged') || seen.aftermath !== undefined
    ? {}
    : { index: { set: 'ended', shard: seen.shard, at: seen.finishedAt ?? seen.scheduledAt } };

/** The newest attempts only: every write bills the whole item. */
export const withAttempt = (seen: Execution, attempt: AttemptRecord): AttemptRecord[] =>
  [...(seen.attempts ?? []), attempt].slice(-MAX_ATTEMPTS_KEPT);
