import type { Change, Guard } from './change.ts';
import type { EndReason, Execution } from './execution.ts';
import {
  ended,
  lateAtEnd,
  OF_ATTEMPT,
  openLook,
  ownedBy,
  unlessTold,
  voidAtEnd,
  withAttempt,
} from './execution-parts.ts';
import { LEASE_LOOK_MS } from './limits.ts';
import type { DurationMs, EpochMs } from './time.ts';

/**
 * Every change of a run by executor and sweeper, as a conditional write (docs/lifecycle.md); what failure makes of
 * it is in execution-failures.ts. The attempt number is the fencing token; the owner nonce tells our own repeated
 * request from a rival's, so it stays on after the end.
 */

/** START: the next attempt of a run that waited. */
export function startedAttempt(
  seen: Execution,
  q: {
    owner: string;
    startedAt: EpochMs;
    leaseUntil: EpochMs;
    generation: number;
    queue: string;
    slots?: string[] | undefined;
  },
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
      ...(q.slots === undefined ? {} : { slots: q.slots }),
      index: openLook(seen, q.leaseUntil + LEASE_LOOK_MS),
    },
    remove: q.slots ? ['nextAttemptAt'] : ['nextAttemptAt', 'slots'],
    guard: {
      equals: { status: seen.status, attempt: seen.attempt, epoch: seen.epoch },
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
  remove: ['leaseUntil', 'startedAt', 'latenessMs', 'deadline'],
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
  remove: ['nextAttemptAt', 'leaseUntil', 'deadline'],
  guard: { equals: { status: seen.status, attempt: seen.attempt, epoch: seen.epoch } },
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
    more?: Pick<Execution, 'tally' | 'stopError'>;
  },
): Change<Execution> {
  const late = lateAtEnd(seen, q.nowMs);
  const set: Partial<Execution> = {
    ...ended(seen, 'success', q.nowMs, q.retentionMs, { ...q.more, ...late }),
    ...q.result,
  };
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
    remove: [...OF_ATTEMPT, ...voidAtEnd(late), 'errorType', 'errorMessage'],
    guard: { equals: ownedBy(q.owner, seen.attempt), missing: unlessTold(seen) },
  };
}

export const reportedProgress = (seen: Execution, owner: string, progress: string): Change<Execution> => ({
  set: { progress },
  guard: { equals: ownedBy(owner, seen.attempt) },
});
