import type { Precondition } from '../../contract/if-match.ts';
import type { PauseInput } from '../../contract/task.ts';
import { linkChanges } from '../../domain/calendar.ts';
import { recountedPause, skippedExecution } from '../../domain/execution-births.ts';
import { taskEvent } from '../../domain/lifecycle-event.ts';
import { occurrencesPassed } from '../../domain/misfire-plan.ts';
import { firstRunAt } from '../../domain/next-occurrence.ts';
import { scheduledOccurrence } from '../../domain/occurrence.ts';
import type { Principal } from '../../domain/principal.ts';
import type { Timetable } from '../../domain/schedule.ts';
import type { Task } from '../../domain/task.ts';
import { deletedTask, pausedTask, resumedTask, supersededDefinition } from '../../domain/task-transitions.ts';
import type { EpochMs } from '../../domain/time.ts';
import { readTimetable } from '../calendars/read-timetable.ts';
import { announce } from '../lifecycle-events/announce.ts';
import { conflict, keyOf, readForChange, type SteerTasksDeps, sendDueHint, untilWritten } from './context.ts';

/**
 * From the answer on no run begins that was permitted before, but within the start budget (protocol §6, S5). Of one that
 * is paused already stands who did it first.
 */
export function pauseTask(
  deps: SteerTasksDeps,
  principal: Principal,
  taskId: string,
  precondition: Precondition,
  { reason }: PauseInput = {},
): Promise<Task> {
  const key = keyOf(principal, taskId);
  const who = { by: principal.actor, ...(reason === undefined ? {} : { reason }) };
  return untilWritten(key, 'pause', async () => {
    const { state, definition } = await readForChange(deps, principal, key, precondition);
    if (state.status === 'paused' || state.status === 'disabled') return { state, definition };
    if (state.status === 'completed')
      throw conflict(key, 'completed', 'pause', 'The task is completed: nothing is due that could be paused');
    const nowMs = deps.clock.nowMs();
    const outcome = await deps.tasks.update(key, pausedTask(state, nowMs, who));
    if (!outcome.ok) return undefined;
    const paused = { state: outcome.record, definition };
    await announce(deps, taskEvent('task.paused', paused, nowMs));
    return paused;
  });
}

/** Goes on with the first occurrence after now; a one-time task with its own instant, though it has passed. */
export function resumeTask(
  deps: SteerTasksDeps,
  principal: Principal,
  taskId: string,
  precondition: Precondition,
): Promise<Task> {
  const key = keyOf(principal, taskId);
  return untilWritten(key, 'resume', async () => {
    const { state, definition } = await readForChange(deps, principal, key, precondition);
    if (state.status === 'active') return { state, definition };
    if (state.status === 'completed')
      throw conflict(key, 'completed', 'resume', 'The task is completed: give it a schedule to run again');
    const nowMs = deps.clock.nowMs();
    const timetable = await readTimetable(deps, definition);
    await accountForPause(deps, { state, definition }, timetable, nowMs);
    const nextRunAt = firstRunAt(timetable, nowMs + 1);
    const change = resumedTask(state, { definition, nextRunAt, nowMs });
    const outcome = await deps.tasks.update(key, change);
    if (!outcome.ok) return undefined;
    const resumed = { state: outcome.record, definition };
    await sendDueHint(deps, resumed.state, definition.queue);
    await announce(deps, taskEvent('task.resumed', resumed, nowMs));
    return resumed;
  });
}

/**
 * Occurrences that passed while the task was paused leave a row: the first of them, and how many they were.
 * Before the task goes on, so that dying in between repeats this rather than losing it.
 */
async function accountForPause(
  deps: SteerTasksDeps,
  task: Task,
  timetable: Timetable,
  nowMs: EpochMs,
): Promise<void> {
  const { pausedFrom } = task.state;
  if (pausedFrom === undefined) return;
  let passed = occurrencesPassed(timetable, pausedFrom, nowMs);
  while (passed) {
    const row = skippedExecution(task, keyOfRun(task, passed.firstAt), {
      reason: 'paused',
      nowMs,
      retentionMs: deps.retentionMs,
      missed: passed.count,
    });
    const written = await deps.executions.insert(row);
    if (written.ok) return;
    // A run that was about to start when the task was paused speaks for itself.
    if (written.existing?.reason !== 'paused')
      passed = occurrencesPassed(timetable, passed.firstAt + 1, nowMs);
    else return void (await deps.executions.update(row, recountedPause(passed.count)));
  }
}

const keyOfRun = ({ state: { tenant, taskId } }: Task, at: EpochMs) => ({
  tenant,
  taskId,
  occurrence: scheduledOccurrence(at),
});

export type DeleteTaskDeps = Pick<SteerTasksDeps, 'clock' | 'log' | 'events' | 'tasks' | 'retentionMs'>;

export async function deleteTask(
  deps: DeleteTaskDeps,
  principal: Principal,
  taskId: string,
  precondition: Precondition,
): Promise<void> {
  const key = keyOf(principal, taskId);
  await untilWritten(key, 'delete', async () => {
    const seen = await readForChange(deps, principal, key, precondition);
    const nowMs = deps.clock.nowMs();
    const { change, definition } = deletedTask(seen.state, seen.definition, nowMs);
    const outcome = await deps.tasks.replace(
      key,
      change,
      definition,
      linkChanges(definition.schedule, undefined),
      supersededDefinition(seen.definition, nowMs, deps.retentionMs),
    );
    if (!outcome.ok) return undefined;
    await announce(deps, taskEvent('task.deleted', { state: outcome.record, definition }, nowMs));
    return true;
  });
}
