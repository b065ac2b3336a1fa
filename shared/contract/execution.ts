import * as z from 'zod';
import { MAX_TRIGGER_DELAY_SECONDS } from '../domain/limits.ts';
import { InstantSchema, TaskIdSchema } from './text.ts';

export const ExecutionStatusSchema = z.enum([
  'queued',
  'running',
  'retrying',
  'success',
  'dead',
  'cancelled',
  'skipped',
]);

export const AttemptSchema = z.strictObject({
  attempt: z.int(),
  status: z.enum(['running', 'success', 'failed', 'cancelled']),
  startedAt: InstantSchema,
  finishedAt: InstantSchema.nullable(),
  errorType: z.string().nullable(),
  errorMessage: z.string().nullable(),
  httpStatus: z.int().nullable().describe('what the other side answered, when the error carries it'),
  cause: z
    .enum(['error', 'timedOut', 'crashed', 'aborted', 'throttled'])
    .nullable()
    .describe('of a failed attempt'),
  requestId: z.string().nullable(),
});

export const ExecutionSchema = z
  .strictObject({
    id: z.string().describe('opaque, unique, stable over retries'),
    idempotencyKey: z.string().describe('what handlers pass on to others; one per occurrence'),
    taskId: TaskIdSchema,
    taskName: z.string(),
    queue: z.string(),
    tags: z.array(z.string()),
    trigger: z.enum(['schedule', 'manual', 'retry', 'redrive', 'backfill', 'event']),
    status: ExecutionStatusSchema,
    reason: z.string().nullable().describe('why it is dead, skipped or cancelled'),
    scheduledAt: InstantSchema,
    startedAt: InstantSchema.nullable().describe('of the current or last attempt'),
    finishedAt: InstantSchema.nullable(),
    nextAttemptAt: InstantSchema.nullable(),
    latenessMs: z.int().nullable().describe('due instant to the start of the first attempt'),
    durationMs: z.int().nullable().describe('of the last attempt, once the run has ended'),
    attempt: z.int().describe('0 = never started'),
    maxAttempts: z
      .int()
      .describe('grows with attempts that do not count: snoozes, and budgets of retry rules'),
    snoozes: z.int().describe('how often it was put off without spending an attempt'),
    snoozeReason: z.string().nullable().describe('why the handler put it off last'),
    attempts: z.array(AttemptSchema),
    errorMessage: z.string().nullable(),
    result: z
      .unknown()
      .describe('what the handler returned, or null; a viewer is told its size only: { masked, bytes }'),
    progress: z.unknown().describe('{ percent, message } as the handler reported it last, or null'),
    missed: z
      .int()
      .describe('occurrences passed over that this row accounts for, its own among them when it was skipped'),
    collidedWith: z.string().nullable().describe('id of the run that lived when this one was skipped'),
    upstream: z
      .strictObject({
        taskId: z.string(),
        executionId: z.string(),
        outcome: z.enum(['success', 'failure', 'dead']),
      })
      .nullable()
      .describe('the run whose outcome triggered this one'),
    fingerprint: z.string().nullable().describe('of a dead one: what deaths of the same kind have in common'),
    resolution: z
      .strictObject({
        kind: z.enum(['resolved', 'ignored']),
        at: InstantSchema,
        by: z.string(),
        note: z.string().nullable(),
      })
      .nullable()
      .describe('of a dead one: what somebody said of it'),
    canary: z.string().nullable().describe('the redrive of which it is, or was, the first run'),
    retries: z.int().describe('how often somebody had it run again after it had ended'),
    backfill: z.string().nullable().describe('id of the backfill that made it'),
    lateSince: InstantSchema.nullable().describe('the deadline of its task, which it missed'),
    causedBy: z
      .string()
      .nullable()
      .describe('what came in that asked for it: message/<id>, or rule/<name>/<id of the event>'),
    stopped: z.string().nullable().describe('the stop rule by which this run ended its task'),
    stopError: z.string().nullable().describe('why the stop condition could not be asked of its result'),
    cancelRequested: z.boolean().describe('a running run was asked to stop'),
    pending: z
      .boolean()
      .describe('running, handed off: it goes on outside until the holder of its token ends it'),
    pendingUntil: InstantSchema.nullable().describe(
      'the time that the holder has, unless he sends a heartbeat',
    ),
  })
  .meta({ id: 'Execution' });
export type ExecutionWire = z.infer<typeof ExecutionSchema>;

export const ExecutionPayloadSchema = z
  .strictObject({
    payload: z
      .unknown()
      .describe('templates as they are written; a viewer is told its size only: { masked, bytes }'),
    source: z
      .enum(['execution', 'task'])
      .describe('execution: given to this run; task: what its task has now'),
  })
  .meta({ id: 'ExecutionPayload' });
export type ExecutionPayloadWire = z.infer<typeof ExecutionPayloadSchema>;

export const TriggerInputSchema = z
  .strictObject({
    payload: z.unknown().describe("instead of the task's own").optional(),
    delaySeconds: z.number().min(0).max(MAX_TRIGGER_DELAY_SECONDS).optional(),
  })
  .meta({ id: 'TriggerInput' });
export type TriggerInput = z.infer<typeof TriggerInputSchema>;

export const RetryInputSchema = z
  .strictObject({ payload: z.unknown().describe('instead of the one that it had').optional() })
  .meta({ id: 'RetryInput' });
export type RetryInput = z.infer<typeof RetryInputSchema>;
