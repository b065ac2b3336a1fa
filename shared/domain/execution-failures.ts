import type { AfterFailure } from './after-failure.ts';
import type { Change, Guard } from './change.ts';
import type { AttemptRecord, Execution } from './execution.ts';
import { withinMessageDelay } from './execution-births.ts';
import {
  ended,
  lateAtEnd,
  OF_ATTEMPT,
  openLook,
  ownedBy,
  ttlAfter,
  unlessTold,
  voidAtEnd,
  withAttempt,
} from './execution-parts.ts';
import { causeOf, deathReason, type Failure } from './failure.ts';
import { fingerprintOf } from './fingerprint.ts';
import { LOOK_AHEAD_MS, MAX_ATTEMPT_MESSAGE_CHARS, MAX_ERROR_MESSAGE_CHARS, OPEN_LOOK_MS } from './limits.ts';
import type { Target } from './target.ts';
import type { DurationMs, EpochMs } from './time.ts';

/** What becomes of a run whose attempt did not succeed, as a conditional write. */

/**
 * FIN, failure: retrying at `nextAttemptAt`, or dead when there is none. Refused when somebody asked
 * the run to stop meanwhile: then `stopped` applies.
 */
export function failed(
  seen: Execution,
  q: {
    owner: string;
    nowMs: EpochMs;
    retentionMs: DurationMs;
    requestId?: string;
    after: AfterFailure;
    target?: Target | undefined;
    more?: Pick<Execution, 'tally'>;
  },
): Change<Execution> {
  return {
    ...failedChange(seen, q),
    guard: { equals: ownedBy(q.owner, seen.attempt), missing: ['cancelRequested', ...unlessTold(seen)] },
  };
}

/** FIN, put off: waits as after a failure, but nothing failed and no attempt is spent. */
export const snoozed = (
  seen: Execution,
  q: { owner: string; nowMs: EpochMs; nextAttemptAt: EpochMs; reason: string },
): Change<Execution> => ({
  set: {
    ...waitsUntil(seen, q.nextAttemptAt, q.nowMs),
    ...free(seen, 'snooze'),
    snoozeReason: q.reason.slice(0, MAX_ATTEMPT_MESSAGE_CHARS),
  },
  remove: OF_ATTEMPT,
  guard: { equals: ownedBy(q.owner, seen.attempt), missing: ['cancelRequested', ...unlessTold(seen)] },
});

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
    remove: [...OF_ATTEMPT, 'nextAttemptAt', 'deadline'],
    guard: {
      equals: { ...ownedBy(q.owner, seen.attempt), cancelRequested: true },
      missing: unlessTold(seen),
    },
  };
}

/** What is known of an attempt whose lease ran out. */
export const lostAttempt = ({ pendingSeconds }: Execution): Failure => ({
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

/** H3: the lease ran out. The sweeper alone does this, and a lost attempt counts as an attempt. */
export function expiredLease(
  seen: Execution,
  q: {
    nowMs: EpochMs;
    retentionMs: DurationMs;
    after: AfterFailure;
    target?: Target | undefined;
    more?: Pick<Execution, 'tally'>;
  },
): Change<Execution> {
  const guard: Guard<Execution> = {
    equals: {
      status: 'running',
      attempt: seen.attempt,
      ...(seen.leaseUntil === undefined ? {} : { leaseUntil: seen.leaseUntil }),
      ...(seen.cancelRequested ? { cancelRequested: true } : {}),
    },
    missing: [...(seen.cancelRequested ? [] : (['cancelRequested'] as const)), ...unlessTold(seen)],
  };
  if (!seen.cancelRequested) return { ...failedChange(seen, q), guard };
  return {
    set: {
      ...ended(seen, 'cancelled', q.nowMs, q.retentionMs),
      reason: 'requested',
      attempts: withAttempt(seen, failedAttempt(seen, { nowMs: q.nowMs, failure: q.after.failure })),
    },
    remove: [...OF_ATTEMPT, 'deadline'],
    guard,
  };
}

/** The sweeper looks again after the message was due; a wait too long for messages is woken by the index. */
const waitsUntil = (seen: Execution, nextAttemptAt: EpochMs, nowMs: EpochMs): Partial<Execution> => ({
  status: 'retrying',
  nextAttemptAt,
  index: openLook(
    seen,
    withinMessageDelay(nextAttemptAt, nowMs) ? nextAttemptAt + OPEN_LOOK_MS : nextAttemptAt - LOOK_AHEAD_MS,
  ),
});

/** The attempt number goes up all the same, so the budget moves up with it. */
const free = (seen: Execution, kind: AfterFailure['free']): Partial<Execution> => ({
  ...(kind === undefined ? {} : { maxAttempts: seen.maxAttempts + 1 }),
  ...(kind === 'snooze' ? { snoozes: (seen.snoozes ?? 0) + 1 } : {}),
});

function failedChange(
  seen: Execution,
  q: {
    nowMs: EpochMs;
    retentionMs: DurationMs;
    requestId?: string;
    after: AfterFailure;
    target?: Target | undefined;
    more?: Pick<Execution, 'tally'>;
  },
): Pick<Change<Execution>, 'set' | 'remove'> {
  const { nowMs, after } = q;
  const { failure, nextAttemptAt } = after;
  const trace: Partial<Execution> = {
    attempts: withAttempt(seen, failedAttempt(seen, { ...q, failure })),
    errorType: failure.errorType,
    errorMessage: failure.errorMessage.slice(0, MAX_ERROR_MESSAGE_CHARS),
  };
  if (nextAttemptAt !== undefined) {
    return {
      set: { ...trace, ...waitsUntil(seen, nextAttemptAt, nowMs), ...free(seen, after.free) },
      remove: OF_ATTEMPT,
    };
  }
  const late = lateAtEnd(seen, nowMs);
  return {
    set: {
      ...trace,
      ...q.more,
      ...late,
      status: 'dead',
      reason: deathReason(failure),
      fingerprint: fingerprintOf({ ...failure, handler: seen.handler, target: q.target }),
      letter: 'pending',
      diedAt: nowMs,
      finishedAt: nowMs,
      index: { set: 'open', shard: seen.shard, at: nowMs + OPEN_LOOK_MS },
      ttl: ttlAfter(nowMs, q.retentionMs),
    },
    remove: [...OF_ATTEMPT, ...voidAtEnd(late), 'nextAttemptAt'],
  };
}

function failedAttempt(
  seen: Execution,
  q: { nowMs: EpochMs; requestId?: string; failure: Failure },
): AttemptRecord {
  const cause = causeOf(q.failure);
  return {
    attempt: seen.attempt,
    status: 'failed',
    startedAt: seen.startedAt ?? q.nowMs,
    finishedAt: q.nowMs,
    errorType: q.failure.errorType,
    errorMessage: q.failure.errorMessage.slice(0, MAX_ATTEMPT_MESSAGE_CHARS),
    ...(q.failure.httpStatus === undefined ? {} : { httpStatus: q.failure.httpStatus }),
    ...(cause === undefined ? {} : { cause }),
    ...(q.requestId === undefined ? {} : { requestId: q.requestId }),
  };
}
