import { excludingCalendars } from './calendar-instants.ts';
import { type Execution, isFinal } from './execution.ts';
import { TICK_LATE_MS } from './limits.ts';
import { firstOccurrence, isAllowed, plannedOccurrences } from './next-occurrence.ts';
import { executionId } from './occurrence.ts';
import { isRecurring, type RecurringSchedule, type Schedule, type Timetable } from './schedule.ts';
import type { Task } from './task.ts';
import { type DurationMs, type EpochMs, SECOND_MS } from './time.ts';
import { firstShut, iso, local, quoted, span, type Why, zoneOf } from './why.ts';
import { capGate, queueGate, rateGate, START_GATES, type StartFacts, workerGate } from './why-start.ts';

export const TASK_GATES = [
  'paused',
  'disabled',
  'completed',
  'afterEnd',
  'noOccurrenceLeft',
  'beforeStart',
  'calendar',
  'notDue',
  'claimed',
  'misfire',
  'overlap',
  'clock',
  ...START_GATES,
] as const;
export type TaskGate = (typeof TASK_GATES)[number];

export interface TaskFacts {
  nowMs: EpochMs;
  task: Task;
  timetable: Timetable;
  /** Of an active task whose occurrence is due. */
  due?: DueFacts | undefined;
}
export interface DueFacts {
  start: StartFacts;
  /** The run of the occurrence that is due, if somebody has written it already. */
  claimed?: Execution | undefined;
  /** Another run of the task that lives, and that overlap rules look at. */
  live?: Execution | undefined;
  /** The last tick of the scheduler's clock. */
  tickAt?: EpochMs | undefined;
}

/** Why the task does not run right now. Exactly one gate, whatever is the case. */
export function whyTask(facts: TaskFacts): Why<TaskGate> {
  const { state } = facts.task;
  if (state.status === 'paused') return paused(facts);
  if (state.status === 'disabled' || state.status === 'completed') return over(facts);
  const at = state.nextRunAt;
  if (at === undefined) return over(facts);
  return facts.due && at <= facts.nowMs ? dueNow(facts, facts.due) : later(facts, at);
}

function paused({ task: { state, definition } }: TaskFacts): Why<TaskGate> {
  const zone = zoneOf(definition.schedule);
  const { by, at, reason } = state.paused ?? {};
  const who = by === undefined ? '' : ` by ${by}`;
  const since = at === undefined ? '' : ` since ${local(at, zone)}`;
  const why = reason === undefined ? '' : ` (${quoted(reason)})`;
  return {
    gate: 'paused',
    sentence: `Paused${who}${since}${why}: nothing comes due until somebody resumes it.`,
    since: at,
    facts: { pausedBy: by, pausedAt: iso(at), reason, waitedFor: iso(state.pausedFrom) },
  };
}

/** Nothing will come due by itself. */
function over({ task: { state, definition } }: TaskFacts): Why<TaskGate> {
  const { schedule } = definition;
  const zone = zoneOf(schedule);
  if (state.stopped || state.status === 'disabled') {
    const { by, at, run } = state.stopped ?? {};
    const isDisabled = state.status === 'disabled';
    const id = run === undefined ? undefined : executionId({ taskId: state.taskId, occurrence: run });
    const rule = by === undefined ? '' : ` by its stop rule ${by}, which run ${id} fulfilled`;
    const when = at === undefined ? '' : ` at ${local(at, zone)}`;
    const then = isDisabled
      ? 'nothing comes due until somebody resumes it'
      : 'with another schedule it runs again';
    return {
      gate: isDisabled ? 'disabled' : 'completed',
      sentence: `${isDisabled ? 'Disabled' : 'Completed'}${when}${rule}: ${then}.`,
      since: at,
      facts: { stopRule: by, stoppedAt: iso(at), executionId: id },
    };
  }
  const endAt = isRecurring(schedule) ? schedule.endAt : undefined;
  if (endAt !== undefined)
    return {
      gate: 'afterEnd',
      sentence: `No occurrence is left before the end of its window at ${local(endAt, zone)}.`,
      facts: { endAt: iso(endAt) },
    };
  const at = isRecurring(schedule) ? undefined : schedule.at;
  return {
    gate: 'noOccurrenceLeft',
    sentence:
      at === undefined
        ? 'Its schedule has no occurrence left.'
        : `It was due once, at ${local(at, zone)}, and nothing is left.`,
    facts: { dueAt: iso(at) },
  };
}

function later({ nowMs, timetable, task: { definition } }: TaskFacts, at: EpochMs): Why<TaskGate> {
  const { schedule } = definition;
  const zone = zoneOf(schedule);
  const next = `${local(at, zone)}, in ${span(at - nowMs)}`;
  const jitterMs = jitterOf(schedule);
  const base = { nextRunAt: iso(at), timezone: zone };
  const startAt = isRecurring(schedule) ? schedule.startAt : undefined;
  if (startAt !== undefined && startAt > nowMs)
    return {
      gate: 'beforeStart',
      sentence: `Its window begins at ${local(startAt, zone)}; its first run is at ${next}.`,
      until: at,
      facts: { ...base, startAt: iso(startAt) },
    };
  const moved = isRecurring(timetable) ? movedByCalendar(timetable, at, nowMs) : undefined;
  if (moved)
    return {
      gate: 'calendar',
      sentence: `Its schedule says ${local(moved.scheduledFor, zone)}, but calendar ${moved.calendars.join(' and ')} closes that day: its next run is at ${next}.`,
      until: at,
      facts: { ...base, scheduledFor: iso(moved.scheduledFor), calendars: moved.calendars },
    };
  const jitter = jitterMs > 0 ? `, ${span(jitterMs)} of jitter included` : '';
  return {
    gate: 'notDue',
    sentence: `Not due yet: its next run is at ${next}${jitter}.`,
    until: at,
    facts: { ...base, ...(jitterMs > 0 ? { jitterMs, scheduledFor: iso(at - jitterMs) } : {}) },
  };
}

const jitterOf = (schedule: Schedule): DurationMs =>
  'jitterOffsetMs' in schedule ? schedule.jitterOffsetMs : 0;

/** The instant, before jitter, that the schedule would have come to without its calendars. */
function movedByCalendar(
  timetable: Timetable & RecurringSchedule,
  at: EpochMs,
  nowMs: EpochMs,
): { scheduledFor: EpochMs; calendars: string[] } | undefined {
  if (timetable.calendars === undefined) return undefined;
  const { calendars: _days, ...plain } = timetable;
  const jitterMs = jitterOf(plain);
  const [planned] = plannedOccurrences(timetable, at, 1);
  const undisturbed = firstOccurrence(plain, nowMs + 1);
  const candidates = [
    planned?.nominalAt,
    undisturbed === null || undisturbed >= at ? undefined : undisturbed - jitterMs,
  ];
  for (const scheduledFor of candidates) {
    if (scheduledFor === undefined) continue;
    const calendars = excludingCalendars(timetable, scheduledFor);
    if (calendars.length > 0) return { scheduledFor, calendars };
  }
  return undefined;
}

function dueNow(facts: TaskFacts, due: DueFacts): Why<TaskGate> {
  const { start } = due;
  return firstShut<TaskGate>(
    [
      () => claimedGate(due),
      () => queueGate(start),
      () => closedGate(facts, start),
      () => misfireGate(facts, start),
      () => overlapGate(facts, due),
      () => capGate(start),
      () => rateGate(start),
      () => clockGate(due),
    ],
    workerGate(start),
  );
}

function claimedGate({ claimed, start: { dueAt, zone } }: DueFacts): Why<TaskGate> | undefined {
  if (!claimed) return undefined;
  const id = executionId(claimed);
  return {
    gate: 'claimed',
    sentence: `Its run ${id}, due since ${local(dueAt, zone)}, is ${claimed.status}: the task is about to move on.`,
    since: dueAt,
    facts: { dueAt: iso(dueAt), executionId: id, status: claimed.status },
  };
}

function closedGate({ timetable }: TaskFacts, { dueAt, zone }: StartFacts): Why<TaskGate> | undefined {
  if (!isRecurring(timetable) || isAllowed(timetable, dueAt)) return undefined;
  const calendars = excludingCalendars(timetable, dueAt - jitterOf(timetable));
  return {
    gate: 'calendar',
    sentence: `Due since ${local(dueAt, zone)}, but calendar ${calendars.join(' and ')} closes that day: this occurrence will be skipped.`,
    since: dueAt,
    facts: { dueAt: iso(dueAt), calendars },
  };
}

function misfireGate(
  { task: { definition }, nowMs }: TaskFacts,
  { dueAt, zone }: StartFacts,
): Why<TaskGate> | undefined {
  const { misfire, overlap, misfireGraceSeconds } = definition;
  const lateMs = nowMs - dueAt;
  if (misfire !== 'skip' || overlap === 'queue' || lateMs <= misfireGraceSeconds * SECOND_MS)
    return undefined;
  return {
    gate: 'misfire',
    sentence: `Due since ${local(dueAt, zone)} and late by ${span(lateMs)}, more than its grace of ${span(misfireGraceSeconds * SECOND_MS)}: with misfire skip it will be skipped.`,
    since: dueAt,
    facts: { dueAt: iso(dueAt), lateSeconds: Math.round(lateMs / SECOND_MS), misfire, misfireGraceSeconds },
  };
}

function overlapGate(
  { task: { definition } }: TaskFacts,
  { live, start: { dueAt, zone } }: DueFacts,
): Why<TaskGate> | undefined {
  if (!live || isFinal(live.status) || definition.overlap === 'allow') return undefined;
  const id = executionId(live);
  const then = definition.overlap === 'queue' ? 'it waits for its end' : 'this occurrence will be skipped';
  return {
    gate: 'overlap',
    sentence: `Due since ${local(dueAt, zone)}, but its run ${id} is still ${live.status}: with overlap ${definition.overlap} ${then}.`,
    since: dueAt,
    facts: { dueAt: iso(dueAt), overlap: definition.overlap, executionId: id, status: live.status },
  };
}

/** Without ticks nobody hints what comes due, nor what was lost. */
function clockGate({ tickAt, start: { dueAt, zone, nowMs } }: DueFacts): Why<TaskGate> | undefined {
  if (tickAt !== undefined && nowMs - tickAt <= TICK_LATE_MS) return undefined;
  const last =
    tickAt === undefined
      ? 'has never ticked'
      : `last ticked ${span(nowMs - tickAt)} ago, at ${local(tickAt, zone)}`;
  return {
    gate: 'clock',
    sentence: `Due since ${local(dueAt, zone)}, but the scheduler's clock, which ticks once a minute, ${last}.`,
    since: dueAt,
    facts: { dueAt: iso(dueAt), tickAt: iso(tickAt) },
  };
}
