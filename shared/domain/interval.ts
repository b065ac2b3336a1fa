import type { IntervalSchedule } from './schedule.ts';
import { type EpochMs, SECOND_MS } from './time.ts';

/** Occurrences are startAt + k·seconds, k ≥ 0, before endAt: all by arithmetic, so an outage of years costs nothing. */

const periodMs = (schedule: IntervalSchedule): number => schedule.seconds * SECOND_MS;

/** Index of the first occurrence at or after the instant; it may lie past the end. */
const indexFrom = (schedule: IntervalSchedule, at: EpochMs): number =>
  Math.max(0, Math.ceil((at - schedule.startAt) / periodMs(schedule)));

/** Index of the last occurrence at or before the instant; negative when there is none. */
function indexUpTo(schedule: IntervalSchedule, at: EpochMs): number {
  const last = schedule.endAt === undefined ? at : Math.min(at, schedule.endAt - 1);
  return Math.floor((last - schedule.startAt) / periodMs(schedule));
}

export function intervalFrom(schedule: IntervalSchedule, notBeforeMs: EpochMs): EpochMs | null {
  const at = schedule.startAt + indexFrom(schedule, notBeforeMs) * periodMs(schedule);
  return schedule.endAt !== undefined && at >= schedule.endAt ? null : at;
}

export const intervalCount = (schedule: IntervalSchedule, fromMs: EpochMs, toMs: EpochMs): number =>
  Math.max(0, indexUpTo(schedule, toMs) - indexFrom(schedule, fromMs) + 1);

/** The n-th newest occurrence in [fromMs, toMs], n ≥ 1; null when there are fewer. */
export function intervalNthNewest(
  schedule: IntervalSchedule,
  fromMs: EpochMs,
  toMs: EpochMs,
  n: number,
): EpochMs | null {
  if (intervalCount(schedule, fromMs, toMs) < n) return null;
  return schedule.startAt + (indexUpTo(schedule, toMs) - n + 1) * periodMs(schedule);
}
