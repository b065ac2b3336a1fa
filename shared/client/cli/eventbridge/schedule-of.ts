import type { CreateScheduleInput } from '@aws-sdk/client-scheduler';
import type { Task } from '../../client.ts';
import { FIELDS, printed, valuesOf } from './cron-fields.ts';
import type { Differs } from './parts.ts';
import { Unmapped } from './unmapped.ts';

export type When = Pick<
  CreateScheduleInput,
  'ScheduleExpression' | 'ScheduleExpressionTimezone' | 'StartDate' | 'EndDate' | 'FlexibleTimeWindow'
>;
type Schedule = Task['schedule'];

const PRECISION_SECONDS = 60;
const UTC = { ScheduleExpressionTimezone: 'UTC' };
const ON_TIME = { FlexibleTimeWindow: { Mode: 'OFF' } } as const;

/** A task's schedule as EventBridge Scheduler says it, or why it cannot. */
export function whenOf(schedule: Schedule, nowMs: number, differs: Differs): When {
  if ('calendars' in schedule && (schedule.calendars?.length ?? 0) > 0)
    throw new Unmapped('there are no calendars there: take them from the schedule');
  switch (schedule.kind) {
    case 'cron': {
      tellClockChanges(schedule, differs);
      return {
        ScheduleExpression: awsCron(schedule.expressions),
        ScheduleExpressionTimezone: schedule.timezone,
        ...bounds(schedule, nowMs),
        ...windowOf(schedule.jitterSeconds, differs),
      };
    }
    case 'interval': {
      if (schedule.seconds % PRECISION_SECONDS > 0)
        throw new Unmapped(`every ${schedule.seconds} s: there rates are of whole minutes`);
      const { StartDate: _start, ...end } = bounds(schedule, nowMs);
      const beat = nextBeat(schedule.startAt, schedule.seconds, nowMs);
      const rate = rateOf(schedule.seconds);
      return { ScheduleExpression: rate, ...UTC, ...ON_TIME, ...end, ...(beat ? { StartDate: beat } : {}) };
    }
    case 'once': {
      if (schedule.at === undefined || Date.parse(schedule.at) <= nowMs) throw new Unmapped('it has passed');
      return { ScheduleExpression: `at(${schedule.at.slice(0, 19)})`, ...UTC, ...ON_TIME };
    }
    case 'rrule':
      throw new Unmapped('there are no recurrence rules there: say it as cron, if it can be');
    case 'now':
      throw new Unmapped('it ran at once, and never runs again');
  }
}

function rateOf(seconds: number): string {
  const [size, unit] =
    seconds % 86_400 === 0 ? [86_400, 'day'] : seconds % 3_600 === 0 ? [3_600, 'hour'] : [60, 'minute'];
  const count = seconds / size;
  return `rate(${count} ${unit}${count === 1 ? '' : 's'})`;
}

/** A start that lies in the past is refused there: the next instant of the same beat. */
export function nextBeat(startAt: string | undefined, seconds: number, nowMs: number): Date | undefined {
  if (startAt === undefined) return undefined;
  const start = Date.parse(startAt);
  const beats = Math.max(0, Math.ceil((nowMs - start) / (seconds * 1_000)));
  return new Date(start + beats * seconds * 1_000);
}

function bounds(
  { startAt, endAt }: { startAt?: string | undefined; endAt?: string | undefined },
  nowMs: number,
): Partial<When> {
  const later = startAt !== undefined && Date.parse(startAt) > nowMs ? { StartDate: new Date(startAt) } : {};
  return { ...later, ...(endAt === undefined ? {} : { EndDate: new Date(endAt) }) };
}

function windowOf(jitterSeconds: number, differs: Differs): Pick<When, 'FlexibleTimeWindow'> {
  if (jitterSeconds === 0) return ON_TIME;
  const minutes = Math.ceil(jitterSeconds / 60);
  differs('jitter', `any instant of a flexible window of ${minutes} min, instead of always the same`);
  return { FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: minutes } };
}

function tellClockChanges(schedule: Extract<Schedule, { kind: 'cron' }>, differs: Differs): void {
  const { timezone, dst, expressions } = schedule;
  const rhythm = expressions.length === 1 && /^\S+ \*/.test(expressions[0] ?? '');
  if (timezone !== 'UTC' && (rhythm || dst?.gap !== 'skip' || dst.repeat !== 'first'))
    differs(
      'clock changes',
      'there a local time that does not exist is left out, and one that comes twice is met once',
    );
}

const COUNT = 5;

/** One expression of five fields, or two halves of a day that only an import makes. */
function awsCron(expressions: readonly string[]): string {
  const halves = expressions.map((one) => one.replace(/^(\S+) (?:0-11|12-23) /, '$1 * '));
  const all = expressions.length === 2 && halves[0] === halves[1] ? halves.slice(0, 1) : expressions;
  const [expression = ''] = all;
  if (all.length !== 1)
    throw new Unmapped('several expressions: there a schedule has one; make a task of each');
  const fields = expression.trim().toUpperCase().split(/\s+/);
  const five = fields.length === COUNT + 1 && fields[0] === '0' ? fields.slice(1) : fields;
  if (five.length !== COUNT || expression.startsWith('@'))
    throw new Unmapped(`${expression}: there expressions begin with the minute, and have no names`);
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = five.map((field) =>
    field === '?' ? '*' : field,
  );
  if (day !== '*' && weekday !== '*')
    throw new Unmapped(
      `${expression}: either day matches here, there only one of them is said; make two tasks`,
    );
  const [of, on] = weekday === '*' ? [day, '?'] : ['?', awsWeekdays(weekday)];
  return `cron(${minute} ${hour} ${of} ${month} ${on} *)`;
}

/** 0 and 7 are Sunday, which there is 1. */
function awsWeekdays(field: string): string {
  if (/^[0-7]L$/.test(field)) return `${(Number(field[0]) % 7) + 1}L`;
  const [, day, nth] = /^([0-7])#([1-5])$/.exec(field) ?? [];
  if (day !== undefined) return `${(Number(day) % 7) + 1}#${nth}`;
  if (/[L#]/.test(field)) throw new Unmapped(`${field} as the day of week`);
  const names = { ...FIELDS.weekday, first: 0 };
  const values = valuesOf(field.split(','), names).map((value) => (value % 7) + 1);
  return printed(
    [...new Set(values)].sort((a, b) => a - b),
    FIELDS.weekday,
  );
}
