import type { Calendar } from '../../domain/calendar.ts';
import { CLOCK_SKEW_MS } from '../../domain/limits.ts';
import { mapBounded } from '../../domain/map-bounded.ts';
import { nextOccurrence } from '../../domain/next-occurrence.ts';
import type { Task, TaskKey } from '../../domain/task.ts';
import { replannedTask } from '../../domain/task-transitions.ts';
import { SECOND_MS } from '../../domain/time.ts';
import { readTimetable } from '../calendars/read-timetable.ts';
import { sendDueHint } from '../manage-tasks/context.ts';
import type { ManageCalendarsDeps } from './context.ts';

export interface Replanned {
  /** So many got another next occurrence. */
  tasks: number;
  /** False: time ran out before all users were looked at. */
  complete: boolean;
}

const PAGE = 100;
const AT_ONCE = 10;
/** Less than an API request has. */
const BUDGET_MS = 15 * SECOND_MS;
const TRIES = 5;
const WALKS = 3;

/**
 * Gives every task that uses the calendar the next occurrence that it has now. Whoever changed the calendar while we
 * went through them may have passed a task before we wrote it, so then we go through them again.
 */
export async function replanUsers(deps: ManageCalendarsDeps, calendar: Calendar): Promise<Replanned> {
  const { tenant, calendarId } = calendar;
  const beganMs = deps.clock.monotonicMs();
  let tasks = 0;
  for (let walk = 0, seen: Calendar | undefined = calendar; walk < WALKS && seen; walk++) {
    let from: string | undefined;
    do {
      if (deps.clock.monotonicMs() - beganMs > BUDGET_MS) return { tasks, complete: false };
      const page = await deps.calendars.users({ tenant, calendarId, limit: PAGE, ...(from ? { from } : {}) });
      const found = await deps.listings.readTasks(page.entries);
      tasks += (await mapBounded(found, AT_ONCE, (task) => replan(deps, task))).filter(Boolean).length;
      from = page.next;
    } while (from !== undefined);
    const [standing] = await deps.calendars.readMany(tenant, [calendarId]);
    if (standing === undefined || standing.version === seen.version) return { tasks, complete: true };
    seen = standing;
  }
  return { tasks, complete: false };
}

/** True when the task got another next occurrence. One that is due already is left to its executor. */
async function replan(deps: ManageCalendarsDeps, found: Task): Promise<boolean> {
  const key: TaskKey = { tenant: found.state.tenant, taskId: found.state.taskId };
  let task: Task | undefined = found;
  for (let tries = 0; tries < TRIES && task; tries++) {
    const { state, definition } = task;
    const nowMs = deps.clock.nowMs();
    if (state.nextRunAt === undefined || state.nextRunAt <= nowMs + CLOCK_SKEW_MS) return false;
    const nextRunAt = nextOccurrence(await readTimetable(deps, definition), nowMs);
    // Nothing left: the one it waits for is skipped when it comes, and then the task is completed.
    if (nextRunAt === null || nextRunAt === state.nextRunAt) return false;
    const change = replannedTask(state, { from: state.nextRunAt, nextRunAt, definition, nowMs });
    const outcome = await deps.tasks.update(key, change);
    if (outcome.ok) {
      await sendDueHint(deps, outcome.record, definition.queue);
      return true;
    }
    task = await deps.tasks.read(key);
  }
  return false;
}
