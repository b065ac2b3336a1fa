import type { Change } from './change.ts';
import type { AttemptRecord, Execution } from './execution.ts';
import type { IndexEntry } from './index-entry.ts';
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

/** The sweeper's next look at a run that has not ended: no later than its deadline, while somebody is to be told. */
export const openLook = (seen: Pick<Execution, 'shard' | 'deadline'>, at: EpochMs): IndexEntry => ({
  set: 'open',
  shard: seen.shard,
  at: Math.min(at, seen.deadline?.at ?? at),
});

/** When a run that waits is due. A person's retry is when he asks for it, whenever its occurrence was. */
export const waitsSince = (seen: Execution): EpochMs =>
  seen.nextAttemptAt ??
  (seen.index?.set === 'open' ? Math.max(seen.scheduledAt, seen.index.at - OPEN_LOOK_MS) : seen.scheduledAt);

/** What an end after the deadline writes; the deadline itself stays until that is told. */
export const lateAtEnd = ({ deadline }: Execution, nowMs: EpochMs): Pick<Execution, 'lateSince'> =>
  deadline !== undefined && nowMs > deadline.at ? { lateSince: deadline.at } : {};
export const voidAtEnd = (late: Pick<Execution, 'lateSince'>): 'deadline'[] =>
  late.lateSince === undefined ? ['deadline'] : [];

export const ttlAfter = (nowMs: EpochMs, retentionMs: DurationMs): number =>
  Math.ceil((nowMs + retentionMs) / SECOND_MS);

export const ended = (
  seen: Execution,
  status: 'success' | 'cancelled' | 'skipped',
  nowMs: EpochMs,
  retentionMs: DurationMs,
  more: Pick<Execution, 'tally' | 'stopError' | 'lateSince'> = {},
): Partial<Execution> => ({
  status,
  finishedAt: nowMs,
  ...more,
  // With something left to do it stays where the sweeper looks.
  index:
    more.tally === undefined && more.lateSince === undefined
      ? { set: 'ended', shard: seen.shard, at: nowMs }
      : { set: 'open', shard: seen.shard, at: nowMs + OPEN_LOOK_MS },
  ttl: ttlAfter(nowMs, retentionMs),
});

/** Where an ended run stays, unless something is left to do for it. */
export const restingPlace = (seen: Execution): Pick<Execution, 'index'> =>
  (seen.status === 'dead' && seen.letter !== 'purged') || seen.aftermath || seen.tally || seen.deadline
    ? {}
    : { index: { set: 'ended', shard: seen.shard, at: seen.finishedAt ?? seen.scheduledAt } };

export const rested = (seen: Execution): Change<Execution> => ({
  set: restingPlace(seen),
  guard: {
    equals: { status: seen.status, epoch: seen.epoch },
    missing: ['tally', 'aftermath', 'deadline'],
  },
});

/** The newest attempts only: every write bills the whole item. */
export const withAttempt = (seen: Execution, attempt: AttemptRecord): AttemptRecord[] =>
  [...(seen.attempts ?? []), attempt].slice(-MAX_ATTEMPTS_KEPT);
