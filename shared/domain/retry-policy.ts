import type { RetryPolicy } from './task.ts';
import { type DurationMs, SECOND_MS } from './time.ts';

/**
 * Wait after failed attempt n ≥ 1 of the current budget (a person's retry starts a fresh budget at 1).
 * `random` gives 0 ≤ x < 1; jitter only ever shortens the wait, so that `maxSeconds` stays the bound.
 */
export function retryDelayMs(policy: RetryPolicy, failedAttempt: number, random: () => number): DurationMs {
  const fullMs = backoffSeconds(policy, failedAttempt) * SECOND_MS;
  switch (policy.jitter) {
    case 'none':
      return fullMs;
    case 'full':
      return Math.floor(random() * fullMs);
    case 'equal':
      return Math.floor(fullMs / 2 + (random() * fullMs) / 2);
  }
}

/** Longest wait before each retry, in seconds: what the policy means, spelled out for people. */
export const retryTable = (policy: RetryPolicy): number[] =>
  Array.from({ length: policy.limit }, (_, index) => backoffSeconds(policy, index + 1));

function backoffSeconds({ strategy, baseSeconds, maxSeconds }: RetryPolicy, failedAttempt: number): number {
  switch (strategy) {
    case 'fixed':
      return Math.min(maxSeconds, baseSeconds);
    case 'linear':
      return Math.min(maxSeconds, baseSeconds * failedAttempt);
    case 'exponential':
      // 2 ** n may reach Infinity for absurd n: the cap still holds.
      return Math.min(maxSeconds, baseSeconds * 2 ** (failedAttempt - 1));
  }
}
