import type { Execution } from './execution.ts';
import { manualExecution } from './execution-births.ts';
import { manualOccurrence } from './occurrence.ts';
import type { Task } from './task.ts';
import type { EpochMs } from './time.ts';

/**
 * A backfill is nothing but its runs: each carries the backfill's id, and its place in the line: `ahead`, which must
 * have ended before it starts, and `behind`, which its own end wakes. So there is no second record to keep in step.
 */

const ID = /^([0-9a-z]{1,9})-([0-9a-z]{1,9})-[0-9A-HJKMNP-TV-Z]{26}$/;
const BASE = 36;

/** The window is in the id, so that its runs can be found again. */
export const backfillId = (fromMs: EpochMs, toMs: EpochMs, ulid: string): string =>
  `${fromMs.toString(BASE)}-${toMs.toString(BASE)}-${ulid}`;

export function parseBackfillId(id: string): { fromMs: EpochMs; toMs: EpochMs } | undefined {
  const match = ID.exec(id);
  if (!match?.[1] || !match[2]) return undefined;
  return { fromMs: Number.parseInt(match[1], BASE), toMs: Number.parseInt(match[2], BASE) };
}

/** Occurrences that nothing answers for: no run, or only one that never started and does not wait. */
export function missingOccurrences(instants: readonly EpochMs[], runs: readonly Execution[]): EpochMs[] {
  const answered = new Set(
    runs
      .filter(({ trigger, status }) => trigger !== 'manual' && trigger !== 'event' && isAnswer(status))
      .map(({ scheduledAt }) => scheduledAt),
  );
  return instants.filter((at) => !answered.has(at));
}

const isAnswer = (status: Execution['status']): boolean => status !== 'skipped' && status !== 'cancelled';

/** Oldest first; so many of them at a time, each waiting for the one `concurrency` places before it. */
export function backfillRuns(
  task: Task,
  q: { id: string; instants: readonly EpochMs[]; concurrency: number; nowMs: EpochMs; ulid: () => string },
): Execution[] {
  const { tenant, taskId } = task.state;
  const keys = q.instants.map((at) => ({ tenant, taskId, occurrence: manualOccurrence(at, q.ulid()) }));
  return keys.map((key, place) => {
    const before = keys[place - q.concurrency];
    const behind = keys[place + q.concurrency];
    return {
      ...manualExecution(task, key, { trigger: 'backfill', nowMs: q.nowMs }),
      backfill: q.id,
      ...(before ? { ahead: before.occurrence } : {}),
      ...(behind ? { behind: behind.occurrence } : {}),
    };
  });
}
