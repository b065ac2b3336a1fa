import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { retryDelayMs, retryTable } from '../../../shared/domain/retry-policy.ts';
import type { RetryPolicy } from '../../../shared/domain/task.ts';

const policy = (rest: Partial<RetryPolicy> = {}): RetryPolicy => ({
  strategy: 'exponential',
  limit: 5,
  baseSeconds: 10,
  maxSeconds: 3_600,
  jitter: 'none',
  ...rest,
});
const never = () => {
  throw new Error('no randomness needed');
};

describe('retryDelayMs', () => {
  it.each([
    ['fixed', [10, 10, 10, 10, 10]],
    ['linear', [10, 20, 30, 40, 50]],
    ['exponential', [10, 20, 40, 80, 160]],
  ] as const)('%s grows as its name says', (strategy, seconds) => {
    expect(seconds.map((_, index) => retryDelayMs(policy({ strategy }), index + 1, never) / 1_000)).toEqual(
      seconds,
    );
    expect(retryTable(policy({ strategy }))).toEqual(seconds);
  });

  it.each(['fixed', 'linear', 'exponential'] as const)('%s stops growing at maxSeconds', (strategy) => {
    expect(retryDelayMs(policy({ strategy, maxSeconds: 15 }), 100, never)).toBe(
      strategy === 'fixed' ? 10_000 : 15_000,
    );
    expect(retryDelayMs(policy({ strategy, baseSeconds: 43_200, maxSeconds: 43_200 }), 5_000, never)).toBe(
      43_200_000,
    );
  });

  it('jitter full spreads from nothing to the whole delay, equal over its upper half', () => {
    const full = policy({ jitter: 'full' });
    expect([retryDelayMs(full, 3, () => 0), retryDelayMs(full, 3, () => 0.5)]).toEqual([0, 20_000]);
    expect(retryDelayMs(full, 3, () => 0.999)).toBe(39_960);
    const equal = policy({ jitter: 'equal' });
    expect([retryDelayMs(equal, 3, () => 0), retryDelayMs(equal, 3, () => 0.5)]).toEqual([20_000, 30_000]);
    expect(retryDelayMs(equal, 3, () => 0.999)).toBe(39_980);
  });

  it('is whole milliseconds between 0 and maxSeconds for every policy', () => {
    const anyPolicy = fc.record({
      strategy: fc.constantFrom('fixed', 'linear', 'exponential'),
      limit: fc.integer({ min: 0, max: 100 }),
      baseSeconds: fc.integer({ min: 1, max: 43_200 }),
      maxSeconds: fc.integer({ min: 1, max: 43_200 }),
      jitter: fc.constantFrom('none', 'full', 'equal'),
    });
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(anyPolicy, fc.integer({ min: 1, max: 101 }), random, (any, attempt, x) => {
        const delay = retryDelayMs(any, attempt, () => x);
        expect(Number.isInteger(delay)).toBe(true);
        expect(delay).toBeGreaterThanOrEqual(
          any.jitter === 'equal' ? Math.min(any.maxSeconds, any.baseSeconds) * 500 : 0,
        );
        expect(delay).toBeLessThanOrEqual(any.maxSeconds * 1_000);
      }),
    );
  });
});
