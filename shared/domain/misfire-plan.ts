import { MISSED_COUNT_CAP } from './limits.ts';
import {
  countOccurrences,
  firstOccurrence,
  isArithmetic,
  nextOccurrence,
  nthNewestOccurrence,
} from './next-occurrence.ts';
import { isRecurring, type Timetable } from './schedule.ts';
import type { MisfirePolicy, OverlapPolicy } from './task.ts';
import type { DurationMs, EpochMs } from './time.ts';

export interface MisfireRules {
  schedule: Timetable;
  overlap: OverlapPolicy;
  misfire: MisfirePolicy;
  misfireGraceMs: DurationMs;
  catchUpLimit: number;
}

/**
 * What becomes of the occurrence a task waits for, and what it waits for next (null: nothing, it is completed).
 * `missed`: occurrences passed over for good, at most MISSED_COUNT_CAP but of a plain interval; with `skip` and
 * `fastForward` the one at scheduledAt is among them.
 */
export interface OccurrencePlan {
  kind: 'run' | 'skip' | 'fastForward';
  nextRunAt: EpochMs | null;
  missed: number;
}

/**
 * Protocol §5. Depends on the task's own nextRunAt (scheduledAt) and never picks the run's key from the clock, so
 * two executors with different clocks still agree on the key.
 *
 * - overlap `queue`: runs, and whatever fell due meanwhile is one with it; misfire rules do not apply.
 * - not late: runs.
 * - `fireOnce`: runs the oldest missed one, for all that fell due until now.
 * - `skip`: runs none of them; waits for the first that is not late.
 * - `catchUp`: runs each in turn, but no more than the newest `catchUpLimit`.
 */
export function planOccurrence(rules: MisfireRules, scheduledAt: EpochMs, nowMs: EpochMs): OccurrencePlan {
  const { schedule, overlap, misfire, misfireGraceMs, catchUpLimit } = rules;
  const late = nowMs > scheduledAt + misfireGraceMs;
  if (overlap === 'queue' || (late && misfire === 'fireOnce')) {
    return {
      kind: 'run',
      nextRunAt: nextOccurrence(schedule, Math.max(scheduledAt, nowMs)),
      missed: missedIn(schedule, scheduledAt + 1, nowMs),
    };
  }
  if (late && misfire === 'skip') {
    const notLate = nowMs - misfireGraceMs;
    return {
      kind: 'skip',
      nextRunAt: firstOccurrence(schedule, notLate),
      missed: 1 + missedIn(schedule, scheduledAt + 1, notLate - 1),
    };
  }
  if (late && misfire === 'catchUp') {
    // The one at scheduledAt and `catchUpLimit` later ones: one too many.
    const keepFrom = nthNewestOccurrence(schedule, scheduledAt + 1, nowMs, catchUpLimit);
    if (keepFrom !== null) {
      return {
        kind: 'fastForward',
        nextRunAt: keepFrom,
        missed: 1 + missedIn(schedule, scheduledAt + 1, keepFrom - 1),
      };
    }
  }
  return { kind: 'run', nextRunAt: nextOccurrence(schedule, scheduledAt), missed: 0 };
}

/** One below the cap, since a plan may add the occurrence at scheduledAt itself. */
const missedIn = (schedule: Timetable, fromMs: EpochMs, toMs: EpochMs): number => {
  const cap = isArithmetic(schedule) ? Number.POSITIVE_INFINITY : MISSED_COUNT_CAP - 1;
  return toMs < fromMs ? 0 : countOccurrences(schedule, fromMs, toMs, cap);
};

/** Occurrences in [fromMs, toMs] of a schedule that goes on: the first, and how many; a one-time task keeps its own. */
export function occurrencesPassed(
  schedule: Timetable,
  fromMs: EpochMs,
  toMs: EpochMs,
): { firstAt: EpochMs; count: number } | undefined {
  if (!isRecurring(schedule)) return undefined;
  const firstAt = firstOccurrence(schedule, fromMs);
  if (firstAt === null || firstAt > toMs) return undefined;
  return { firstAt, count: 1 + missedIn(schedule, firstAt + 1, toMs) };
}
