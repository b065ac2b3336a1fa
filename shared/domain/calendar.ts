import type { CalendarUse, Schedule, Timetable } from './schedule.ts';
import { DAY_MS, type EpochMs } from './time.ts';

/** Days on which nothing is to run, kept once for all tasks that name it. */
export interface Calendar {
  tenant: string;
  calendarId: string;
  name: string;
  /** Whose days these are; absent = those of the schedule that uses it. */
  timezone?: string;
  /** `2026-12-25`, or `--12-25` for every year. */
  dates: string[];
  /** Both ends included. */
  ranges: { from: string; to: string }[];
  weekdays: Weekday[];
  createdAt: EpochMs;
  updatedAt: EpochMs;
  createdBy: string;
  /** +1 on every change; the ETag. */
  version: number;
  /** It is being deleted: no task may take it up. */
  sealed?: boolean;
}

export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** Days since 1970 of a local date. */
export type EpochDay = number;

export type CalendarDays = Pick<Calendar, 'dates' | 'ranges' | 'weekdays'>;

/** NaN when there is no such date. */
export function epochDayOf(date: string): EpochDay {
  const at = Date.parse(`${date}T00:00:00Z`);
  // 30 February is read as 2 March by some.
  return Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== date ? Number.NaN : at / DAY_MS;
}

export const dateOf = (day: EpochDay): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

/** Is the day one of the calendar's? */
export function dayTest({ dates, ranges, weekdays }: CalendarDays): (day: EpochDay) => boolean {
  const single = new Set(dates.filter((date) => !date.startsWith('--')).map(epochDayOf));
  const yearly = new Set(dates.filter((date) => date.startsWith('--')).map((date) => date.slice(2)));
  const spans = ranges.map(({ from, to }) => ({ from: epochDayOf(from), to: epochDayOf(to) }));
  const week = new Set<number>(weekdays.map((name) => WEEKDAYS.indexOf(name)));
  return (day) =>
    week.has((((day + 4) % 7) + 7) % 7) ||
    single.has(day) ||
    spans.some(({ from, to }) => day >= from && day <= to) ||
    (yearly.size > 0 && yearly.has(dateOf(day).slice(5)));
}

/** The first day of the first stretch of more than `most` days in a row; undefined when there is none. */
export function longStretch(
  days: CalendarDays,
  most: number,
  within: { from: EpochDay; to: EpochDay },
): EpochDay | undefined {
  const excludes = dayTest(days);
  let since: EpochDay | undefined;
  for (let day = within.from; day <= within.to; day++) {
    if (!excludes(day)) since = undefined;
    else {
      since ??= day;
      if (day - since >= most) return since;
    }
  }
  return undefined;
}

export const calendarsOf = (schedule: Schedule): CalendarUse[] =>
  ('calendars' in schedule ? schedule.calendars : undefined) ?? [];

/** A calendar that is not there excludes nothing: rather a run too many than none. */
export function timetableOf(schedule: Schedule, calendars: readonly Calendar[]): Timetable {
  if (!('calendars' in schedule) || schedule.calendars === undefined) return schedule as Timetable;
  const applied = schedule.calendars.map((use) => {
    const calendar = calendars.find(({ calendarId }) => calendarId === use.id);
    const zone = calendar?.timezone === undefined ? {} : { timezone: calendar.timezone };
    return { ...use, ...zone, excludes: calendar ? dayTest(calendar) : () => false };
  });
  return { ...schedule, calendars: applied };
}

/** Which links between a task and its calendars a new schedule makes and which it ends. */
export interface CalendarLinks {
  added: string[];
  removed: string[];
}

export function linkChanges(before: Schedule | undefined, after: Schedule | undefined): CalendarLinks {
  const had = new Set(before ? calendarsOf(before).map(({ id }) => id) : []);
  const has = new Set(after ? calendarsOf(after).map(({ id }) => id) : []);
  return { added: [...has].filter((id) => !had.has(id)), removed: [...had].filter((id) => !has.has(id)) };
}
