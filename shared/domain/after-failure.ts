import { failuresInBudget } from './attempt-budget.ts';
import type { Execution } from './execution.ts';
import { causeOf, type Failure } from './failure.ts';
import { MAX_RETRY_LIMIT, MAX_SNOOZES } from './limits.ts';
import { retryDelayMs } from './retry-policy.ts';
import { ruleFor, takenBy } from './retry-rules.ts';
import type { RetryPolicy, RetryRule } from './task.ts';
import { type EpochMs, SECOND_MS } from './time.ts';

/**
 * What follows a failed attempt. `free`: the next one is not paid for by the task's own budget, so maxAttempts
 * rises with the attempt number, which itself never falls (it is the fencing token).
 */
export interface AfterFailure {
  failure: Failure;
  /** undefined: never, the run is dead. */
  nextAttemptAt: EpochMs | undefined;
  free?: 'retry' | 'snooze';
}

/**
 * The first rule that matches decides, else the task's policy. Bounded in any case: a budget holds at most
 * MAX_RETRY_LIMIT retries, of whatever kind, and MAX_SNOOZES snoozes.
 */
export function afterFailure(
  run: Execution,
  policy: RetryPolicy,
  given: Failure,
  nowMs: EpochMs,
  random: () => number,
): AfterFailure {
  const isFinal = given.nonRetryable && !given.unlessRuled;
  const rule = isFinal ? undefined : ruleFor(policy.rules, { ...given, cause: causeOf(given) });
  if (given.nonRetryable && rule === undefined) return { failure: given, nextAttemptAt: undefined };
  const failure = { ...given, nonRetryable: false };
  const dead: AfterFailure = { failure, nextAttemptAt: undefined };
  const again = (applied: RetryPolicy, nth: number): EpochMs =>
    nowMs +
    (failure.retryAfterSeconds === undefined
      ? retryDelayMs(applied, nth, random)
      : failure.retryAfterSeconds * SECOND_MS);
  if (rule === undefined) {
    if (run.attempt >= run.maxAttempts) return dead;
    return { failure, nextAttemptAt: again(policy, failuresInBudget(run, policy.limit)) };
  }
  if (rule.then === 'stop') return { ...dead, failure: { ...failure, nonRetryable: true } };
  const nth = takenBy(policy.rules, rule, run) + 1;
  if (nth > (rule.limit ?? Number.POSITIVE_INFINITY)) return dead;
  const nextAttemptAt = again(ruled(policy, rule), nth);
  if (rule.then === 'snooze') return maySnooze(run) ? { failure, nextAttemptAt, free: 'snooze' } : dead;
  if (rule.limit === undefined) return run.attempt < run.maxAttempts ? { failure, nextAttemptAt } : dead;
  return attemptsSpent(run) <= MAX_RETRY_LIMIT ? { failure, nextAttemptAt, free: 'retry' } : dead;
}

/** So many at most, lest a run that always puts itself off goes on for ever. */
export const maySnooze = (run: Execution): boolean => (run.snoozes ?? 0) < MAX_SNOOZES;

/** A handler that puts itself off once too often. */
export const snoozedTooOften = (reason: string): Failure => ({
  cause: 'error',
  errorType: 'SnoozeLimit',
  errorMessage: `put off ${MAX_SNOOZES} times, which is the limit; the last reason was: ${reason}`,
  nonRetryable: false,
});

/** Attempts of the present budget that were not put off. */
const attemptsSpent = (run: Execution): number =>
  run.attempt - (run.attemptsBefore ?? 0) - (run.snoozes ?? 0);

/** The policy with what the rule says instead; a base above the policy's cap raises it. */
const ruled = (policy: RetryPolicy, rule: RetryRule): RetryPolicy => {
  const baseSeconds = rule.baseSeconds ?? policy.baseSeconds;
  return {
    ...policy,
    strategy: rule.strategy ?? policy.strategy,
    baseSeconds,
    maxSeconds: rule.maxSeconds ?? Math.max(policy.maxSeconds, baseSeconds),
  };
};
