import * as z from 'zod';

/** Settings of what watches a deployment; scheduler-props-observability.ts documents them. */

export const AlarmsSchema = z.strictObject({
  enabled: z.boolean().default(true),
  email: z.email().optional(),
  topicArn: z
    .string()
    .regex(/^arn:[^:]+:sns:[^:]+:\d{12}:[\w-]+$/, 'expected the ARN of a topic')
    .optional(),
  runbookUrl: z
    .string()
    .min(1)
    .regex(/^[^\s#]+$/, 'expected an address without an anchor')
    .default('docs/operations.md'),
  latenessSeconds: z.int().min(5).max(3600).default(30),
  backlogSeconds: z.int().min(60).max(86_400).default(300),
  failurePercent: z.int().min(1).max(100).default(50),
  failureMinimum: z.int().min(1).max(100_000).default(20),
});

const MAX_KEPT_DAYS = 3_650;
const keptDays = (days: number) => z.int().min(1).max(MAX_KEPT_DAYS).default(days);

export const StatsSchema = z.strictObject({
  enabled: z.boolean().default(true),
  minuteRetentionDays: keptDays(2),
  hourRetentionDays: keptDays(35),
  dayRetentionDays: keptDays(400),
});

export type AlarmsConfig = z.output<typeof AlarmsSchema>;
