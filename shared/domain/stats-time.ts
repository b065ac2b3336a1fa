import { DAY_MS, type DurationMs, type EpochMs, HOUR_MS, MINUTE_MS } from './time.ts';

export const INTERVALS = ['minute', 'hour', 'day'] as const;
export type Interval = (typeof INTERVALS)[number];

export const LENGTH_MS: Readonly<Record<Interval, DurationMs>> = {
  minute: MINUTE_MS,
  hour: HOUR_MS,
  day: DAY_MS,
};

/** The beginning of the interval, UTC, that an instant is in. */
export const startOf = (interval: Interval, at: EpochMs): EpochMs => at - (at % LENGTH_MS[interval]);
/** The first beginning of an interval at or after an instant. */
export const startAfter = (interval: Interval, at: EpochMs): EpochMs =>
  startOf(interval, at + LENGTH_MS[interval] - 1);

/** How far what ended is summed up. */
export interface Marks {
  /** Minutes that begin before this one are. */
  minutes: EpochMs;
  /** The hour and the day with summed up minutes, hours, that is not itself. */
  hour?: EpochMs;
  day?: EpochMs;
}

export const UNMARKED: Marks = { minutes: 0 };

/** Intervals that begin before this one, and no others, are to be read as they are summed up. */
export function summedUntil(interval: Interval, { minutes, hour, day }: Marks): EpochMs {
  if (interval === 'minute') return minutes;
  const hours = hour ?? startAfter('hour', minutes);
  if (interval === 'hour') return hours;
  return day ?? (hour === undefined ? startAfter('day', minutes) : startOf('day', hours));
}
