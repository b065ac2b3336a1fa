import type { FiringsQuery, FiringsWire } from '../../contract/firings.ts';
import { decodeCursor, encodeCursor } from '../../contract/list-query.ts';
import type { Calendar } from '../../domain/calendar.ts';
import { SchedulerError } from '../../domain/errors.ts';
import { type Firings, firingsByMinute } from '../../domain/firings.ts';
import { FIRING_TASKS_NAMED, FIRINGS_SPAN_HOURS } from '../../domain/limits.ts';
import { type ListSource, readPage } from '../../domain/paged-list.ts';
import type { Principal } from '../../domain/principal.ts';
import type { Task, TaskKey } from '../../domain/task.ts';
import { type EpochMs, fromIso, HOUR_MS, toIso } from '../../domain/time.ts';
import type { Clock, Listings } from '../../ports.ts';
import { readTimetable, type TimetableDeps } from '../calendars/read-timetable.ts';
import { isAskedFor } from './look-at-tasks.ts';

export interface CountFiringsDeps extends TimetableDeps {
  clock: Clock;
  listings: Pick<Listings, 'tasks' | 'readTasks'>;
}

interface Span {
  from: EpochMs;
  to: EpochMs;
}
interface Firing {
  task: Task;
  /** Counted when it is asked for, and once. */
  firings(): Firings;
}

/** A page has room for this much: a task of many occurrences takes more of it, so that no request walks for long. */
const TASK_COST = 2_000;
const STEP_COST = 30;

/** When the tasks of one page, by name, are due: a page is bounded in tasks read and in occurrences walked. */
export async function countFirings(
  deps: CountFiringsDeps,
  { tenant }: Principal,
  query: FiringsQuery,
): Promise<FiringsWire> {
  const span = spanOf(query, deps.clock.nowMs());
  const timetables = { calendars: readOnce(deps.calendars) };
  const source: ListSource<TaskKey, Firing> = {
    name: 'firings',
    fetch: (from, limit) => deps.listings.tasks({ tenant, limit, ...(from === undefined ? {} : { from }) }),
    keyOf: ({ taskId }) => taskId,
    async load(keys) {
      const tasks = await deps.listings.readTasks(keys);
      const byId = new Map(tasks.map((task) => [task.state.taskId, task]));
      return Promise.all(
        keys.map(({ taskId }) => {
          const task = byId.get(taskId);
          return task && isAskedFor(task, query) ? firingOf(timetables, task, span) : undefined;
        }),
      );
    },
  };
  const { items, next } = await readPage([source], {
    limit: query.limit,
    position: decodeCursor('firings', query.cursor),
    bytesOf: ({ firings }) => TASK_COST + STEP_COST * firings().steps,
  });
  return {
    from: toIso(span.from),
    to: toIso(span.to),
    ...summedUp(items),
    nextCursor: next ? encodeCursor('firings', next) : null,
  };
}

/** Undefined when it is not due in the span. */
async function firingOf(deps: TimetableDeps, task: Task, span: Span): Promise<Firing | undefined> {
  const { nextRunAt } = task.state;
  if (nextRunAt === undefined || nextRunAt >= span.to) return undefined;
  const timetable = await readTimetable(deps, task.definition);
  let counted: Firings | undefined;
  return {
    task,
    firings: () => {
      counted ??= firingsByMinute(timetable, Math.max(span.from, nextRunAt), span.to);
      return counted;
    },
  };
}

function summedUp(items: readonly Firing[]): Pick<FiringsWire, 'items' | 'named' | 'counted'> {
  const minutes = new Map<EpochMs, { count: number; tasks: number; taskIds: string[] }>();
  const due = items.filter(({ firings }) => firings().minutes.size > 0);
  for (const { task, firings } of due)
    for (const [at, count] of firings().minutes) {
      const minute = minutes.get(at) ?? { count: 0, tasks: 0, taskIds: [] };
      minute.count += count;
      minute.tasks += 1;
      if (minute.taskIds.length < FIRING_TASKS_NAMED) minute.taskIds.push(task.state.taskId);
      minutes.set(at, minute);
    }
  const named = new Set([...minutes.values()].flatMap(({ taskIds }) => taskIds));
  return {
    items: [...minutes].sort(([a], [b]) => a - b).map(([at, minute]) => ({ at: toIso(at), ...minute })),
    named: due.flatMap(({ task: { definition } }) =>
      named.has(definition.taskId)
        ? { id: definition.taskId, name: definition.name, queue: definition.queue }
        : [],
    ),
    counted: due.length,
  };
}

function spanOf(query: FiringsQuery, nowMs: EpochMs): Span {
  const from = query.from === undefined ? nowMs : fromIso(query.from);
  const to = query.to === undefined ? from + FIRINGS_SPAN_HOURS * HOUR_MS : fromIso(query.to);
  if (from >= to) throw refused('from', 'must be before to');
  if (to - from > FIRINGS_SPAN_HOURS * HOUR_MS)
    throw refused('to', `at most ${FIRINGS_SPAN_HOURS} hours after from: ask for a shorter span`);
  return { from, to };
}

function refused(path: string, message: string): SchedulerError<'validation-failed'> {
  return new SchedulerError('validation-failed', 'The span is not valid: see errors', {
    errors: [{ path, message }],
  });
}

/** Many tasks share few calendars: each set is read once a request. */
function readOnce({ readMany }: TimetableDeps['calendars']): TimetableDeps['calendars'] {
  const read = new Map<string, Promise<Calendar[]>>();
  return {
    readMany(tenant, ids) {
      const key = ids.join(' ');
      const found = read.get(key) ?? readMany(tenant, ids);
      read.set(key, found);
      return found;
    },
  };
}
