import * as z from 'zod';
import { MAX_BACKLOG_LIMIT, MAX_TASK_TIMEOUT_SECONDS, MAX_WORKERS, MIN_WORKERS } from '../domain/limits.ts';
import { RetryPolicySchema, retryFields } from './retry.ts';

/** Queues serve all tenants: how much waits there would tell one what others do. */
const ofAll = (what: string) =>
  z.int().nullable().describe(`${what}; of all tenants, so null for others than root`);

export const QueueSchema = z
  .strictObject({
    name: z.string(),
    priority: z.int(),
    workers: z.int().describe('executors at the same time, at most'),
    paused: z.boolean().describe('true: nothing of it begins, its messages wait'),
    maxBacklog: z.int().nullable().describe('from so many waiting messages on, 429 for tasks and triggers'),
    timeoutSeconds: z.int().describe('of tasks made from now on that name none'),
    retry: RetryPolicySchema.describe('of tasks made from now on that name none'),
    deployed: z
      .strictObject({ workers: z.int(), timeoutSeconds: z.int(), retry: RetryPolicySchema })
      .describe('what the deployment says, which holds where nobody says otherwise at run time'),
    applied: z.boolean().describe('false: a change of workers or paused is under way, for minutes at most'),
    depth: ofAll('messages ready to be taken, as SQS counts them: approximate'),
    delayed: ofAll('messages that wait for their second'),
    inFlight: ofAll('messages in the hands of workers'),
    oldestAgeSeconds: ofAll(
      'since the oldest run that is due and has not started became due; null when there is none',
    ),
    deadLetters: z.int().describe('dead runs in the list of dead letters; counted up to 1,000'),
    lettersInSqs: ofAll('messages in the SQS dead-letter queue, approximate'),
  })
  .meta({ id: 'Queue' });
export type QueueWire = z.infer<typeof QueueSchema>;

const settings = {
  workers: z.int().min(MIN_WORKERS).max(MAX_WORKERS),
  paused: z.boolean(),
  maxBacklog: z.int().min(1).max(MAX_BACKLOG_LIMIT),
  timeoutSeconds: z.int().min(1).max(MAX_TASK_TIMEOUT_SECONDS),
};

/** What stands when nulls are taken out of a patched document. */
export const QueueOverridesSchema = z.strictObject({
  workers: settings.workers.exactOptional(),
  paused: settings.paused.exactOptional(),
  maxBacklog: settings.maxBacklog.exactOptional(),
  timeoutSeconds: settings.timeoutSeconds.exactOptional(),
  retry: z
    .strictObject({
      strategy: retryFields.strategy.exactOptional(),
      limit: retryFields.limit.exactOptional(),
      baseSeconds: retryFields.baseSeconds.exactOptional(),
      maxSeconds: retryFields.maxSeconds.exactOptional(),
      jitter: retryFields.jitter.exactOptional(),
      rules: retryFields.rules.exactOptional(),
    })
    .exactOptional(),
});

export const QueuePatchSchema = z
  .strictObject({
    workers: settings.workers.nullish(),
    paused: settings.paused.nullish(),
    maxBacklog: settings.maxBacklog.nullish(),
    timeoutSeconds: settings.timeoutSeconds.nullish(),
    retry: z
      .strictObject({
        strategy: retryFields.strategy.nullish(),
        limit: retryFields.limit.nullish(),
        baseSeconds: retryFields.baseSeconds.nullish(),
        maxSeconds: retryFields.maxSeconds.nullish(),
        jitter: retryFields.jitter.nullish(),
        rules: retryFields.rules.nullish(),
      })
      .nullish(),
  })
  .meta({
    id: 'QueuePatch',
    description: 'JSON merge patch (RFC 7396); null takes a setting back to what the deployment says.',
  });
export type QueuePatch = z.infer<typeof QueuePatchSchema>;

export const PurgeInputSchema = z
  .strictObject({ confirm: z.string().describe('the name of the queue') })
  .meta({ id: 'PurgeInput' });

export const PurgeSchema = z
  .strictObject({
    count: z.int().describe('dead letters thrown away; the runs stay dead in the history'),
    more: z.boolean().describe('true: time ran out, call again'),
  })
  .meta({ id: 'Purge' });
