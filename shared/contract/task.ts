import * as z from 'zod';
import {
  MAX_TASK_TIMEOUT_SECONDS,
  MIN_HEARTBEAT_SECONDS,
  MIN_MISFIRE_GRACE_SECONDS,
} from '../domain/limits.ts';
import { ConcurrencySchema, RateLimitSchema } from './caps.ts';
import { chainFields } from './chain.ts';
import { ExecutionStatusSchema } from './execution.ts';
import { RetryPolicySchema, retryFields } from './retry.ts';
import { ScheduleSchema } from './schedule.ts';
import { StopSchema, stopState } from './stop.ts';
import { TargetSchema } from './target.ts';
import { InstantSchema, TagSchema, TaskIdSchema, text } from './text.ts';

const MAX_TAGS = 16;
/** It lies in the task's hot item. */
const MAX_PAUSE_REASON_CHARS = 200;
const MAX_CATCH_UP = 1_000;
const MAX_MISFIRE_GRACE_SECONDS = 31 * 86_400;
const MAX_DEADLINE_SECONDS = 31 * 86_400;

/** What the user decides. Each field alone; what they must be together is decided in task-input.ts. */
const decided = {
  name: text(1, 128),
  description: text(0, 1024).optional(),
  handler: z.string().min(1).max(128).optional().meta({
    description: 'a registered handler: GET /v1/handlers; a task has either a handler or a target',
    example: 'demo.echo',
  }),
  target: TargetSchema.optional(),
  payload: z.unknown().describe('any JSON of at most 128 KiB that the handler accepts; {} when absent'),
  queue: z
    .string()
    .min(1)
    .max(64)
    .meta({ description: 'a configured queue: GET /v1/queues', example: 'default' }),
  tags: z.array(TagSchema).max(MAX_TAGS),
  timeoutSeconds: z.int().min(1).max(MAX_TASK_TIMEOUT_SECONDS).describe('of one attempt'),
  heartbeatSeconds: z
    .int()
    .min(MIN_HEARTBEAT_SECONDS)
    .max(MAX_TASK_TIMEOUT_SECONDS)
    .describe('the handler calls heartbeat() or progress() more often than this; not above timeoutSeconds')
    .optional(),
  overlap: z.enum(['forbid', 'queue', 'allow']).describe('when the previous run still lives'),
  misfire: z
    .enum(['fireOnce', 'skip', 'catchUp'])
    .describe('for occurrences missed by more than misfireGraceSeconds; catchUp does not go with forbid'),
  misfireGraceSeconds: z.int().min(MIN_MISFIRE_GRACE_SECONDS).max(MAX_MISFIRE_GRACE_SECONDS),
  catchUpLimit: z.int().min(1).max(MAX_CATCH_UP),
  concurrency: ConcurrencySchema,
  rateLimit: RateLimitSchema,
  stop: StopSchema.exactOptional(),
  deadline: z
    .strictObject({
      seconds: z.int().min(1).max(MAX_DEADLINE_SECONDS),
      notify: z.boolean().describe('tell it as the event run.late; true when absent').exactOptional(),
    })
    .describe('a run that has not finished so long after it was due is late')
    .exactOptional(),
  system: z.boolean().describe('true: shown, but only an admin may change it'),
};

const optionalChainFields = {
  onSuccess: chainFields.onSuccess.optional(),
  onFailure: chainFields.onFailure.optional(),
  onDead: chainFields.onDead.optional(),
};

/** What task-input.ts asks of fields together, as far as JSON Schema can say it. */
const TOGETHER = {
  oneOf: [{ required: ['handler'] }, { required: ['target'] }],
  not: { required: ['heartbeatSeconds', 'target'] },
  if: { properties: { misfire: { const: 'catchUp' } }, required: ['misfire'] },
  then: { properties: { overlap: { enum: ['queue', 'allow'] } }, required: ['overlap'] },
};

export const TaskInputSchema = z
  .strictObject({
    name: decided.name,
    description: decided.description,
    handler: decided.handler,
    target: decided.target,
    payload: decided.payload.optional(),
    schedule: ScheduleSchema,
    queue: decided.queue.optional(),
    tags: decided.tags.optional(),
    timeoutSeconds: decided.timeoutSeconds.optional(),
    heartbeatSeconds: decided.heartbeatSeconds,
    retry: z.strictObject(retryFields).partial().optional(),
    overlap: decided.overlap.optional(),
    misfire: decided.misfire.optional(),
    misfireGraceSeconds: decided.misfireGraceSeconds.optional(),
    catchUpLimit: decided.catchUpLimit.optional(),
    concurrency: decided.concurrency.optional(),
    rateLimit: decided.rateLimit.optional(),
    stop: decided.stop,
    deadline: decided.deadline,
    system: decided.system.optional(),
    ...optionalChainFields,
  })
  .meta({
    id: 'TaskInput',
    description: 'What POST takes. Absent fields get the defaults of their queue.',
    ...TOGETHER,
  });
export type TaskInput = z.infer<typeof TaskInputSchema>;

export const TaskSchema = z
  .strictObject({
    id: TaskIdSchema,
    ...decided,
    ...optionalChainFields,
    schedule: ScheduleSchema,
    status: z.enum(['active', 'paused', 'completed', 'disabled']),
    retry: RetryPolicySchema,
    createdAt: InstantSchema,
    updatedAt: InstantSchema,
    createdBy: z.string(),
    version: z.int().describe('optimistic lock; the ETag is this number in quotes'),
    paused: z
      .strictObject({ by: z.string(), at: InstantSchema, reason: z.string().exactOptional() })
      .exactOptional()
      .describe('while a person keeps it paused: who, since when, what for'),
    ...stopState,
    nextRunAt: InstantSchema.nullable().describe('with jitter; null when nothing is due any more'),
    scheduleDescription: z.string().describe('the schedule in plain words'),
    lastRun: z
      .strictObject({
        executionId: z.string(),
        status: ExecutionStatusSchema,
        scheduledAt: InstantSchema,
        finishedAt: InstantSchema.nullable(),
      })
      .nullable(),
  })
  .meta({ id: 'Task' });
export type TaskWire = z.infer<typeof TaskSchema>;

/** Fields of a task that the system writes: PUT ignores them, so that what GET gave can be sent back. */
export const READ_ONLY_FIELDS = [
  'status',
  'createdAt',
  'updatedAt',
  'createdBy',
  'version',
  'nextRunAt',
  'scheduleDescription',
  'paused',
  'stopCounts',
  'stopped',
  'lastRun',
] as const;

export const TaskReplacementSchema = z
  .strictObject({
    ...TaskInputSchema.shape,
    id: TaskIdSchema.optional().describe('when given, the same as in the path'),
    ...Object.fromEntries(READ_ONLY_FIELDS.map((name) => [name, z.unknown().optional()])),
  })
  .meta({
    id: 'TaskReplacement',
    description:
      'What PUT takes: a TaskInput, or a Task as GET gave it; the fields that the system writes are ignored.',
    ...TOGETHER,
  });

export const TaskVersionSchema = z
  .strictObject({
    version: z.int().describe('of the task when it was written; pausing and the like make none'),
    at: InstantSchema.nullable().describe('null when it was written before this was kept'),
    by: z.string().nullable(),
    definition: z.lazy(() => TaskInputSchema).describe('with all its defaults: PUT takes it as it is'),
  })
  .meta({ id: 'TaskVersion' });
export type TaskVersionWire = z.infer<typeof TaskVersionSchema>;

export const PauseInputSchema = z
  .strictObject({
    reason: text(1, MAX_PAUSE_REASON_CHARS)
      .describe('shown with the task until it is resumed')
      .exactOptional(),
  })
  .meta({ id: 'PauseInput' });
export type PauseInput = z.infer<typeof PauseInputSchema>;

const members = z.looseObject({}).nullish();
export const TaskPatchSchema = z
  .strictObject({
    ...Object.fromEntries(
      Object.entries(TaskInputSchema.shape).map(([name, field]) => [name, field.nullish()]),
    ),
    // Members of these are merged one by one.
    schedule: members.describe('what is to change of the schedule'),
    target: members.describe('what is to change of the target'),
    retry: members.describe('what is to change of the retry policy'),
    stop: members.describe('what is to change of the stop rules'),
    deadline: members.describe('what is to change of the deadline'),
  })
  .meta({
    id: 'TaskPatch',
    description:
      'JSON merge patch (RFC 7396) of the fields of TaskInput; null takes a field back to its default. A schedule of another kind replaces the old one as a whole.',
  });
