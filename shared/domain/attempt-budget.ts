import type { Execution } from './execution.ts';

/** Attempts used up of the present budget: a person's retry grants a fresh one of limit + 1. */
export const failuresInBudget = (run: Execution, retryLimit: number): number =>
  Math.max(1, run.attempt - Math.max(0, run.maxAttempts - retryLimit - 1));
