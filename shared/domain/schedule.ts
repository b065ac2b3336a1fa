import type { EpochMs } from './time.ts';

/** When a task is due. Made by contract/schedule.ts from what the user wrote; instants are epoch ms. */
export type Schedule = CronSchedule | IntervalSchedule | RruleSchedule | OnceSchedule;

/** Due again and again, so that it has a next occurrence after each. */
export type RecurringSchedule = Exclude<Schedule, OnceSchedule>;
export const isRecurring = (schedule: Schedule): schedule is RecurringSchedule =>
  schedule.kind !== 'once' && schedule.kind !== 'now';

/** What becomes of local times that a change of the clock takes away or brings twice (wall-instants.ts). */
export interface DstRule {
  gap: 'shift' | 'skip';
  repeat: 'first' | 'both';
}
export const DEFAULT_DST: DstRule = { gap: 'shift', repeat: 'first' };
/** A local time that does not exist is no occurrence (RFC 5545 §3.3.10). */
export const RRULE_DST: DstRule = { gap: 'skip', repeat: 'first' };

export interface CronSchedule {
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
}

export interface IntervalSchedule {
  kind: 'interval';
  seconds: number;
  /** Occurrences are startAt + k·seconds. */
  startAt: EpochMs;
  endAt?: EpochMs;
}

/** RFC 5545. COUNT and UNTIL are resolved to `lastAt` when the schedule is made. */
export interface RruleSchedule {
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
}

/** `now` is `once` at the instant of creation; the kind is kept for display. */
export interface OnceSchedule {
  kind: 'once' | 'now';
  at: EpochMs;
}
