import type { RetryRule } from '../shared/contract/retry.ts';

export interface RetryProps {
  /** @default 'exponential' */
  strategy?: 'fixed' | 'linear' | 'exponential';
  /**
   * Retries after the first attempt.
   * @default 5
   */
  limit?: number;
  /**
   * Delay before the first retry, in seconds.
   * @default 10
   */
  baseSeconds?: number;
  /**
   * Cap of one delay, in seconds; at least `baseSeconds`.
   * @default 3600
   */
  maxSeconds?: number;
  /** @default 'none' */
  jitter?: 'none' | 'full' | 'equal';
  /**
   * Failures of some kinds are treated otherwise; the first rule that matches decides (docs/lifecycle.md).
   * @default - none
   */
  rules?: RetryRule[];
}
