import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  countOccurrences,
  firstOccurrence,
  firstRunAt,
  nextOccurrence,
  nthNewestOccurrence,
  occurrences,
} from '../../../shared/domain/next-occurrence.ts';
import type { Timetable } from '../../../shared/domain/schedule.ts';
import { cronText, zone } from '../../support/cron-text.ts';
import { cron, every, utc } from '../../support/schedules.ts';

const NOON = utc('2026-06-01 12:00');
const YEAR_MS = 365 * 86_400_000;

describe('interval', () => {
  it('runs at startAt and every so many seconds after it', () => {
    expect(occurrences(every(2, NOON), NOON, 3)).toEqual([NOON, NOON + 2_000, NOON + 4_000]);
    expect(nextOccurrence(every(2, NOON), NOON)).toBe(NOON + 2_000);
    expect(firstOccurrence(every(2, NOON), NOON - YEAR_MS)).toBe(NOON);
  });

  it('gives 15 runs in 30 seconds of an interval of 2 seconds', () => {
    expect(countOccurrences(every(2, NOON), NOON, NOON + 30_000 - 1, 1_000)).toBe(15);
  });

  it('keeps its beat through ten years of outage, without a walk', () => {
    const schedule = every(1, NOON + 123);
    const later = NOON + 10 * YEAR_MS;
    expect(nextOccurrence(schedule, later)).toBe(later + 123);
    expect(countOccurrences(schedule, NOON, later, 1e9)).toBe(315_360_000);
    expect(nthNewestOccurrence(schedule, NOON, later, 10)).toBe(later + 123 - 10_000);
  });

  it('ends before endAt', () => {
    const schedule = every(10, NOON, { endAt: NOON + 20_000 });
    expect(occurrences(schedule, 0, 9)).toEqual([NOON, NOON + 10_000]);
    expect(nextOccurrence(schedule, NOON + 10_000)).toBeNull();
    expect(countOccurrences(schedule, 0, NOON + YEAR_MS, 9)).toBe(2);
    expect(nthNewestOccurrence(schedule, 0, NOON + YEAR_MS, 1)).toBe(NOON + 10_000);
    expect(nthNewestOccurrence(schedule, 0, NOON + YEAR_MS, 3)).toBeNull();
  });

  it('equals adding up, step by step', () => {
    const window = fc.record({
      seconds: fc.integer({ min: 1, max: 50 }),
      startAt: fc.integer({ min: 0, max: 100_000 }),
      lengthMs: fc.integer({ min: 0, max: 100_000 }),
      from: fc.integer({ min: 0, max: 200_000 }),
      widthMs: fc.integer({ min: 0, max: 100_000 }),
      n: fc.integer({ min: 1, max: 5 }),
    });
    fc.assert(
      fc.property(window, ({ seconds, startAt, lengthMs, from, widthMs, n }) => {
        const endAt = startAt + lengthMs;
        const schedule = every(seconds, startAt, { endAt });
        const all: number[] = [];
        for (let at = startAt; at < endAt; at += seconds * 1_000) all.push(at);
        const within = all.filter((at) => at >= from && at <= from + widthMs);
        expect(firstOccurrence(schedule, from)).toBe(all.find((at) => at >= from) ?? null);
        expect(nextOccurrence(schedule, from)).toBe(all.find((at) => at > from) ?? null);
        expect(countOccurrences(schedule, from, from + widthMs, 1_000)).toBe(within.length);
        expect(nthNewestOccurrence(schedule, from, from + widthMs, n)).toBe(within.at(-n) ?? null);
      }),
    );
  });
});

describe('once and now', () => {
  it.each<Timetable>([
    { kind: 'once', at: NOON },
    { kind: 'now', at: NOON },
  ])('$kind has one occurrence', (schedule) => {
    expect(nextOccurrence(schedule, NOON - 1)).toBe(NOON);
    expect(firstOccurrence(schedule, NOON)).toBe(NOON);
    expect(nextOccurrence(schedule, NOON)).toBeNull();
    expect(occurrences(schedule, 0, 5)).toEqual([NOON]);
    expect(countOccurrences(schedule, 0, NOON, 5)).toBe(1);
    expect(countOccurrences(schedule, NOON + 1, NOON + 2, 5)).toBe(0);
  });

  it('a new one-time task keeps an instant that has just passed; other tasks look ahead', () => {
    expect(firstRunAt({ kind: 'once', at: NOON }, NOON + 5_000)).toBe(NOON);
    expect(firstRunAt(every(60, NOON), NOON + 5_000)).toBe(NOON + 60_000);
    expect(firstRunAt(every(60, NOON), NOON)).toBe(NOON);
  });
});

describe('cron', () => {
  it('is strictly after, or at and after', () => {
    expect(nextOccurrence(cron('0 12 * * *'), NOON)).toBe(NOON + 86_400_000);
    expect(firstOccurrence(cron('0 12 * * *'), NOON)).toBe(NOON);
    expect(firstOccurrence(cron('0 12 * * *'), NOON + 1)).toBe(NOON + 86_400_000);
  });

  it('startAt is inclusive, endAt exclusive', () => {
    const hourly = cron('0 * * * *', 'UTC', { startAt: NOON, endAt: NOON + 2 * 3_600_000 });
    expect(occurrences(hourly, 0, 9)).toEqual([NOON, NOON + 3_600_000]);
    expect(nextOccurrence(hourly, NOON + 3_600_000)).toBeNull();
  });

  it('unites its expressions without duplicates', () => {
    const schedule = cron(['0 9 * * *', '0 9,18 * * *', '30 12 * * *']);
    const day = utc('2026-06-01 00:00');
    expect(occurrences(schedule, day, 4).map((at) => (at - day) / 3_600_000)).toEqual([9, 12.5, 18, 33]);
  });

  it('moves each occurrence by the jitter offset; the bounds hold for the unmoved ones', () => {
    const schedule = cron('0 * * * *', 'UTC', {
      jitterSeconds: 60,
      jitterOffsetMs: 42_123,
      startAt: NOON,
      endAt: NOON + 3_600_000 + 1,
    });
    expect(occurrences(schedule, 0, 9)).toEqual([NOON + 42_123, NOON + 3_642_123]);
    expect(nextOccurrence(schedule, NOON + 42_122)).toBe(NOON + 42_123);
    expect(nextOccurrence(schedule, NOON + 42_123)).toBe(NOON + 3_642_123);
  });

  it('counts up to the cap', () => {
    expect(countOccurrences(cron('* * * * * *'), NOON, NOON + 59_000, 1_000)).toBe(60);
    expect(countOccurrences(cron('* * * * * *'), NOON, NOON + YEAR_MS, 1_000)).toBe(1_000);
  });

  it('finds the newest of a long outage, however uneven the rule', () => {
    expect(nthNewestOccurrence(cron('* * * * * *'), NOON, NOON + YEAR_MS, 10)).toBe(NOON + YEAR_MS - 9_000);
    // One burst of 86,400 a year, five months before the end.
    expect(nthNewestOccurrence(cron('* * * 1 1 *'), NOON - 10 * YEAR_MS, NOON, 1)).toBe(
      utc('2026-01-01 23:59:59'),
    );
    expect(nthNewestOccurrence(cron('0 0 29 2 *'), utc('2020-01-01 00:00'), NOON, 2)).toBe(
      utc('2020-02-29 00:00'),
    );
    expect(nthNewestOccurrence(cron('0 0 29 2 *'), utc('2020-01-01 00:00'), NOON, 3)).toBeNull();
  });
});

describe('any cron schedule', () => {
  const instant = fc.integer({ min: utc('2000-01-01 00:00'), max: utc('2050-01-01 00:00') });
  const expressions = fc.array(cronText, { minLength: 1, maxLength: 3 });
  const offset = fc.constantFrom(0, 1, 999, 59_999, 3_600_001);

  it('has ascending occurrences without duplicates, each the next of the one before', () => {
    fc.assert(
      fc.property(expressions, zone, instant, offset, (texts, timezone, from, jitterOffsetMs) => {
        const schedule = cron(texts, timezone, { jitterOffsetMs });
        const found = occurrences(schedule, from, 12);
        expect(found).toHaveLength(12);
        expect(found[0]).toBeGreaterThanOrEqual(from);
        for (const [index, at] of found.slice(1).entries()) {
          expect(at).toBeGreaterThan(found[index] ?? Infinity);
          expect(nextOccurrence(schedule, found[index] ?? 0)).toBe(at);
          expect(firstOccurrence(schedule, at)).toBe(at);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('has as its occurrences the merged ones of its expressions', () => {
    fc.assert(
      fc.property(expressions, zone, instant, (texts, timezone, from) => {
        const each = texts.flatMap((text) => occurrences(cron(text, timezone), from, 10));
        const merged = [...new Set(each)].sort((a, b) => a - b).slice(0, 10);
        expect(occurrences(cron(texts, timezone), from, 10)).toEqual(merged);
      }),
      { numRuns: 200 },
    );
  });

  it('gives the same instants wherever the search begins', () => {
    fc.assert(
      fc.property(
        cronText,
        zone,
        instant,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (text, timezone, from, part) => {
          const schedule = cron(text, timezone);
          const found = occurrences(schedule, from, 6);
          const between = Math.floor(from + part * ((found.at(-1) ?? from) - from));
          expect(occurrences(schedule, between, 1)[0]).toBe(found.find((at) => at >= between));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('counts and finds the newest as listing does', () => {
    fc.assert(
      fc.property(cronText, zone, instant, fc.integer({ min: 1, max: 40 }), (text, timezone, from, n) => {
        const schedule = cron(text, timezone);
        const found = occurrences(schedule, from, 400);
        const until = found.at(-1) ?? from;
        expect(countOccurrences(schedule, from, until, 1_000)).toBe(400);
        expect(nthNewestOccurrence(schedule, from, until, n)).toBe(found.at(-n));
      }),
      { numRuns: 100 },
    );
  });
});
