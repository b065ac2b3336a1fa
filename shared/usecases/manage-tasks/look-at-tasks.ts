import {
  decodeCursor,
  encodeCursor,
  type PageQuery,
  type TaskListQuery,
  type UpcomingQuery,
} from '../../contract/list-query.ts';
import type { Planned } from '../../domain/calendar-instants.ts';
import { type Execution, isFinal } from '../../domain/execution.ts';
import { mapBounded } from '../../domain/map-bounded.ts';
import { plannedOccurrences } from '../../domain/next-occurrence.ts';
import { type ListSource, readPage } from '../../domain/paged-list.ts';
import type { Principal } from '../../domain/principal.ts';
import type { Task, TaskDefinition, TaskKey } from '../../domain/task.ts';
import { readTimetable } from '../calendars/read-timetable.ts';
import { keyOf, type ManageTasksDeps, requireTask } from './context.ts';

export interface ShownTask {
  task: Task;
  lastRun: Execution | undefined;
}

/** Runs that wait lie before the last one; more than this many of them hide it. */
const LAST_RUN_ROWS = 25;
const LAST_RUN_READS = 16;

/** The newest run, by due instant, that has started or ended. */
export async function lastRunOf(
  deps: Pick<ManageTasksDeps, 'listings'>,
  key: TaskKey,
): Promise<Execution | undefined> {
  const { entries } = await deps.listings.history({ key, limit: LAST_RUN_ROWS });
  return entries.find((run) => run.attempt > 0 || isFinal(run.status));
}

export async function showTask(deps: ManageTasksDeps, task: Task): Promise<ShownTask> {
  return { task, lastRun: await lastRunOf(deps, task.state) };
}

export const findTask = async (
  deps: ManageTasksDeps,
  principal: Principal,
  taskId: string,
): Promise<ShownTask> => showTask(deps, await requireTask(deps, keyOf(principal, taskId)));

/** By name. */
export async function listTasks(
  deps: ManageTasksDeps,
  principal: Principal,
  query: TaskListQuery,
): Promise<{ items: ShownTask[]; nextCursor: string | null }> {
  const { items, nextCursor } = await pageOfTasks(deps, principal, query);
  return { items: await mapBounded(items, LAST_RUN_READS, (task) => showTask(deps, task)), nextCursor };
}

/** Without what costs more reads to show. */
export async function pageOfTasks(
  deps: Pick<ManageTasksDeps, 'listings'>,
  { tenant }: Principal,
  query: TaskListQuery,
): Promise<{ items: Task[]; nextCursor: string | null }> {
  const source: ListSource<TaskKey, Task> = {
    name: 'tasks',
    fetch: (from, limit) => deps.listings.tasks({ tenant, limit, ...(from === undefined ? {} : { from }) }),
    keyOf: ({ taskId }) => taskId,
    async load(keys) {
      const tasks = await deps.listings.readTasks(keys);
      const byId = new Map(tasks.map((task) => [task.state.taskId, task]));
      return keys.map(({ taskId }) => {
        const task = byId.get(taskId);
        return task && isAskedFor(task, query) ? task : undefined;
      });
    },
  };
  const { items, next } = await readPage([source], {
    limit: query.limit,
    position: decodeCursor('tasks', query.cursor),
    bytesOf: ({ definition }) => bytesOf(definition),
  });
  return { items, nextCursor: next ? encodeCursor('tasks', next) : null };
}

export function isAskedFor(
  { state, definition }: Task,
  query: Partial<Omit<TaskListQuery, 'limit' | 'cursor'>>,
): boolean {
  const { status, queue, tag, handler, kind, search } = query;
  if (state.status === 'deleted') return false;
  if (status && !status.some((wanted) => wanted === state.status)) return false;
  if (queue !== undefined && definition.queue !== queue) return false;
  if (tag !== undefined && !definition.tags.includes(tag)) return false;
  if (handler !== undefined && definition.handler !== handler) return false;
  if (kind !== undefined && definition.schedule.kind !== kind) return false;
  if (search === undefined) return true;
  const { taskId, name, description = '', tags } = definition;
  const wanted = search.toLowerCase();
  return [taskId, name, description, definition.handler, ...tags].some((text) =>
    text.toLowerCase().includes(wanted),
  );
}

/** What the task says now, and what it said before, newest first. */
export async function listVersions(
  deps: ManageTasksDeps,
  principal: Principal,
  taskId: string,
  query: PageQuery,
): Promise<{ items: TaskDefinition[]; nextCursor: string | null }> {
  const key = keyOf(principal, taskId);
  const { definition } = await requireTask(deps, key);
  const itself = { load: async (entries: TaskDefinition[]) => entries, keyOf: versionOf };
  const sources: ListSource<TaskDefinition, TaskDefinition>[] = [
    { ...itself, name: 'now', fetch: async () => ({ entries: [definition], next: undefined }) },
    {
      ...itself,
      name: 'before',
      fetch: (from, limit) => deps.listings.versions({ key, limit, ...(from === undefined ? {} : { from }) }),
    },
  ];
  const { items, next } = await readPage(sources, {
    limit: query.limit,
    position: decodeCursor('versions', query.cursor),
    rank: ({ definitionVersion }) => definitionVersion,
    bytesOf,
  });
  return { items, nextCursor: next ? encodeCursor('versions', next) : null };
}

const versionOf = ({ definitionVersion }: TaskDefinition): string => String(definitionVersion);
const bytesOf = ({ payload }: TaskDefinition): number => 2_000 + payload.length * 2;

/** None while the task is not active; from an instant on, what its schedule says. */
export async function upcomingRuns(
  deps: ManageTasksDeps,
  principal: Principal,
  taskId: string,
  { count, from }: UpcomingQuery,
): Promise<Planned[]> {
  const { state, definition } = await requireTask(deps, keyOf(principal, taskId));
  const start = from === undefined ? state.nextRunAt : Date.parse(from);
  if (start === undefined) return [];
  return plannedOccurrences(await readTimetable(deps, definition), start, count);
}
