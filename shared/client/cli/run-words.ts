import type { Execution } from '../client.ts';
import { card, table } from './table.ts';
import { millis, moment } from './words.ts';

const status = (run: Execution): string =>
  run.reason === null ? run.status : `${run.status} (${run.reason})`;

export const runTable = (runs: readonly Execution[], nowMs: number): string =>
  table(
    ['id', 'task', 'status', 'attempt', 'queue', 'due', 'took', 'error'],
    runs.map((run) => [
      run.id,
      run.taskName,
      status(run),
      `${run.attempt}/${run.maxAttempts}`,
      run.queue,
      moment(run.scheduledAt, nowMs),
      millis(run.durationMs),
      brief(run.errorMessage ?? ''),
    ]),
  );

const putAway = ({ kind, by, at, note }: NonNullable<Execution['resolution']>, nowMs: number): string =>
  `${kind} by ${by}, ${moment(at, nowMs)}${note === null ? '' : `: ${note}`}`;

const BRIEF = 60;
export const brief = (text: string): string => (text.length > BRIEF ? `${text.slice(0, BRIEF - 1)}…` : text);

export function runCard(run: Execution, nowMs: number): string {
  const facts = card([
    ['id', run.id],
    ['task', `${run.taskId} (${run.taskName})`],
    ['status', status(run)],
    ['trigger', run.trigger],
    ['queue', run.queue],
    ['due', moment(run.scheduledAt, nowMs)],
    ['started', moment(run.startedAt, nowMs)],
    ['finished', moment(run.finishedAt, nowMs)],
    ['next attempt', run.nextAttemptAt ? moment(run.nextAttemptAt, nowMs) : undefined],
    ['attempt', `${run.attempt} of ${run.maxAttempts}`],
    ['late by', millis(run.latenessMs)],
    ['took', millis(run.durationMs)],
    ['error', run.errorMessage ?? undefined],
    ['group', run.fingerprint ?? undefined],
    ['put away', run.resolution ? putAway(run.resolution, nowMs) : undefined],
    ['progress', run.progress === null ? undefined : JSON.stringify(run.progress)],
    ['result', run.status === 'success' ? JSON.stringify(run.result) : undefined],
  ]);
  if (run.attempts.length < 2) return facts;
  const attempts = table(
    ['attempt', 'status', 'started', 'error'],
    run.attempts.map((attempt) => [
      attempt.attempt,
      attempt.status,
      moment(attempt.startedAt, nowMs),
      attempt.errorType === null ? '' : `${attempt.errorType}: ${brief(attempt.errorMessage ?? '')}`,
    ]),
  );
  return `${facts}\n\n${attempts}`;
}
