import * as z from 'zod';
import { MAX_TRIGGER_DELAY_SECONDS } from '../domain/limits.ts';
import { templateProblems } from '../domain/payload-template.ts';
import { TaskIdSchema } from './text.ts';

/** What comes in through the inbox queue (docs/events.md): messages of others, and events that our own rules sent on. */

const MAX_ID_CHARS = 128;
const id = z
  .string()
  .min(1)
  .max(MAX_ID_CHARS)
  .regex(/^[\x21-\x7e]+$/, 'must be visible ASCII characters')
  .describe('the same for every sending of the same message: it is acted on once');
const delaySeconds = z.number().min(0).max(MAX_TRIGGER_DELAY_SECONDS);

const TriggerMessageSchema = z.strictObject({
  v: z.literal(1),
  action: z.literal('trigger'),
  id,
  taskId: TaskIdSchema,
  payload: z.unknown().describe("instead of the task's own").optional(),
  delaySeconds: delaySeconds.optional(),
});
const CreateMessageSchema = z.strictObject({
  v: z.literal(1),
  action: z.literal('create'),
  id,
  taskId: TaskIdSchema.describe('one made of the id when absent').optional(),
  task: z.unknown().describe('a TaskInput'),
});
/** An event as EventBridge delivers it, with the name of the rule that matched it. */
const EventMessageSchema = z.object({
  v: z.literal(1),
  action: z.literal('event'),
  rule: z.string(),
  event: z.looseObject({ id, source: z.string(), 'detail-type': z.string(), detail: z.unknown() }),
});

export const InboxMessageSchema = z.discriminatedUnion('action', [
  TriggerMessageSchema,
  CreateMessageSchema,
  EventMessageSchema,
]);
export type TriggerMessage = z.infer<typeof TriggerMessageSchema>;
export type CreateMessage = z.infer<typeof CreateMessageSchema>;
export type EventMessage = z.infer<typeof EventMessageSchema>;
export type InboxMessage = z.infer<typeof InboxMessageSchema>;

/** What an event of a rule sets in motion. */
export const EventRuleSchema = z.strictObject({
  trigger: TaskIdSchema,
  payload: z
    .union([z.enum(['event', 'detail']), z.record(z.string(), z.unknown())], {
      error: 'expected "event", "detail", or an object, whose texts may hold templates',
    })
    .superRefine((payload, ctx) => {
      for (const { path, message } of templateProblems(payload))
        ctx.addIssue({
          code: 'custom',
          path: path
            .split(/[.[\]]+/)
            .slice(1)
            .filter(Boolean),
          message,
        });
    })
    .optional(),
  delaySeconds: delaySeconds.optional(),
});
export type EventRule = z.infer<typeof EventRuleSchema>;
/** By name. */
export const EventRulesSchema = z.record(z.string(), EventRuleSchema);
export type EventRules = Readonly<Record<string, EventRule>>;
