import { type EpochMs, MINUTE_MS } from './time.ts';

/**
 * Spacing of repeated hints without memory (protocol H2): true when the age of an overdue entry crossed 1, 2 or
 * 4 minutes or a multiple of 5 minutes since the previous look. No write, no flood, at least one hint every
 * 5 minutes. Without a previous look everything crossed so far counts.
 */
export const crossedAge = (dueAt: EpochMs, previousAt: EpochMs | undefined, nowMs: EpochMs): boolean =>
  thresholdsPassed(nowMs - dueAt) > thresholdsPassed((previousAt ?? dueAt) - dueAt);

/** The sweeper's variant (protocol H3): the instant it became due counts as well. */
export const crossedAgeOrDue = (dueAt: EpochMs, previousAt: EpochMs | undefined, nowMs: EpochMs): boolean =>
  (nowMs >= dueAt && (previousAt === undefined || previousAt < dueAt)) ||
  crossedAge(dueAt, previousAt, nowMs);

function thresholdsPassed(ageMs: number): number {
  if (ageMs < MINUTE_MS) return 0;
  const early = [1, 2, 4].filter((minutes) => ageMs >= minutes * MINUTE_MS).length;
  return early + Math.floor(ageMs / (5 * MINUTE_MS));
}
