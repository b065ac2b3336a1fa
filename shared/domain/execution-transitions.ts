import type { Change, Guard } from './change.ts';
import type { AttemptRecord, EndReason, Execution } from './execution.ts';
import { withinMessageDelay } from './execution-births.ts';
import { deathReason, type Failure } from './failure.ts';
import {
  LEASE_LOOK_MS,
  LOOK_AHEAD_MS,
  MAX_ATTEMPT_MESSAGE_CHARS,
  MAX_ATTEMPTS_KEPT,
  MAX_ERROR_MESSAGE_CHARS,
  OPEN_LOOK_MS,
} from './limits.ts';
import { type DurationMs, type EpochMs, SECOND_MS } from './time.ts';

/**
 * Every change of a run by executor and sweeper, as a conditional write (docs/lifecycle.md). The attempt number
 * is the fencing token; the owner nonce tells our own repeated request from a rival's, so it stays on after the end.
 */

const ownedBy = (owner: string, attempt: number): Partial<Execution> => ({
  status: 'running',
  attempt,
  owner,
});

/** What only an attempt under way has. */
const OF_ATTEMPT = ['leaseUntil', 'pendingSeconds', 'earlyOutcome'] as const;

/** The first word on how an attempt ended is the one that counts: its handler's or that of its token's holder. */
const unlessTold = (seen: Execution): 'earlyOutcome'[] =>
  seen.earlyOutcome === undefined ? ['earlyOutcome'] : [];

const ttlAfter = (nowMs: EpochMs, retentionMs: DurationMs): number =>
  Math.ceil((nowMs + retentionMs) / SECOND_MS);

const ended = (
  seen: Execution,
  status: 'success' | 'cancelled' | 'skipped',
  nowMs: EpochMs,
  retentionMs: DurationMs,
): Partial<Execution> => ({
  status,
  finishedAt: nowMs,
  index: { set: 'ended', shard: seen.shard, at: nowMs },
  ttl: ttlAfter(nowMs, retentionMs),
});

/** START: the next attempt of a run that waited. */
export function startedAttempt(
  seen: Execution,
  q: { owner: string; startedAt: EpochMs; leaseUntil: EpochMs; generation: number; queue: string },
): Change<Execution> {
  return {
    set: {
      status: 'running',
      attempt: seen.attempt + 1,
      generation: q.generation,
      queue: q.queue,
      owner: q.owner,
      startedAt: q.startedAt,
      leaseUntil: q.leaseUntil,
      // What is filled in afterwards is late by nature.
      ...(seen.latenessMs === undefined && seen.trigger !== 'backfill'
        ? { latenessMs: Math.max(0, q.startedAt - seen.scheduledAt) }
        : {}),
      index: { set: 'open', shard: seen.shard, at: q.leaseUntil + LEASE_LOOK_MS },
    },
    remove: ['nextAttemptAt'],
    guard: {
      equals: { status: seen.status, attempt: seen.attempt },
      below: { field: 'attempt', than: 'maxAttempts' },
    },
  };
}

/** Our own unconfirmed claim moves under the task's new generation, which still wants this occurrence. */
export const adoptedClaim = (owner: string, generation: number): Change<Execution> => ({
  set: { generation },
  guard: { equals: ownedBy(owner, 1) },
});

/** Our own unconfirmed claim turns out not to be wanted: skipped (passed over) or cancelled (task changed). */
export const withdrawnClaim = (
  seen: Execution,
  owner: string,
  q: { status: 'cancelled' | 'skipped'; reason: EndReason; nowMs: EpochMs; retentionMs: DurationMs },
): Change<Execution> => ({
  set: { ...ended(seen, q.status, q.nowMs, q.retentionMs), reason: q.reason },
  remove: ['leaseUntil', 'startedAt', 'latenessMs'],
  guard: { equals: ownedBy(owner, 1) },
});

/** Overlap `queue`: our unconfirmed claim vanishes, so that the task itself is the queue again. */
export const erasableClaim = (owner: string): Guard<Execution> => ({
  equals: ownedBy(owner, 1),
  missing: ['cancelRequested'],
});

/** A waiting run that may not run any more. */
export const endedWaiting = (
  seen: Execution,
  q: {
    status: 'cancelled' | 'skipped';
    reason: EndReason;
    nowMs: EpochMs;
    retentionMs: DurationMs;
    collidedWith?: string;
  },
): Change<Execution> => ({
  set: {
    ...ended(seen, q.status, q.nowMs, q.retentionMs),
    reason: q.reason,
    ...(q.collidedWith === undefined ? {} : { collidedWith: q.collidedWith }),
  },
  remove: ['nextAttemptAt', 'leaseUntil'],
  guard: { equals: { status: seen.status, attempt: seen.attempt } },
});

/** FIN, success: also when somebody asked it to stop meanwhile. */
export function succeeded(
  seen: Execution,
  q: {
    owner: string;
    nowMs: EpochMs;
    retentionMs: DurationMs;
    requestId?: string;
    result: Partial<Execution>;
  },
): Change<Execution> {
  const set: Partial<Execution> = { ...ended(seen, 'success', q.nowMs, q.retentionMs), ...q.result };
  if (seen.attempt > 1) {
    set.attempts = withAttempt(seen, {
      attempt: seen.attempt,
      status: 'success',
      startedAt: seen.startedAt ?? q.nowMs,
      finishedAt: q.nowMs,
      ...(q.requestId === undefined ? {} : { requestId: q.requestId }),
    });
  }
  return {
    set,
    remove: [...OF_ATTEMPT, 'errorType', 'errorMessage'],
    guard: { equals: ownedBy(q.owner, seen.attempt), missing: unlessTold(seen) },
  };
}

/**
 * FIN, failure: retrying at `nextAttemptAt`, or dead when the policy gives none. Refused when somebody asked
 * the run to stop meanwhile: then `stopped` applies.
 */
export function failed(
  seen: Execution,
  q: {
    owner: string;
    nowMs: EpochMs;
    retentionMs: DurationMs;
    requestId?: string;
    failure: Failure;
    nextAttemptAt: EpochMs | undefined;
  },
): Change<Execution> {
  return {
    ...afterFailure(seen, q),
    guard: { equals: ownedBy(q.owner, seen.attempt), missing: ['cancelRequested', ...unlessTold(seen)] },
  };
}

/** FIN, failure of a run that was asked to stop. */
export function stopped(
  seen: Execution,
  q: { owner: string; nowMs: EpochMs; retentionMs: DurationMs; requestId?: string; failure: Failure },
): Change<Execution> {
  return {
    set: {
      ...ended(seen, 'cancelled', q.nowMs, q.retentionMs),
      reason: 'requested',
      attempts: withAttempt(seen, failedAttempt(seen, q)),
    },
    remove: [...OF_ATTEMPT, 'nextAttemptAt'],
    guard: {
      equals: { ...ownedBy(q.owner, seen.attempt), cancelRequested: true },
      missing: unlessTold(seen),
    },
  };
}

/** H3: the lease ran out. The sweeper alone does this, and a lost attempt counts as an attempt. */
export function expiredLease(
  seen: Execution,
  q: { nowMs: EpochMs; retentionMs: DurationMs; nextAttemptAt: EpochMs | undefined },
): Change<Execution> {
  const failure = lostAttempt(seen);
  const guard: Guard<Execution> = {
    equals: {
      status: 'running',
      attempt: seen.attempt,
      ...(seen.leaseUntil === undefined ? {} : { leaseUntil: seen.leaseUntil }),
      ...(seen.cancelRequested ? { cancelRequested: true } : {}),
    },
    missing: [...(seen.cancelRequested ? [] : (['cancelRequested'] as const)), ...unlessTold(seen)],
  };
  if (!seen.cancelRequested) return { ...afterFailure(seen, { ...q, failure }), guard };
  return {
    set: {
      ...ended(seen, 'cancelled', q.nowMs, q.retentionMs),
      reason: 'requested',
      attempts: withAttempt(seen, failedAttempt(seen, { nowMs: q.nowMs, failure })),
    },
    remove: OF_ATTEMPT,
    guard,
  };
}

const lostAttempt = ({ pendingSeconds }: Execution): Failure => ({
  nonRetryable: false,
  ...(pendingSeconds === undefined
    ? {
        cause: 'crashed',
        errorType: 'LeaseExpired',
        errorMessage:
          'the process that ran this attempt ended or stopped answering before it reported a result',
      }
    : {
        cause: 'timedOut',
        errorType: 'HandOffTimeout',
        errorMessage: `handed off, and nobody completed it or sent a heartbeat within ${pendingSeconds} s`,
      }),
});

export const reportedProgress = (seen: Execution, owner: string, progress: string): Change<Execution> => ({
  set: { progress },
  guard: { equals: ownedBy(owner, seen.attempt) },
});

/** The sweeper looks again after the message was due; a wait too long for messages is woken by the index. */
const retryLook = (nextAttemptAt: EpochMs, nowMs: EpochMs): EpochMs =>
  withinMessageDelay(nextAttemptAt, nowMs) ? nextAttemptAt + OPEN_LOOK_MS : nextAttemptAt - LOOK_AHEAD_MS;

function afterFailure(
  seen: Execution,
  q: {
    nowMs: EpochMs;
    retentionMs: DurationMs;
    requestId?: string;
    failure: Failure;
    nextAttemptAt: EpochMs | undefined;
  },
): Pick<Change<Execution>, 'set' | 'remove'> {
  const { failure, nowMs, nextAttemptAt } = q;
  const trace: Partial<Execution> = {
    attempts: withAttempt(seen, failedAttempt(seen, q)),
    errorType: failure.errorType,
    errorMessage: failure.errorMessage.slice(0, MAX_ERROR_MESSAGE_CHARS),
  };
  if (nextAttemptAt !== undefined) {
    const index = { set: 'open', shard: seen.shard, at: retryLook(nextAttemptAt, nowMs) } as const;
    return { set: { ...trace, status: 'retrying', nextAttemptAt, index }, remove: OF_ATTEMPT };
  }
  return {
    set: {
      ...trace,
      status: 'dead',
      reason: deathReason(failure),
      letter: 'pending',
      diedAt: nowMs,
      finishedAt: nowMs,
      index: { set: 'open', shard: seen.shard, at: nowMs + OPEN_LOOK_MS },
      ttl: ttlAfter(nowMs, q.retentionMs),
    },
    remove: [...OF_ATTEMPT, 'nextAttemptAt'],
  };
}

const failedAttempt = (
  seen: Execution,
  q: { nowMs: EpochMs; requestId?: string; failure: Failure },
): AttemptRecord => ({
  attempt: seen.attempt,
  status: 'failed',
  startedAt: seen.startedAt ?? q.nowMs,
  finishedAt: q.nowMs,
  errorType: q.failure.errorType,
  errorMessage: q.failure.errorMessage.slice(0, MAX_ATTEMPT_MESSAGE_CHARS),
  ...(q.requestId === undefined ? {} : { requestId: q.requestId }),
});

/** The newest attempts only: every write bills the whole item. */
const withAttempt = (seen: Execution, attempt: AttemptRecord): AttemptRecord[] =>
  [...(seen.attempts ?? []), attempt].slice(-MAX_ATTEMPTS_KEPT);
