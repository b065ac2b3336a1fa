import * as z from 'zod';
import { MAX_RETRY_DELAY_SECONDS, MAX_RETRY_LIMIT, MAX_RETRY_RULES } from '../domain/limits.ts';

/** How failed attempts are retried: of a task, and as a queue's default. */

const strategy = z.enum(['fixed', 'linear', 'exponential']);
const seconds = z.int().min(1).max(MAX_RETRY_DELAY_SECONDS);
const MAX_STATUSES = 20;

const TIMING = ['strategy', 'baseSeconds', 'maxSeconds', 'limit'] as const;

export const RetryRuleSchema = z
  .strictObject({
    match: z
      .strictObject({
        errorType: z.string().min(1).max(128).describe('exact, or with * for any characters').exactOptional(),
        httpStatus: z
          .array(
            z.union([
              z.int().min(100).max(599),
              z.string().regex(/^[1-5]xx$/, 'expected a status, or a class of them: 1xx to 5xx'),
            ]),
          )
          .min(1)
          .max(MAX_STATUSES)
          .exactOptional(),
        cause: z
          .enum(['error', 'timedOut', 'crashed', 'throttled'])
          .describe('error: whatever was thrown; throttled: HTTP 429 and the like')
          .exactOptional(),
      })
      .describe('everything named must hold; {} matches every failure'),
    then: z.enum(['retry', 'stop', 'snooze']).describe('snooze: again later without spending an attempt'),
    strategy: strategy.exactOptional(),
    baseSeconds: seconds.exactOptional(),
    maxSeconds: seconds.exactOptional(),
    limit: z
      .int()
      .min(0)
      .max(MAX_RETRY_LIMIT)
      .describe("a budget of the rule's own: failures it takes, which do not count in retry.limit")
      .exactOptional(),
  })
  .superRefine((rule, ctx) => {
    if (rule.then !== 'stop') return;
    for (const name of TIMING.filter((timing) => rule[timing] !== undefined))
      ctx.addIssue({ code: 'custom', path: [name], message: 'means nothing with then: stop' });
  })
  .meta({
    id: 'RetryRule',
    if: { properties: { then: { const: 'stop' } } },
    then: { properties: Object.fromEntries(TIMING.map((name) => [name, false])) },
  });
export type RetryRule = z.infer<typeof RetryRuleSchema>;

export const retryFields = {
  strategy,
  limit: z.int().min(0).max(MAX_RETRY_LIMIT).describe('retries after the first attempt'),
  baseSeconds: seconds,
  maxSeconds: seconds.describe('cap of one delay, not below baseSeconds'),
  jitter: z.enum(['none', 'full', 'equal']),
  rules: z
    .array(RetryRuleSchema)
    .max(MAX_RETRY_RULES)
    .describe('the first that matches a failure decides instead of the above'),
};

export const RetryPolicySchema = z
  .strictObject({ ...retryFields, rules: retryFields.rules.exactOptional() })
  .meta({ id: 'RetryPolicy' });

/** Of a queue: what is left out is the house's. */
export const QueueRetrySchema = z
  .strictObject({
    strategy: retryFields.strategy.default('exponential'),
    limit: retryFields.limit.default(5),
    baseSeconds: retryFields.baseSeconds.default(10),
    maxSeconds: retryFields.maxSeconds.default(3600),
    jitter: retryFields.jitter.default('none'),
    rules: retryFields.rules.exactOptional(),
  })
  .refine((retry) => retry.maxSeconds >= retry.baseSeconds, {
    path: ['maxSeconds'],
    error: 'expected at least baseSeconds',
  })
  .prefault({});
