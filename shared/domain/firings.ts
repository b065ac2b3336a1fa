import { intervalCount, intervalFrom } from './interval.ts';
import { isArithmetic, occurrencesUpTo } from './next-occurrence.ts';
import type { Timetable } from './schedule.ts';
import { startOf } from './stats-time.ts';
import { type EpochMs, MINUTE_MS } from './time.ts';

/** How often a task is due, by minute. */
export interface Firings {
  /** Beginning of a minute, UTC → occurrences in it; ascending, and none that has no occurrence. */
  minutes: ReadonlyMap<EpochMs, number>;
  /** Steps that counting took: minutes of a plain interval, occurrences of anything else. */
  steps: number;
}

/** In [from, to). */
export function firingsByMinute(timetable: Timetable, from: EpochMs, to: EpochMs): Firings {
  const minutes = new Map<EpochMs, number>();
  if (isArithmetic(timetable)) {
    for (let at = intervalFrom(timetable, from); at !== null && at < to; ) {
      const minute = startOf('minute', at);
      const next = minute + MINUTE_MS;
      minutes.set(minute, intervalCount(timetable, at, Math.min(next, to) - 1));
      at = intervalFrom(timetable, next);
    }
    return { minutes, steps: minutes.size };
  }
  const all = occurrencesUpTo(timetable, from, to - 1, Number.POSITIVE_INFINITY);
  for (const at of all) {
    const minute = startOf('minute', at);
    minutes.set(minute, (minutes.get(minute) ?? 0) + 1);
  }
  return { minutes, steps: all.length };
}
