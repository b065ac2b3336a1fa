import type { EpochMs } from './time.ts';

/** When a task is due. Made by contract/schedule.ts from what the user wrote; instants are epoch ms. */
export type Schedule = CronSchedule | IntervalSchedule | OnceSchedule;

/** What becomes of local times that a change of the clock takes away or brings twice (wall-instants.ts). */
export interface DstRule {
  gap: 'shift' | 'skip';
  repeat: 'first' | 'both';
}
export const DEFAULT_DST: DstRule = { gap: 'shift', repeat: 'first' };

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

/** `now` is `once` at the instant of creation; the kind is kept for display. */
export interface OnceSchedule {
  kind: 'once' | 'now';
  at: EpochMs;
}
