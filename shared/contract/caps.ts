import * as z from 'zod';
import { MAX_CAPS, MAX_CONCURRENCY, MAX_RATE, MAX_RATE_PERIOD_SECONDS } from '../domain/limits.ts';
import { TagSchema } from './text.ts';

/** Caps that the tenant's tasks share by naming the same key. */
const key = TagSchema.describe('shared by all tasks that name it, such as tag:billing');

const keyed = <T extends z.ZodType<{ key: string }>>(cap: T) =>
  z
    .array(cap)
    .max(MAX_CAPS)
    .superRefine((caps, ctx) => {
      caps.forEach((one, index) => {
        if (caps.findIndex((other) => other.key === one.key) < index)
          ctx.addIssue({ code: 'custom', path: [index, 'key'], message: 'names the same key again' });
      });
    });

export const ConcurrencySchema = keyed(
  z.strictObject({
    key,
    limit: z.int().min(1).max(MAX_CONCURRENCY).describe('runs at the same time'),
  }),
).describe('a run waits while so many runs of the tasks that name the key are at work');

export const RateLimitSchema = keyed(
  z.strictObject({
    key,
    limit: z.int().min(1).max(MAX_RATE).describe('starts, attempts that are retries included'),
    perSeconds: z.int().min(1).max(MAX_RATE_PERIOD_SECONDS).describe('in any period of this length'),
  }),
).describe('a run waits while the tasks that name the key have started so often');
