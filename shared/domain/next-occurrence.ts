import { intervalCount, intervalFrom, intervalNthNewest } from './interval.ts';
import { nominalInstants } from './nominal-instants.ts';
import { isRecurring, type Schedule } from './schedule.ts';
import type { DurationMs, EpochMs } from './time.ts';

/**
 * Occurrences of a schedule. All instants here are effective ones: the nominal instant plus the task's jitter
 * offset. startAt (inclusive) and endAt (exclusive) bound the nominal ones.
 */

/** Strictly after; null when there is none. */
export const nextOccurrence = (schedule: Schedule, afterMs: EpochMs): EpochMs | null =>
  firstOccurrence(schedule, afterMs + 1);

/** At or after; null when there is none. */
export function firstOccurrence(schedule: Schedule, notBeforeMs: EpochMs): EpochMs | null {
  if (schedule.kind === 'interval') return intervalFrom(schedule, notBeforeMs);
  for (const at of allFrom(schedule, notBeforeMs)) return at;
  return null;
}

/** Where a new task begins: a one-time task keeps its instant even when that has just passed. */
export const firstRunAt = (schedule: Schedule, nowMs: EpochMs): EpochMs | null =>
  isRecurring(schedule) ? firstOccurrence(schedule, nowMs) : schedule.at;

/** Up to `count` occurrences at or after the instant. */
export const occurrences = (schedule: Schedule, fromMs: EpochMs, count: number): EpochMs[] =>
  occurrencesUpTo(schedule, fromMs, Number.POSITIVE_INFINITY, count);

/** How many in [fromMs, toMs], at most `cap`: an interval by arithmetic, cron one by one up to the cap. */
export function countOccurrences(schedule: Schedule, fromMs: EpochMs, toMs: EpochMs, cap: number): number {
  if (schedule.kind === 'interval') return Math.min(cap, intervalCount(schedule, fromMs, toMs));
  let count = 0;
  for (const at of allFrom(schedule, fromMs)) {
    if (at > toMs || count >= cap) break;
    count++;
  }
  return count;
}

/**
 * The n-th newest in [fromMs, toMs], n ≥ 1; null when there are fewer. Cron only walks forward, so the start of the
 * walk is bisected until it sees n or a little more: work in proportion to n, not to the length of an outage.
 */
export function nthNewestOccurrence(
  schedule: Schedule,
  fromMs: EpochMs,
  toMs: EpochMs,
  n: number,
): EpochMs | null {
  if (schedule.kind === 'interval') return intervalNthNewest(schedule, fromMs, toMs, n);
  const tooMany = 4 * n + 100;
  let low = fromMs;
  let high = toMs + 1;
  for (let start = fromMs; ; start = Math.floor((low + high) / 2)) {
    const seen = occurrencesUpTo(schedule, start, toMs, tooMany);
    if (seen.length === tooMany) low = start;
    else if (seen.length >= n) return seen[seen.length - n] ?? null;
    else if (start === fromMs) return null;
    else high = start;
  }
}

/** Up to `count` in [fromMs, toMs]. */
export function occurrencesUpTo(
  schedule: Schedule,
  fromMs: EpochMs,
  toMs: EpochMs,
  count: number,
): EpochMs[] {
  const found: EpochMs[] = [];
  for (const at of allFrom(schedule, fromMs)) {
    if (found.length >= count || at > toMs) break;
    found.push(at);
  }
  return found;
}

function* allFrom(schedule: Schedule, fromMs: EpochMs): Generator<EpochMs, void, void> {
  if (!isRecurring(schedule)) {
    if (schedule.at >= fromMs) yield schedule.at;
    return;
  }
  const jitter = jitterOf(schedule);
  for (const at of nominalInstants(schedule, fromMs - jitter)) yield at + jitter;
}

const jitterOf = (schedule: Schedule): DurationMs =>
  'jitterOffsetMs' in schedule ? schedule.jitterOffsetMs : 0;
