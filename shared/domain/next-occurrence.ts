import { calendarInstants, exclusionAt, type Planned } from './calendar-instants.ts';
import { intervalCount, intervalNthNewest } from './interval.ts';
import { nominalInstants } from './nominal-instants.ts';
import { type AppliedCalendar, type IntervalSchedule, isRecurring, type Timetable } from './schedule.ts';
import type { DurationMs, EpochMs } from './time.ts';

/**
 * Occurrences of a schedule. All instants here are effective ones: the nominal instant plus the task's jitter
 * offset. startAt (inclusive) and endAt (exclusive) bound them before jitter.
 */

/** Strictly after; null when there is none. */
export const nextOccurrence = (timetable: Timetable, afterMs: EpochMs): EpochMs | null =>
  firstOccurrence(timetable, afterMs + 1);

/** At or after; null when there is none. */
export function firstOccurrence(timetable: Timetable, notBeforeMs: EpochMs): EpochMs | null {
  for (const at of allFrom(timetable, notBeforeMs)) return at;
  return null;
}

/** Where a new task begins: a one-time task keeps its instant even when that has just passed. */
export const firstRunAt = (timetable: Timetable, nowMs: EpochMs): EpochMs | null =>
  isRecurring(timetable) ? firstOccurrence(timetable, nowMs) : timetable.at;

/** Up to `count` occurrences at or after the instant. */
export const occurrences = (timetable: Timetable, fromMs: EpochMs, count: number): EpochMs[] =>
  occurrencesUpTo(timetable, fromMs, Number.POSITIVE_INFINITY, count);

/** How many in [fromMs, toMs], at most `cap`: a plain interval by arithmetic, others one by one up to the cap. */
export function countOccurrences(timetable: Timetable, fromMs: EpochMs, toMs: EpochMs, cap: number): number {
  if (isArithmetic(timetable)) return Math.min(cap, intervalCount(timetable, fromMs, toMs));
  let count = 0;
  for (const at of allFrom(timetable, fromMs)) {
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
  timetable: Timetable,
  fromMs: EpochMs,
  toMs: EpochMs,
  n: number,
): EpochMs | null {
  if (isArithmetic(timetable)) return intervalNthNewest(timetable, fromMs, toMs, n);
  const tooMany = 4 * n + 100;
  let low = fromMs;
  let high = toMs + 1;
  for (let start = fromMs; ; start = Math.floor((low + high) / 2)) {
    const seen = occurrencesUpTo(timetable, start, toMs, tooMany);
    if (seen.length === tooMany) low = start;
    else if (seen.length >= n) return seen[seen.length - n] ?? null;
    else if (start === fromMs) return null;
    else high = start;
  }
}

/** Up to `count` in [fromMs, toMs]. */
export function occurrencesUpTo(
  timetable: Timetable,
  fromMs: EpochMs,
  toMs: EpochMs,
  count: number,
): EpochMs[] {
  const found: EpochMs[] = [];
  for (const at of allFrom(timetable, fromMs)) {
    if (found.length >= count || at > toMs) break;
    found.push(at);
  }
  return found;
}

/** Up to `count` at or after the instant, each with the instant that the schedule itself says. */
export function plannedOccurrences(timetable: Timetable, fromMs: EpochMs, count: number): Planned[] {
  const found: Planned[] = [];
  for (const planned of plannedFrom(timetable, fromMs)) {
    if (found.length >= count) break;
    found.push(planned);
  }
  return found;
}

/** False for an occurrence that was planned before its day was excluded. */
export const isAllowed = (timetable: Timetable, at: EpochMs): boolean =>
  !isRecurring(timetable) || exclusionAt(timetable, at - jitterOf(timetable)) === undefined;

function* allFrom(timetable: Timetable, fromMs: EpochMs): Generator<EpochMs, void, void> {
  for (const { at } of plannedFrom(timetable, fromMs)) yield at;
}

function* plannedFrom(timetable: Timetable, fromMs: EpochMs): Generator<Planned, void, void> {
  if (!isRecurring(timetable)) {
    if (timetable.at >= fromMs) yield { at: timetable.at, nominalAt: timetable.at };
    return;
  }
  const jitter = jitterOf(timetable);
  if (timetable.calendars) {
    for (const { at, nominalAt } of calendarInstants(timetable, fromMs - jitter))
      yield { at: at + jitter, nominalAt };
    return;
  }
  for (const nominalAt of nominalInstants(timetable, fromMs - jitter))
    yield { at: nominalAt + jitter, nominalAt };
}

const jitterOf = (schedule: Timetable): DurationMs =>
  'jitterOffsetMs' in schedule ? schedule.jitterOffsetMs : 0;

/** Counted without looking at each, however many there are. */
export const isArithmetic = (schedule: Timetable): schedule is IntervalSchedule<AppliedCalendar> =>
  schedule.kind === 'interval' && schedule.calendars === undefined;
