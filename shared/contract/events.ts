import * as z from 'zod';
import { ExecutionStatusSchema } from './execution.ts';
import { StopRuleSchema } from './stop.ts';

/**
 * Lifecycle events as they come over the EventBridge bus: `source` is EVENT_SOURCE, `detail-type` is the type, `detail`
 * is one of these (docs/events.md). Fields may be added within a version; none goes or changes its meaning.
 */
export const EVENT_SOURCE = 'escapement';

const told = {
  v: z.literal(1),
  id: z.string().describe('the same for every telling of the same happening; unique together with the type'),
  at: z.iso.datetime({ precision: 3 }).describe('when it happened'),
  tenant: z.string(),
  taskId: z.string(),
  taskName: z.string(),
  handler: z.string(),
  queue: z.string(),
  tags: z.array(z.string()),
};

const run = {
  ...told,
  executionId: z.string(),
  idempotencyKey: z.string(),
  trigger: z.enum(['schedule', 'manual', 'retry', 'redrive', 'backfill', 'event']),
  scheduledAt: z.iso.datetime({ precision: 3 }),
  attempts: z.int().min(0).describe('begun so far, over all retries by people'),
  hops: z.int().min(1).describe('so many of these events, one from the other, led to the run').optional(),
};
const reason = z.enum([
  'exhausted',
  'nonRetryable',
  'timedOut',
  'crashed',
  'overlap',
  'misfire',
  'waitedTooLong',
  'taskChanged',
  'taskDeleted',
  'requested',
]);
const error = { errorType: z.string().optional(), errorMessage: z.string().max(256).optional() };

const stopping = {
  reason: StopRuleSchema.optional().describe('the stop rule that ended the task'),
  executionId: z.string().optional().describe('the run that fulfilled it'),
};

const typed = <T extends string, S extends z.ZodRawShape>(type: T, shape: S) =>
  z.object({ type: z.literal(type), ...shape });

export const LifecycleEventSchema = z.discriminatedUnion('type', [
  typed('run.succeeded', run).describe('a run ended well; only sent where the deployment asks for it'),
  typed('run.dead', { ...run, reason, ...error }).describe('a run gave up; a dead letter goes with it'),
  typed('run.cancelled', { ...run, reason, ...error }).describe('a run ended on request or with its task'),
  typed('run.skipped', { ...run, reason }).describe('an occurrence was passed over, and why'),
  typed('run.late', {
    ...run,
    status: z.union([ExecutionStatusSchema, z.literal('due')]).describe('due: nobody has claimed it yet'),
  }).describe('a run has not finished by the deadline of its task, which is `at`'),
  typed('task.completed', { ...told, ...stopping }).describe(
    'a recurring task has no occurrence left, or a stop rule ended it',
  ),
  typed('task.disabled', { ...told, ...stopping }).describe('too many runs died in a row'),
  typed('task.paused', told).describe('somebody paused a task'),
  typed('task.resumed', told).describe('somebody resumed a task'),
  typed('task.deleted', told).describe('somebody deleted a task'),
]);
export type LifecycleEventWire = z.infer<typeof LifecycleEventSchema>;
export type LifecycleEventType = LifecycleEventWire['type'];

export const EVENT_TYPES: readonly LifecycleEventType[] = LifecycleEventSchema.options.map(
  (option) => option.shape.type.value,
);
