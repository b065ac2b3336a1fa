import { type Execution, isFinal } from './execution.ts';
import { waitsSince } from './execution-parts.ts';
import { MANUAL_WAIT_MS } from './limits.ts';
import { executionId, isManual } from './occurrence.ts';
import type { Task } from './task.ts';
import { type EpochMs, SECOND_MS } from './time.ts';
import { firstShut, iso, local, quoted, span, type Why } from './why.ts';
import { whyEnded } from './why-run-ended.ts';
import { byWhom, errorOf, type RunFacts, type RunGate, type WaitingFacts } from './why-run-facts.ts';
import { capGate, queueGate, rateGate, workerGate } from './why-start.ts';

/** Why the run is where it is. Exactly one gate, whatever is the case. */
export function whyRun(facts: RunFacts): Why<RunGate> {
  const { run } = facts;
  if (isFinal(run.status)) return whyEnded(facts);
  return run.status === 'running' ? whyRunning(facts) : whyWaiting(facts);
}

/** What a task that changed since means for a run of its schedule (docs/lifecycle.md). */
const isFenced = (run: Execution, { state }: Task): boolean =>
  !isManual(run.occurrence) &&
  run.epoch === 0 &&
  state.nextRunAt !== run.scheduledAt &&
  ((state.status !== 'active' && state.status !== 'completed') || state.generation !== run.generation);

function whyWaiting(facts: RunFacts): Why<RunGate> {
  const { run, task, waiting, nowMs } = facts;
  const dueAt = waitsSince(run);
  if (task === undefined)
    return {
      gate: 'taskGone',
      sentence: 'Its task was deleted: it will be cancelled when its turn comes.',
      facts: { taskId: run.taskId },
    };
  if (isFenced(run, task))
    return {
      gate: 'taskChanged',
      sentence: `Its task was changed or ${task.state.status === 'active' ? 'paused' : task.state.status} since: it will be cancelled when its turn comes.`,
      facts: { taskId: run.taskId, taskStatus: task.state.status },
    };
  if (waiting === undefined || dueAt > nowMs) return untilDue(facts, dueAt);
  const { start } = waiting;
  return firstShut<RunGate>(
    [
      () => lineGate(waiting),
      () => queueGate(start),
      () => overlapGate(run, task, waiting),
      () => capGate(start),
      () => rateGate(start),
    ],
    workerGate(start),
  );
}

function untilDue({ run, zone, nowMs }: RunFacts, dueAt: EpochMs): Why<RunGate> {
  const when = `at ${local(dueAt, zone)}, in ${span(dueAt - nowMs)}`;
  const last = run.attempts?.at(-1);
  if (run.status === 'queued')
    return {
      gate: 'delayed',
      sentence: `Not due yet: it starts ${when}.`,
      until: dueAt,
      facts: { dueAt: iso(dueAt), trigger: run.trigger },
    };
  const attempts = { attempt: run.attempt, nextAttemptAt: iso(dueAt), maxAttempts: run.maxAttempts };
  // Failures are written down, snoozes are not.
  if (run.snoozeReason !== undefined && last?.attempt !== run.attempt)
    return {
      gate: 'snoozed',
      sentence: `Put off by its handler (${quoted(run.snoozeReason)}): attempt ${run.attempt + 1} of ${run.maxAttempts} starts ${when}.`,
      until: dueAt,
      facts: { ...attempts, snoozes: run.snoozes ?? 0, snoozeReason: run.snoozeReason },
    };
  const error = errorOf(run);
  return {
    gate: 'backoff',
    sentence: `Attempt ${run.attempt} of ${run.maxAttempts} failed${error === undefined ? '' : ` with ${error}`}: the next one starts ${when}.`,
    since: last?.finishedAt,
    until: dueAt,
    facts: {
      ...attempts,
      errorType: run.errorType,
      errorMessage: run.errorMessage,
      failedAt: iso(last?.finishedAt),
    },
  };
}

function lineGate({ ahead, start: { dueAt } }: WaitingFacts): Why<RunGate> | undefined {
  if (!ahead || isFinal(ahead.status)) return undefined;
  const id = executionId(ahead);
  return {
    gate: 'backfillLine',
    sentence: `It waits for the run before it in its backfill, ${id}, which is ${ahead.status}.`,
    since: dueAt,
    facts: { dueAt: iso(dueAt), executionId: id, status: ahead.status },
  };
}

function overlapGate(
  run: Execution,
  { definition: { overlap } }: Task,
  { live, start: { dueAt, zone } }: WaitingFacts,
): Why<RunGate> | undefined {
  if (!live || isFinal(live.status) || overlap === 'allow') return undefined;
  const id = executionId(live);
  const isPatient = run.epoch > 0 || run.trigger === 'backfill' || !isManual(run.occurrence);
  const until = isPatient ? undefined : run.scheduledAt + MANUAL_WAIT_MS;
  const patience = until === undefined ? '' : `, until ${local(until, zone)} at the latest`;
  return {
    gate: 'overlap',
    sentence: `Due since ${local(dueAt, zone)}, it waits for the end of run ${id}, which is ${live.status}${patience}: overlap is ${overlap}.`,
    since: dueAt,
    until,
    facts: { dueAt: iso(dueAt), overlap, executionId: id, status: live.status, waitsUntil: iso(until) },
  };
}

function whyRunning({ run, zone, nowMs, task }: RunFacts): Why<RunGate> {
  const { attempt, maxAttempts, startedAt, leaseUntil, cancelAsked } = run;
  const begun = `Attempt ${attempt} of ${maxAttempts}${startedAt === undefined ? '' : ` began at ${local(startedAt, zone)}`}`;
  const until = leaseUntil === undefined ? ' its time' : ` until ${local(leaseUntil, zone)}`;
  const heartbeatSeconds = task?.definition.heartbeatSeconds;
  const why = {
    since: startedAt,
    until: leaseUntil,
    facts: { attempt, maxAttempts, startedAt: iso(startedAt), leaseUntil: iso(leaseUntil), heartbeatSeconds },
  };
  if (leaseUntil !== undefined && leaseUntil < nowMs)
    return {
      ...why,
      gate: 'leaseOver',
      sentence: `${begun}, and its lease has been over for ${span(nowMs - leaseUntil)}: it counts as ${run.pendingSeconds === undefined ? 'crashed' : 'timed out'} as soon as the sweeper looks, which is once a minute.`,
    };
  if (run.pendingSeconds !== undefined)
    return {
      ...why,
      gate: 'handedOff',
      sentence: `${begun} and was handed off: whoever holds its token has${until}, and each heartbeat gives ${span(run.pendingSeconds * SECOND_MS)} more.`,
      facts: { ...why.facts, pendingSeconds: run.pendingSeconds },
    };
  if (run.cancelRequested)
    return {
      ...why,
      gate: 'stopping',
      sentence: `${begun} and was asked to stop${byWhom(run, zone)}: it ends as soon as its handler yields, and has${until} at the longest.`,
      facts: { ...why.facts, askedBy: cancelAsked?.by, askedAt: iso(cancelAsked?.at) },
    };
  const signs =
    heartbeatSeconds === undefined
      ? ''
      : `, unless a heartbeat, due every ${span(heartbeatSeconds * SECOND_MS)}, moves that`;
  return { ...why, gate: 'running', sentence: `${begun} and has${until}${signs}.` };
}
