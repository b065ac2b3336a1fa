import type { Precondition } from '../../contract/if-match.ts';
import { taskEvent } from '../../domain/lifecycle-event.ts';
import { firstRunAt } from '../../domain/next-occurrence.ts';
import type { Principal } from '../../domain/principal.ts';
import type { Task } from '../../domain/task.ts';
import { deletedTask, pausedTask, resumedTask } from '../../domain/task-transitions.ts';
import { announce } from '../lifecycle-events/announce.ts';
import {
  conflict,
  keyOf,
  type ManageTasksDeps,
  readForChange,
  sendDueHint,
  untilWritten,
} from './context.ts';

/** From the answer on no run begins that was permitted before, but within the start budget (protocol §6, S5). */
export function pauseTask(
  deps: ManageTasksDeps,
  principal: Principal,
  taskId: string,
  precondition: Precondition,
): Promise<Task> {
  const key = keyOf(principal, taskId);
  return untilWritten(key, 'pause', async () => {
    const { state, definition } = await readForChange(deps, principal, key, precondition);
    if (state.status === 'paused' || state.status === 'disabled') return { state, definition };
    if (state.status === 'completed')
      throw conflict(key, 'completed', 'pause', 'The task is completed: nothing is due that could be paused');
    const nowMs = deps.clock.nowMs();
    const outcome = await deps.tasks.update(key, pausedTask(state, nowMs));
    if (!outcome.ok) return undefined;
    const paused = { state: outcome.record, definition };
    await announce(deps, taskEvent('task.paused', paused, nowMs));
    return paused;
  });
}

/** Goes on with the first occurrence after now; a one-time task with its own instant, though it has passed. */
export function resumeTask(
  deps: ManageTasksDeps,
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
    const nextRunAt = firstRunAt(definition.schedule, nowMs + 1);
    const change = resumedTask(state, { queue: definition.queue, nextRunAt, nowMs });
    const outcome = await deps.tasks.update(key, change);
    if (!outcome.ok) return undefined;
    const resumed = { state: outcome.record, definition };
    await sendDueHint(deps, resumed.state, definition.queue);
    await announce(deps, taskEvent('task.resumed', resumed, nowMs));
    return resumed;
  });
}

export async function deleteTask(
  deps: ManageTasksDeps,
  principal: Principal,
  taskId: string,
  precondition: Precondition,
): Promise<void> {
  const key = keyOf(principal, taskId);
  await untilWritten(key, 'delete', async () => {
    const seen = await readForChange(deps, principal, key, precondition);
    const nowMs = deps.clock.nowMs();
    const { change, definition } = deletedTask(seen.state, seen.definition, nowMs);
    const outcome = await deps.tasks.replace(key, change, definition);
    if (!outcome.ok) return undefined;
    await announce(deps, taskEvent('task.deleted', { state: outcome.record, definition }, nowMs));
    return true;
  });
}
