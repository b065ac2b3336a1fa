import type { EpochMs } from './time.ts';

/** When a task is due. Made by contract/schedule.ts from what the user wrote; instants are epoch ms. */
export type Schedule<C extends CalendarUse = CalendarUse> = RecurringSchedule<C> | OnceSchedule;

/** A schedule with its calendars at hand (calendar.ts): without them nobody can tell its occurrences. */
export type Timetable = Schedule<AppliedCalendar>;

/** Due again and again, so that it has a next occurrence after each. */
export type RecurringSchedule<C extends CalendarUse = CalendarUse> =
  | CronSchedule<C>
  | IntervalSchedule<C>
  | RruleSchedule<C>;
export const isRecurring = <C extends CalendarUse>(schedule: Schedule<C>): schedule is RecurringSchedule<C> =>
  schedule.kind !== 'once' && schedule.kind !== 'now';

/** On the days of this calendar occurrences are left out, or come on the next day that is open. */
export interface CalendarUse {
  id: string;
  mode: CalendarMode;
}
export type CalendarMode = 'skip' | 'shift';

export interface AppliedCalendar extends CalendarUse {
  /** Whose days are meant; absent = the schedule's. */
  timezone?: string;
  /** By days since 1970. */
  excludes(day: number): boolean;
}

/** What becomes of local times that a change of the clock takes away or brings twice (wall-instants.ts). */
export interface DstRule {
  gap: 'shift' | 'skip';
  repeat: 'first' | 'both';
}
export const DEFAULT_DST: DstRule = { gap: 'shift', repeat: 'first' };
/** A local time that does not exist is no occurrence (RFC 5545 §3.3.10). */
export const RRULE_DST: DstRule = { gap: 'skip', repeat: 'first' };

export interface CronSchedule<C extends CalendarUse = CalendarUse> {
  kind: 'cron';
  /** 1..20 expressions of 5 fields, or 6 with seconds first; occurrences are their union. */
  expressions: string[];
  /** IANA zone, `UTC` when the user names none. */
  timezone: string;
  /** What a change of the clock does; absent = DEFAULT_DST. */
  dst?: DstRule;
  /** Inclusive. */
  startAt?: EpochMs;
  /** Exclusive. */
  endAt?: EpochMs;
  /** Width of the jitter window; 0 = none. */
  jitterSeconds: number;
  /** This task's own stable place in the window, 0..jitterSeconds·1000 (see jitterOffsetMs). */
  jitterOffsetMs: number;
  /** Never empty. */
  calendars?: C[];
}

export interface IntervalSchedule<C extends CalendarUse = CalendarUse> {
  kind: 'interval';
  seconds: number;
  /** Occurrences are startAt + k·seconds. */
  startAt: EpochMs;
  endAt?: EpochMs;
  calendars?: C[];
}

/** RFC 5545. COUNT and UNTIL are resolved to `lastAt` when the schedule is made. */
export interface RruleSchedule<C extends CalendarUse = CalendarUse> {
  kind: 'rrule';
  /** Upper case, without the name `RRULE:`. */
  rule: string;
  timezone: string;
  /** Absent = RRULE_DST. */
  dst?: DstRule;
  /** DTSTART, a whole second: the parts that the rule does not name are taken from its local time. */
  startAt: EpochMs;
  /** Exclusive. */
  endAt?: EpochMs;
  /** Inclusive; absent when the rule has no end of its own. */
  lastAt?: EpochMs;
  jitterSeconds: number;
  jitterOffsetMs: number;
  calendars?: C[];
}

/** `now` is `once` at the instant of creation; the kind is kept for display. */
export interface OnceSchedule {
  kind: 'once' | 'now';
  at: EpochMs;
}
