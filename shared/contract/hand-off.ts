import * as z from 'zod';
import {
  MAX_ERROR_MESSAGE_CHARS,
  MAX_ERROR_TYPE_CHARS,
  MAX_PROGRESS_CHARS,
  MAX_RESULT_BYTES,
  MAX_RETRY_DELAY_SECONDS,
} from '../domain/limits.ts';
import { text } from './text.ts';

/** What the holder of a hand-off's token sends. */
const token = z.string().min(1).max(256).describe('as the handler was given it by handOff()');

export const CompleteInputSchema = z
  .strictObject({
    token,
    result: z
      .unknown()
      .refine(
        (value) => Buffer.byteLength(JSON.stringify(value) ?? '') <= MAX_RESULT_BYTES,
        `must be at most ${MAX_RESULT_BYTES} bytes as JSON`,
      )
      .describe('any JSON of at most 16 KiB; null when absent')
      .optional(),
  })
  .meta({ id: 'CompleteInput' });
export type CompleteInput = z.infer<typeof CompleteInputSchema>;

export const FailInputSchema = z
  .strictObject({
    token,
    error: z.strictObject({
      type: text(1, MAX_ERROR_TYPE_CHARS),
      message: text(0, MAX_ERROR_MESSAGE_CHARS),
      nonRetryable: z.boolean().optional().describe('true: dead at once'),
      httpStatus: z
        .int()
        .min(100)
        .max(599)
        .optional()
        .describe('what the other side answered: retry rules may match it; 429 is a throttle'),
      retryAfterSeconds: z
        .int()
        .min(0)
        .max(MAX_RETRY_DELAY_SECONDS)
        .optional()
        .describe("the delay, instead of the policy's"),
    }),
  })
  .meta({ id: 'FailInput' });
export type FailInput = z.infer<typeof FailInputSchema>;

export const HeartbeatInputSchema = z
  .strictObject({
    token,
    progress: z
      .strictObject({
        percent: z.number().min(0).max(100).optional(),
        message: text(0, MAX_PROGRESS_CHARS).optional(),
      })
      .optional(),
  })
  .meta({ id: 'HeartbeatInput' });
export type HeartbeatInput = z.infer<typeof HeartbeatInputSchema>;
