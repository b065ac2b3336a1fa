import * as z from 'zod';
import {
  type Calendar,
  type CalendarDays,
  dateOf,
  epochDayOf,
  longStretch,
  WEEKDAYS,
} from '../domain/calendar.ts';
import type { FieldProblem } from '../domain/errors.ts';
import {
  MAX_CALENDAR_DATES,
  MAX_CALENDAR_RANGES,
  MAX_EXCLUDED_DAYS,
  MAX_INSTANT_EXCLUSIVE_MS,
} from '../domain/limits.ts';
import { DAY_MS, toIso } from '../domain/time.ts';
import { isTimeZone } from '../domain/zone.ts';
import { InstantSchema, TASK_ID, TaskIdSchema, text, ZONE_FOR_READERS } from './text.ts';

export const CalendarIdSchema = z
  .string()
  .regex(TASK_ID, 'must be 1 to 128 of A-Z a-z 0-9 . _ - and begin with a letter or digit');

const DATE = /^\d{4}-\d{2}-\d{2}$/;
/** For readers: what exists is checked besides. */
const YEARS = '(19[7-9]\\d|20\\d\\d|2100)';
const YEARLY = /^--\d{2}-\d{2}$/;
const LAST_DAY = MAX_INSTANT_EXCLUSIVE_MS / DAY_MS - 1;

const exists = (date: string): boolean => {
  const day = epochDayOf(date);
  return day >= 0 && day <= LAST_DAY;
};
const date = z
  .string()
  .refine((written) => DATE.test(written) && exists(written), 'expected a date like 2026-12-25, 1970 to 2100')
  .meta({ format: 'date', pattern: `^${YEARS}-\\d\\d-\\d\\d$`, example: '2026-12-25' });
const dateOrYearly = z
  .string()
  .refine(
    // 2024 has every day that a year can have.
    (written) =>
      (DATE.test(written) && exists(written)) || (YEARLY.test(written) && exists(`2024${written.slice(1)}`)),
    'expected a date like 2026-12-25, or --12-25 for every year',
  )
  .meta({ pattern: `^(${YEARS}|-)-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$`, example: '--12-25' });

const days = {
  dates: z
    .array(dateOrYearly)
    .max(MAX_CALENDAR_DATES)
    .describe('single days: 2026-12-25, or --12-25 in every year'),
  ranges: z
    .array(
      z
        .strictObject({ from: date, to: date })
        .refine(({ from, to }) => from <= to, { path: ['to'], error: 'expected a date not before from' }),
    )
    .max(MAX_CALENDAR_RANGES)
    .describe('stretches of days, both ends included'),
  weekdays: z.array(z.enum(WEEKDAYS)).max(7),
};
const timezone = z
  .string()
  .max(64)
  .refine(isTimeZone, 'unknown time zone: expected a name like Europe/Paris or UTC')
  .optional()
  .meta({
    description: 'whose days these are; those of the schedule that uses the calendar when absent',
    ...ZONE_FOR_READERS,
  });

/** A calendar without open days would end tasks for ever. */
function stretchProblem(written: CalendarDays): FieldProblem | undefined {
  const since = longStretch(written, MAX_EXCLUDED_DAYS, { from: 0, to: LAST_DAY });
  if (since === undefined) return undefined;
  const message = `leaves no day in more than ${MAX_EXCLUDED_DAYS} days from ${dateOf(since)} on`;
  return { path: '', message };
}

const EXAMPLE = { name: 'Holidays', dates: ['2026-05-14', '--12-25'], weekdays: ['sat', 'sun'] };

export const CalendarInputSchema = z
  .strictObject({
    name: text(1, 128),
    timezone,
    dates: days.dates.default([]),
    ranges: days.ranges.default([]),
    weekdays: days.weekdays.default([]),
  })
  .superRefine((written, context) => {
    const problem = stretchProblem(written);
    if (problem) context.addIssue({ code: 'custom', message: problem.message });
  })
  .meta({ id: 'CalendarInput', description: 'Days on which nothing is to run.', example: EXAMPLE });
export type CalendarInput = z.output<typeof CalendarInputSchema>;

const calendar = {
  id: CalendarIdSchema,
  name: text(1, 128),
  timezone,
  ...days,
  createdAt: InstantSchema,
  updatedAt: InstantSchema,
  createdBy: z.string(),
  version: z.int().describe('the ETag is this number in quotes'),
};
export const CalendarSchema = z.strictObject(calendar).meta({ id: 'Calendar' });

export const CalendarUserSchema = z
  .strictObject({ id: TaskIdSchema })
  .meta({ id: 'CalendarUser', description: 'A task that uses it.', example: { id: 'nightly-report' } });

export const CalendarChangeSchema = z
  .strictObject({
    ...calendar,
    replanned: z
      .strictObject({
        tasks: z.int().describe('so many tasks got another next occurrence'),
        complete: z.boolean().describe('false: time ran out; say the same again to go on'),
      })
      .describe('the tasks that use it, whose next occurrence lay ahead'),
  })
  .meta({ id: 'CalendarChange' });

export const calendarToWire = (stored: Calendar): z.output<typeof CalendarSchema> => ({
  id: stored.calendarId,
  name: stored.name,
  ...(stored.timezone === undefined ? {} : { timezone: stored.timezone }),
  dates: stored.dates,
  ranges: stored.ranges,
  weekdays: stored.weekdays,
  createdAt: toIso(stored.createdAt),
  updatedAt: toIso(stored.updatedAt),
  createdBy: stored.createdBy,
  version: stored.version,
});
