import { type Calendar, calendarsOf, timetableOf } from '../domain/calendar.ts';
import { parseCron } from '../domain/cron-expression.ts';
import type { FieldProblem } from '../domain/errors.ts';
import { jitterOffsetMs } from '../domain/jitter-offset.ts';
import { MAX_INSTANT_EXCLUSIVE_MS } from '../domain/limits.ts';
import { firstOccurrence } from '../domain/next-occurrence.ts';
import { endlessRrule, nthOrLast } from '../domain/nominal-instants.ts';
import { parseRrule, type RruleText } from '../domain/rrule-text.ts';
import {
  type CalendarUse,
  DEFAULT_DST,
  type DstRule,
  isRecurring,
  RRULE_DST,
  type RruleSchedule,
  type Schedule,
  type Timetable,
} from '../domain/schedule.ts';
import { type EpochMs, fromIso, MINUTE_MS, SECOND_MS } from '../domain/time.ts';
import { instantOf, isTimeZone } from '../domain/zone.ts';
import { type ScheduleInput, scheduleToWire } from './schedule.ts';

type RruleInput = Extract<ScheduleInput, { kind: 'rrule' }>;

export interface ResolveContext {
  nowMs: EpochMs;
  tenant: string;
  taskId: string;
  misfireGraceSeconds: number;
  /** The ones that the schedule names, as far as there are such. */
  calendars: readonly Calendar[];
  /**
   * The task's present schedule, when it is being replaced. Saying the same again changes nothing: an interval
   * without startAt keeps its beat, `now` does not run again, and a schedule that has run out is no error.
   */
  previous?: Schedule;
}

export type ResolvedSchedule =
  | { ok: true; schedule: Schedule; timetable: Timetable }
  | { ok: false; errors: FieldProblem[] };

/** From what a user wrote to what the scheduler keeps, or everything that is wrong with it at once. */
export function resolveSchedule(input: ScheduleInput, context: ResolveContext): ResolvedSchedule {
  const errors: FieldProblem[] = [...scheduleProblems(input), ...calendarProblems(input, context)];
  if (errors.length > 0) return { ok: false, errors };
  const schedule = toSchedule(input, context);
  const timetable = timetableOf(schedule, context.calendars);
  const problem = isSame(schedule, context.previous) ? undefined : futureProblem(timetable, context);
  return problem ? { ok: false, errors: [problem] } : { ok: true, schedule, timetable };
}

/** What is wrong with it wherever and whenever it is used. */
export const scheduleProblems = (input: ScheduleInput): FieldProblem[] => [
  ...ruleProblems(input),
  ...zoneProblems(input),
  ...boundsProblems(input),
];

function toSchedule(input: ScheduleInput, context: ResolveContext): Schedule {
  const { nowMs, tenant, taskId, previous } = context;
  switch (input.kind) {
    case 'cron': {
      const { expressions, timezone, jitterSeconds } = input;
      const offsetMs = jitterOffsetMs(tenant, taskId, jitterSeconds);
      const trimmed = expressions.map((expression) => expression.trim());
      return {
        kind: 'cron',
        expressions: trimmed,
        timezone,
        ...unusualDst(input.dst, DEFAULT_DST),
        ...epoch(input),
        jitterSeconds,
        jitterOffsetMs: offsetMs,
        ...namedCalendars(input),
      };
    }
    case 'interval': {
      const kept = previous?.kind === 'interval' && previous.seconds === input.seconds ? previous : undefined;
      return {
        kind: 'interval',
        seconds: input.seconds,
        startAt: kept?.startAt ?? nowMs,
        ...epoch(input),
        ...namedCalendars(input),
      };
    }
    case 'rrule':
      return toRrule(input, context);
    case 'once':
      return {
        kind: 'once',
        at: input.at === undefined ? nowMs + (input.delaySeconds ?? 0) * SECOND_MS : fromIso(input.at),
      };
    case 'now':
      return { kind: 'now', at: previous?.kind === 'now' ? previous.at : nowMs };
  }
}

function toRrule(input: RruleInput, { nowMs, tenant, taskId, previous }: ResolveContext): RruleSchedule {
  const rule = soundRrule(input.rule);
  const { timezone, jitterSeconds } = input;
  const kept = previous?.kind === 'rrule' && previous.rule === rule.text ? previous.startAt : undefined;
  const { startAt = kept ?? beginning(rule, nowMs), endAt } = epoch(input);
  const begun = {
    kind: 'rrule' as const,
    rule: rule.text,
    timezone,
    ...unusualDst(input.dst, RRULE_DST),
    startAt: Math.floor(startAt / SECOND_MS) * SECOND_MS,
    ...(endAt === undefined ? {} : { endAt }),
    jitterSeconds,
    jitterOffsetMs: jitterOffsetMs(tenant, taskId, jitterSeconds),
    ...namedCalendars(input),
  };
  const lastAt = lastOf(rule, begun);
  return lastAt === undefined ? begun : { ...begun, lastAt };
}

/** Where a rule begins that does not say it: so that a time of day has odd seconds only if somebody asks for them. */
function beginning(rule: RruleText, nowMs: EpochMs): EpochMs {
  const step = /FREQ=SECONDLY|BYSECOND/.test(rule.recurrence) ? SECOND_MS : MINUTE_MS;
  return Math.ceil(nowMs / step) * step;
}

/** COUNT counts the occurrences of the rule from its start on, whatever endAt says; UNTIL is inclusive. */
function lastOf(rule: RruleText, schedule: RruleSchedule): EpochMs | undefined {
  const { count, until } = rule;
  if (until) return until.utc ? until.wall : instantOf(schedule.timezone, until.wall);
  return count === undefined ? undefined : nthOrLast(endlessRrule(rule, schedule, schedule.startAt), count);
}

/** Its text has been looked at by then. */
function soundRrule(text: string): RruleText {
  const parse = parseRrule(text);
  if (!parse.ok) throw new Error(`Bad recurrence rule "${text}": ${parse.message}`);
  return parse.rule;
}

/** The default is not kept, so that saying it and not saying it are the same schedule. */
const unusualDst = (dst: DstRule | undefined, usual: DstRule): { dst?: DstRule } =>
  dst === undefined || (dst.gap === usual.gap && dst.repeat === usual.repeat) ? {} : { dst };

/** None is the same as an empty list. */
const namedCalendars = ({ calendars }: { calendars?: CalendarUse[] | undefined }) =>
  calendars === undefined || calendars.length === 0 ? {} : { calendars };

const epoch = ({ startAt, endAt }: { startAt?: string | undefined; endAt?: string | undefined }) => ({
  ...(startAt === undefined ? {} : { startAt: fromIso(startAt) }),
  ...(endAt === undefined ? {} : { endAt: fromIso(endAt) }),
});

function ruleProblems(input: ScheduleInput): FieldProblem[] {
  if (input.kind === 'rrule') {
    const parse = parseRrule(input.rule);
    return parse.ok ? [] : [{ path: 'schedule.rule', message: parse.message }];
  }
  if (input.kind !== 'cron') return [];
  return input.expressions.flatMap((expression, index): FieldProblem[] => {
    const parse = parseCron(expression);
    return parse.ok ? [] : [{ path: `schedule.expressions[${index}]`, message: parse.message }];
  });
}

function zoneProblems(input: ScheduleInput): FieldProblem[] {
  if (!('timezone' in input) || isTimeZone(input.timezone)) return [];
  const message = `unknown time zone "${input.timezone}": expected a name like Europe/Paris or UTC`;
  return [{ path: 'schedule.timezone', message }];
}

/** What the schedule names, to be looked up before it is resolved. */
export const calendarIdsIn = (input: ScheduleInput): string[] =>
  ('calendars' in input ? (input.calendars ?? []) : []).map(({ id }) => id);

function calendarProblems(
  input: ScheduleInput,
  { calendars, previous }: Pick<ResolveContext, 'calendars' | 'previous'>,
): FieldProblem[] {
  const used = previous ? calendarsOf(previous) : [];
  const isNew = (id: string) => !used.some((use) => use.id === id);
  return calendarIdsIn(input).flatMap((id, index) => {
    const calendar = calendars.find(({ calendarId }) => calendarId === id);
    if (calendar && !(calendar.sealed && isNew(id))) return [];
    const message = calendar
      ? `calendar ${id} is being deleted`
      : `there is no calendar ${JSON.stringify(id)}`;
    return [{ path: `schedule.calendars[${index}].id`, message }];
  });
}

function boundsProblems(input: ScheduleInput): FieldProblem[] {
  if (!('startAt' in input || 'endAt' in input)) return [];
  const { startAt, endAt } = epoch(input);
  if (startAt === undefined || endAt === undefined || endAt > startAt) return [];
  return [{ path: 'schedule.endAt', message: 'expected an instant after startAt' }];
}

function futureProblem(schedule: Timetable, context: ResolveContext): FieldProblem | undefined {
  const { nowMs, misfireGraceSeconds } = context;
  if (!isRecurring(schedule)) {
    if (schedule.at >= MAX_INSTANT_EXCLUSIVE_MS) {
      return { path: 'schedule.delaySeconds', message: 'expected an instant in the years 1970 to 2100' };
    }
    if (nowMs - schedule.at < misfireGraceSeconds * SECOND_MS) return undefined;
    const message = `expected an instant less than ${misfireGraceSeconds} seconds in the past (misfireGraceSeconds)`;
    return { path: 'schedule.at', message };
  }
  if (firstOccurrence(schedule, nowMs) !== null) return undefined;
  return schedule.endAt !== undefined && schedule.endAt <= nowMs
    ? { path: 'schedule.endAt', message: 'expected an instant in the future: no occurrence is left' }
    : { path: 'schedule', message: `no occurrence is left ${reachOf(schedule)}` };
}

const reachOf = (schedule: Timetable): string =>
  'calendars' in schedule && schedule.calendars
    ? 'between startAt, now and endAt on a day that its calendars leave'
    : 'between startAt, now and endAt';

const isSame = (schedule: Schedule, previous: Schedule | undefined): boolean =>
  previous !== undefined &&
  JSON.stringify(scheduleToWire(schedule)) === JSON.stringify(scheduleToWire(previous));
