import * as z from 'zod';
import { expressionProblem } from '../domain/json-expression.ts';
import type { StopRules } from '../domain/task.ts';
import { InstantSchema } from './text.ts';

const count = z.int().min(1).max(1_000_000_000);

export const StopSchema = z
  .strictObject({
    afterRuns: count.describe('runs that ended in success or death: completes the task').exactOptional(),
    afterSuccesses: count.describe('completes the task').exactOptional(),
    afterConsecutiveFailures: count.describe('runs that died in a row: disables the task').exactOptional(),
    when: z
      .string()
      .min(1)
      .superRefine((text, ctx) => {
        const problem = expressionProblem(text);
        if (problem !== undefined) ctx.addIssue({ code: 'custom', message: `not JSONata: ${problem}` });
      })
      .describe('JSONata over { result, payload, task }, asked of each success; true completes the task')
      .exactOptional(),
  })
  .refine((rules) => Object.keys(rules).length > 0, 'expected at least one rule')
  .meta({ id: 'StopRules', minProperties: 1, description: 'the first that holds ends the task' });
export const StopRuleSchema = z.enum([
  'when',
  'afterSuccesses',
  'afterRuns',
  'afterConsecutiveFailures',
] satisfies (keyof StopRules)[]);

/** What the system says of a task with stop rules. */
export const stopState = {
  stopCounts: z
    .strictObject({
      runs: z.int(),
      successes: z.int(),
      consecutiveFailures: z.int(),
    })
    .exactOptional()
    .describe('of a task with stop rules: what was counted since they or the schedule were last changed'),
  stopped: z
    .strictObject({ by: StopRuleSchema, at: InstantSchema, executionId: z.string() })
    .exactOptional()
    .describe('the rule that ended the task, and the run that fulfilled it'),
};
