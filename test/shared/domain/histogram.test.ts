import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  countUpTo,
  histogramOf,
  mergeHistograms,
  quantile,
  RELATIVE_ERROR,
} from '../../../shared/domain/histogram.ts';

const DAY_MS = 86_400_000;
const durations = fc.array(
  fc.oneof(fc.integer({ min: 0, max: 900_000 }), fc.integer({ min: 0, max: 30 * DAY_MS })),
  { minLength: 1, maxLength: 200 },
);
/** Nearest rank, of the sorted list itself. */
const exact = (list: number[], share: number): number =>
  list.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(share * list.length) - 1)] ?? Number.NaN;

describe('a histogram of durations', () => {
  it('tells every quantile within two percent', () => {
    fc.assert(
      fc.property(durations, fc.constantFrom(0, 0.01, 0.5, 0.95, 0.99, 1), (list, share) => {
        const told = quantile(histogramOf(list), share) ?? Number.NaN;
        const really = exact(list, share);
        expect(Math.abs(told - really)).toBeLessThanOrEqual(RELATIVE_ERROR * really + 1e-6);
      }),
      { numRuns: 500 },
    );
  });

  it('of a union is what its parts add up to, in any order', () => {
    fc.assert(
      fc.property(fc.array(durations, { minLength: 1, maxLength: 5 }), (parts) => {
        const whole = histogramOf(parts.flat());
        expect(mergeHistograms(parts.map(histogramOf))).toEqual(whole);
        expect(mergeHistograms(parts.toReversed().map(histogramOf))).toEqual(whole);
        const [first = [], ...rest] = parts;
        const inSteps = mergeHistograms([histogramOf(first), mergeHistograms(rest.map(histogramOf))]);
        expect(inSteps).toEqual(whole);
      }),
    );
  });

  it('counts up to a bound no more than there are, and misses no more than the error makes doubtful', () => {
    fc.assert(
      fc.property(durations, fc.integer({ min: 1, max: 900_000 }), (list, bound) => {
        const counted = countUpTo(histogramOf(list), bound);
        const upTo = (limit: number) => list.filter((ms) => ms <= limit).length;
        expect(counted).toBeLessThanOrEqual(upTo(bound * (1 + 1e-9)));
        expect(counted).toBeGreaterThanOrEqual(upTo((bound * (1 - RELATIVE_ERROR)) / (1 + RELATIVE_ERROR)));
      }),
    );
  });

  it('stays small, whatever there is', () => {
    const wide = histogramOf(Array.from({ length: 50_000 }, (_, n) => n * n));
    expect(wide.buckets.length).toBeLessThan(600);
    expect(wide.count).toBe(50_000);
  });

  it('of nothing tells nothing', () => {
    expect(quantile(histogramOf([]), 0.5)).toBeUndefined();
    expect(mergeHistograms([])).toEqual(histogramOf([]));
  });
});
