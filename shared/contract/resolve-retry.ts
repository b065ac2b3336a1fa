import type { FieldProblem } from '../domain/errors.ts';
import type { RetryPolicy } from '../domain/task.ts';
import type { TaskFields } from './task-fields.ts';

type Given = TaskFields['retry'];

/** What the fields of a policy and of its rules must be together. */
export function retryProblems(given: Given, defaults: RetryPolicy | undefined): FieldProblem[] {
  const baseSeconds = given?.baseSeconds ?? defaults?.baseSeconds;
  if (baseSeconds === undefined) return [];
  const problems = capProblems('retry', baseSeconds, given?.maxSeconds);
  for (const [at, rule] of (given?.rules ?? []).entries())
    problems.push(...capProblems(`retry.rules[${at}]`, rule.baseSeconds ?? baseSeconds, rule.maxSeconds));
  return problems;
}

const capProblems = (path: string, baseSeconds: number, maxSeconds: number | undefined): FieldProblem[] =>
  maxSeconds === undefined || maxSeconds >= baseSeconds
    ? []
    : [{ path: `${path}.maxSeconds`, message: `must not be below baseSeconds (${baseSeconds})` }];

/**
 * A base above the queue's cap raises the cap, unless the user names a cap himself. Rules are taken as a whole: an
 * empty list takes those of the queue away.
 */
export function mergedRetry(given: Given, defaults: RetryPolicy): RetryPolicy {
  const baseSeconds = given?.baseSeconds ?? defaults.baseSeconds;
  const rules = given?.rules ?? defaults.rules;
  return {
    strategy: given?.strategy ?? defaults.strategy,
    limit: given?.limit ?? defaults.limit,
    baseSeconds,
    maxSeconds: given?.maxSeconds ?? Math.max(defaults.maxSeconds, baseSeconds),
    jitter: given?.jitter ?? defaults.jitter,
    ...(rules === undefined ? {} : { rules }),
  };
}
