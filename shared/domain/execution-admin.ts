import type { Change } from './change.ts';
import type { Execution } from './execution.ts';
import { firstLook, heldPayload } from './execution-births.ts';
import { type DurationMs, type EpochMs, SECOND_MS } from './time.ts';

/** What people do to runs. */

export type CancelDecision =
  | { kind: 'cancelled' | 'requested'; change: Change<Execution> }
  /** It ended already. */
  | { kind: 'refused' };

/** A waiting run ends at once, one that was handed off as well; a running one is asked (success wins over the request). */
export function cancelledExecution(
  seen: Execution,
  nowMs: EpochMs,
  retentionMs: DurationMs,
  by?: string,
): CancelDecision {
  const { pendingSeconds } = seen;
  const asked = by === undefined ? {} : { cancelAsked: { by, at: nowMs } };
  const pending = seen.status === 'running' && pendingSeconds !== undefined;
  if (seen.status === 'queued' || seen.status === 'retrying' || pending) {
    return {
      kind: 'cancelled',
      change: {
        set: {
          status: 'cancelled',
          reason: 'requested',
          ...asked,
          finishedAt: nowMs,
          index: { set: 'ended', shard: seen.shard, at: nowMs },
          ttl: Math.ceil((nowMs + retentionMs) / SECOND_MS),
        },
        remove: ['nextAttemptAt', 'leaseUntil', 'pendingSeconds', 'deadline'],
        guard: {
          equals: {
            status: seen.status,
            attempt: seen.attempt,
            ...(pending ? { pendingSeconds } : {}),
          },
        },
      },
    };
  }
  if (seen.status === 'running') {
    return {
      kind: 'requested',
      change: {
        set: { cancelRequested: true, ...asked },
        // Handed off in between, it ends at once instead: nobody here would honour the request.
        guard: { equals: { status: 'running', attempt: seen.attempt }, missing: ['pendingSeconds'] },
      },
    };
  }
  return { kind: 'refused' };
}

/**
 * Dead, cancelled or skipped runs again, under the same key, with a fresh set of attempts (protocol A4).
 * `refused` when it has not ended so, or, for a letter, when `epoch` names an earlier death. `payload`: an edited one.
 */
export function revivedExecution(
  seen: Execution,
  q: {
    retryLimit: number;
    generation: number;
    queue: string;
    nowMs: EpochMs;
    epoch?: number;
    /** Not when somebody has put it away, by the moment of the write. */
    whileOpen?: boolean | undefined;
    payload?: string | undefined;
    canary?: string | undefined;
  },
): Change<Execution> | 'refused' {
  const { status } = seen;
  if (status !== 'dead' && status !== 'cancelled' && status !== 'skipped') return 'refused';
  if (q.epoch !== undefined && (status !== 'dead' || seen.epoch !== q.epoch)) return 'refused';
  const payload = q.payload === undefined ? {} : heldPayload(q.payload);
  return {
    set: {
      ...payload,
      ...(q.canary === undefined ? {} : { canary: q.canary }),
      status: 'queued',
      epoch: seen.epoch + 1,
      maxAttempts: seen.attempt + q.retryLimit + 1,
      attemptsBefore: seen.attempt,
      generation: q.generation,
      queue: q.queue,
      index: { set: 'open', shard: seen.shard, at: firstLook(q.nowMs, q.nowMs) },
    },
    remove: [
      ...(payload.payload === undefined ? [] : (['payloadStored'] as const)),
      ...(payload.payloadStored === undefined ? [] : (['payload'] as const)),
      ...(q.canary === undefined ? (['canary'] as const) : []),
      'fingerprint',
      'resolution',
      'letter',
      'diedAt',
      'cancelRequested',
      'cancelAsked',
      'reason',
      'finishedAt',
      'nextAttemptAt',
      'errorType',
      'errorMessage',
      'progress',
      'snoozes',
      'deadline',
      'tally',
      'stopped',
      'stopError',
      'snoozeReason',
      'ttl',
    ],
    guard: {
      equals: { status, epoch: seen.epoch },
      ...(q.whileOpen ? { missing: ['resolution'] as const } : {}),
    },
  };
}

/** The letter is thrown away: the run stays dead in the history and leaves the list of dead letters. */
export function purgedLetter(seen: Execution): Change<Execution> | 'refused' {
  if (seen.status !== 'dead' || seen.letter === 'purged') return 'refused';
  return {
    set: {
      letter: 'purged',
      // While something is left to do for it, it stays where the sweeper looks.
      ...(seen.tally === undefined && seen.deadline === undefined
        ? { index: { set: 'ended', shard: seen.shard, at: seen.diedAt ?? seen.scheduledAt } }
        : {}),
    },
    guard: { equals: { status: 'dead', epoch: seen.epoch } },
  };
}
