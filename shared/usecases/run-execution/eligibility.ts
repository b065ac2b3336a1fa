import type { ExecutionKey } from '../../domain/execution.ts';
import { EXECUTOR_MARGIN_MS, KILL_MS } from '../../domain/limits.ts';
import { type OccurrencePlan, planOccurrence } from '../../domain/misfire-plan.ts';
import { nextOccurrence } from '../../domain/next-occurrence.ts';
import { dueAtOf, isManual } from '../../domain/occurrence.ts';
import type { Timetable } from '../../domain/schedule.ts';
import type { Task } from '../../domain/task.ts';
import { type EpochMs, SECOND_MS } from '../../domain/time.ts';
import type { Delivery } from './context.ts';

/** The task itself still waits for exactly this occurrence: it is the occurrence's outbox. */
export const isPending = (task: Task, key: ExecutionKey): boolean =>
  !isManual(key.occurrence) &&
  task.state.status === 'active' &&
  task.state.nextRunAt === dueAtOf(key.occurrence);

export const planFor = (
  task: Task,
  timetable: Timetable,
  scheduledAt: EpochMs,
  nowMs: EpochMs,
): OccurrencePlan =>
  planOccurrence(
    {
      ...task.definition,
      schedule: timetable,
      misfireGraceMs: task.definition.misfireGraceSeconds * SECOND_MS,
    },
    scheduledAt,
    nowMs,
  );

/** For an occurrence whose day was excluded after it had been planned. */
export const planPast = (timetable: Timetable, scheduledAt: EpochMs): OccurrencePlan => ({
  kind: 'skip',
  nextRunAt: nextOccurrence(timetable, scheduledAt),
  missed: 0,
});

/** For a run that is to run whatever misfire rules say by now, because it exists already. */
export function planToRun(
  task: Task,
  timetable: Timetable,
  scheduledAt: EpochMs,
  nowMs: EpochMs,
): OccurrencePlan {
  const plan = planFor(task, timetable, scheduledAt, nowMs);
  if (plan.kind === 'run') return plan;
  return { kind: 'run', nextRunAt: nextOccurrence(timetable, scheduledAt), missed: 0 };
}

/** True when the invocation has time for a whole attempt; else another one must take it. */
export const hasTimeFor = (task: Task, delivery: Delivery): boolean =>
  delivery.remainingMs() >= task.definition.timeoutSeconds * SECOND_MS + KILL_MS + EXECUTOR_MARGIN_MS;
