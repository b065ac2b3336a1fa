import * as z from 'zod';
import { RetryPolicySchema } from './retry.ts';

const MAX_IDS = 1_000;

export const QueueSchema = z
  .strictObject({
    name: z.string(),
    priority: z.int(),
    workers: z.int().describe('runs at the same time, at most'),
    timeoutSeconds: z.int().describe('of tasks that name none'),
    retry: RetryPolicySchema.describe('of tasks that name none'),
    depth: z.int().describe('messages ready to be taken, as SQS counts them: approximate'),
    delayed: z.int().describe('messages that wait for their second'),
    inFlight: z.int().describe('messages in the hands of workers'),
    oldestAgeSeconds: z
      .int()
      .nullable()
      .describe('since the oldest run that is due and has not started became due; null when there is none'),
    deadLetters: z.int().describe('dead runs in the list of dead letters; counted up to 1,000'),
    lettersInSqs: z.int().describe('messages in the SQS dead-letter queue, approximate'),
  })
  .meta({ id: 'Queue' });
export type QueueWire = z.infer<typeof QueueSchema>;

export const RedriveInputSchema = z
  .strictObject({
    ids: z.array(z.string().min(1).max(256)).max(MAX_IDS).optional().describe('absent: all'),
  })
  .meta({ id: 'RedriveInput' });

export const RedriveSchema = z
  .strictObject({
    count: z.int().describe('runs that were queued again'),
    items: z.array(
      z.strictObject({
        id: z.string(),
        ok: z.boolean(),
        code: z.string().optional().describe('why not, as in a problem document'),
        message: z.string().optional(),
      }),
    ),
    more: z.boolean().describe('true: at most 1,000 a call, there may be more'),
  })
  .meta({ id: 'Redrive' });

export const PurgeInputSchema = z
  .strictObject({ confirm: z.string().describe('the name of the queue') })
  .meta({ id: 'PurgeInput' });

export const PurgeSchema = z
  .strictObject({
    count: z.int().describe('dead letters thrown away; the runs stay dead in the history'),
    more: z.boolean().describe('true: time ran out, call again'),
  })
  .meta({ id: 'Purge' });
