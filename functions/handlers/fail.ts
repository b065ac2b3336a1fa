import * as z from 'zod';
import {
  defineHandler,
  HttpError,
  NonRetryableError,
  RetryAfterError,
  SnoozeError,
} from '../../shared/contract/handler.ts';
import { MAX_RETRY_DELAY_SECONDS } from '../../shared/domain/limits.ts';

export const fail = defineHandler({
  name: 'demo.fail',
  description:
    'Fails, or puts itself off, on its first attempts (on every one when `times` is absent), then succeeds.',
  payload: z.object({
    times: z.int().min(0).optional(),
    nonRetryable: z.boolean().optional(),
    retryAfterSeconds: z.number().min(0).max(MAX_RETRY_DELAY_SECONDS).optional(),
    httpStatus: z.int().min(100).max(599).optional(),
    snoozeSeconds: z.number().min(0).max(MAX_RETRY_DELAY_SECONDS).optional(),
    message: z.string().optional(),
  }),
  run({ payload, execution: { attempt } }) {
    const { times, nonRetryable, retryAfterSeconds, httpStatus, snoozeSeconds } = payload;
    if (times !== undefined && attempt > times) return { attempt };
    const message = payload.message ?? `demo.fail fails on attempt ${attempt}`;
    if (nonRetryable) throw new NonRetryableError(message);
    if (snoozeSeconds !== undefined) throw new SnoozeError(snoozeSeconds, message);
    if (httpStatus !== undefined) {
      const options = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
      throw new HttpError(httpStatus, message, options);
    }
    if (retryAfterSeconds !== undefined) throw new RetryAfterError(retryAfterSeconds, message);
    throw new Error(message);
  },
});
