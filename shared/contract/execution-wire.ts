import { type AttemptRecord, type Execution, isFinal } from '../domain/execution.ts';
import { fingerprintOfRun } from '../domain/fingerprint.ts';
import { executionId, idempotencyKey } from '../domain/occurrence.ts';
import { type EpochMs, fromIso, toIso } from '../domain/time.ts';
import type { ExecutionWire } from './execution.ts';

type AttemptWire = ExecutionWire['attempts'][number];

/** `result`: serialized JSON, when it lives beside the run. */
export function executionToWire(run: Execution, result: string | undefined = run.result): ExecutionWire {
  const ended = isFinal(run.status);
  const attempts = attemptsOf(run);
  return {
    id: executionId(run),
    idempotencyKey: idempotencyKey(run),
    taskId: run.taskId,
    taskName: run.taskName,
    queue: run.queue,
    tags: run.tags,
    trigger: run.trigger,
    status: run.status,
    reason: run.reason ?? null,
    scheduledAt: toIso(run.scheduledAt),
    startedAt: iso(run.startedAt),
    finishedAt: ended ? iso(run.finishedAt) : null,
    nextAttemptAt: iso(run.nextAttemptAt),
    latenessMs: run.latenessMs ?? null,
    durationMs: ended ? durationMs(attempts.at(-1)) : null,
    attempt: run.attempt,
    maxAttempts: run.maxAttempts,
    snoozes: run.snoozes ?? 0,
    snoozeReason: run.snoozeReason ?? null,
    attempts,
    errorMessage: run.errorMessage ?? null,
    result: run.status === 'success' ? json(result) : null,
    progress: json(run.progress),
    missed: run.missed ?? (run.status === 'skipped' ? 1 : 0),
    collidedWith: run.collidedWith ?? null,
    upstream: run.upstream
      ? {
          taskId: run.upstream.taskId,
          executionId: executionId(run.upstream),
          outcome: run.upstream.outcome,
        }
      : null,
    fingerprint: run.status === 'dead' ? fingerprintOfRun(run) : null,
    resolution: run.resolution
      ? {
          kind: run.resolution.kind,
          at: toIso(run.resolution.at),
          by: run.resolution.by,
          note: run.resolution.note ?? null,
        }
      : null,
    canary: run.canary ?? null,
    retries: run.epoch,
    backfill: run.backfill ?? null,
    lateSince: iso(run.lateSince),
    causedBy: run.causedBy ?? null,
    stopped: run.stopped ?? null,
    stopError: run.stopError ?? null,
    cancelRequested: run.cancelRequested === true && !ended,
    pending: run.pendingSeconds !== undefined,
    pendingUntil: run.pendingSeconds === undefined ? null : iso(run.leaseUntil),
  };
}

/** A run writes down failed attempts only, to keep its writes small; the last one follows from the run itself. */
function attemptsOf(run: Execution): AttemptWire[] {
  const written = (run.attempts ?? []).map(toAttempt);
  if (run.attempts?.some(({ attempt }) => attempt === run.attempt)) return written;
  if (run.attempt === 0 || run.startedAt === undefined) return written;
  const status = lastAttemptStatus(run);
  if (status === undefined) return written;
  const last = {
    attempt: run.attempt,
    status,
    startedAt: toIso(run.startedAt),
    finishedAt: status === 'running' ? null : iso(run.finishedAt),
    errorType: null,
    errorMessage: null,
    httpStatus: null,
    cause: null,
    requestId: null,
  };
  return [...written, last];
}

function lastAttemptStatus({ status }: Execution): AttemptWire['status'] | undefined {
  switch (status) {
    case 'running':
    case 'success':
    case 'cancelled':
      return status;
    default:
      return undefined;
  }
}

const toAttempt = (record: AttemptRecord): AttemptWire => ({
  attempt: record.attempt,
  status: record.status,
  startedAt: toIso(record.startedAt),
  finishedAt: toIso(record.finishedAt),
  errorType: record.errorType ?? null,
  errorMessage: record.errorMessage ?? null,
  httpStatus: record.httpStatus ?? null,
  cause: record.status === 'failed' ? (record.cause ?? 'error') : null,
  requestId: record.requestId ?? null,
});

const durationMs = (attempt: AttemptWire | undefined): number | null =>
  attempt?.finishedAt ? Math.max(0, fromIso(attempt.finishedAt) - fromIso(attempt.startedAt)) : null;

const iso = (at: EpochMs | undefined): string | null => (at === undefined ? null : toIso(at));

/** Written by us; should a record be damaged, its text is shown as it stands rather than nothing at all. */
function json(text: string | undefined): unknown {
  if (text === undefined) return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
