import * as z from 'zod';
import { defineHandler, NonRetryableError, RetryAfterError } from '../../shared/contract/handler.ts';
import { MAX_RETRY_DELAY_SECONDS } from '../../shared/domain/limits.ts';

export const fail = defineHandler({
  name: 'demo.fail',
  description: 'Fails on its first attempts (on every one when `times` is absent), then succeeds.',
  payload: z.object({
    times: z.int().min(0).optional(),
    nonRetryable: z.boolean().optional(),
    retryAfterSeconds: z.number().min(0).max(MAX_RETRY_DELAY_SECONDS).optional(),
    message: z.string().optional(),
  }),
  run({ payload, execution: { attempt } }) {
    const { times, nonRetryable, retryAfterSeconds } = payload;
    if (times !== undefined && attempt > times) return { attempt };
    const message = payload.message ?? `demo.fail fails on attempt ${attempt}`;
    if (nonRetryable) throw new NonRetryableError(message);
    if (retryAfterSeconds !== undefined) throw new RetryAfterError(retryAfterSeconds, message);
    throw new Error(message);
  },
});
