import * as z from 'zod';
import { isOccurrence } from './domain/occurrence.ts';

/**
 * Queue messages: versioned, under 1 KB, ASCII. A message is a hint; only the table is believed.
 * An unknown version or a malformed body is poison (protocol A5).
 */
const key = {
  tenant: z.string().min(1).max(64),
  taskId: z.string().min(1).max(128),
  occurrence: z.string().refine(isOccurrence, 'not an occurrence'),
};

export const HintSchema = z.object({ v: z.literal(1), kind: z.literal('hint'), ...key });
export type Hint = z.infer<typeof HintSchema>;

/** Only key and epoch of a letter are trusted; the rest is for the person who opens it in the SQS console. */
export const LetterSchema = z.object({
  v: z.literal(1),
  kind: z.literal('letter'),
  ...key,
  epoch: z.int().min(0),
  executionId: z.string(),
  idempotencyKey: z.string(),
  queue: z.string(),
  taskName: z.string(),
  handler: z.string(),
  scheduledAt: z.string(),
  diedAt: z.string(),
  reason: z.string(),
  attempts: z.int().min(0),
  errorType: z.string().optional(),
  errorMessage: z.string().optional(),
  payload: z.string().describe('where the payload is to be read: an API path'),
  redriveTo: z.string().describe('ARN of the work queue: choose it as custom destination of a DLQ redrive'),
});
export type Letter = z.infer<typeof LetterSchema>;

export const WorkMessageSchema = z.discriminatedUnion('kind', [HintSchema, LetterSchema]);
export type WorkMessage = Hint | Letter;

/** One shard's share of a tick. `restore` hints everything near at once, whatever was hinted before. */
export const DispatchMessageSchema = z.object({
  v: z.literal(1),
  kind: z.literal('dispatch'),
  shard: z.int().min(0),
  restore: z.boolean().optional(),
  /** A window already claimed by the sender and not finished: entries in (from, to] are still to be hinted. */
  claimed: z.object({ from: z.number(), to: z.number() }).optional(),
});
export type DispatchMessage = z.infer<typeof DispatchMessageSchema>;
