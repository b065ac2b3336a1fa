import * as z from 'zod';
import { InstantSchema } from './text.ts';

export const LIMIT_KINDS = ['concurrency', 'rateLimit', 'tenantConcurrency'] as const;

/** How much of a shared limit is taken right now. */
export const LimitInUseSchema = z
  .strictObject({
    kind: z
      .enum(LIMIT_KINDS)
      .describe("a cap on runs, one on starts, or the tenant's own cap on all of its runs (maxConcurrency)"),
    key: z.string().nullable().describe('that tasks name; null for tenantConcurrency'),
    limit: z.int().describe('tasks may name different ones for a key: each has an item of its own'),
    perSeconds: z.int().nullable().describe('of rateLimit: the period that limit counts in'),
    used: z.int().describe('slots that are held; of rateLimit: starts in the period that ends now'),
    waiting: z.int().describe('runs in the line, as far as it remembers them; of rateLimit: reserved starts'),
    opensAt: InstantSchema.nullable().describe('of rateLimit at its limit: when the next one may start'),
    heldBy: z.array(z.string()).describe('up to 20 executions that hold a slot'),
    taskIds: z.array(z.string()).describe('up to 20 tasks that name it, of those whose runs were looked at'),
  })
  .meta({
    id: 'LimitInUse',
    example: {
      kind: 'concurrency',
      key: 'tag:billing',
      limit: 5,
      perSeconds: null,
      used: 1,
      waiting: 0,
      opensAt: null,
      heldBy: ['nightly-report~001795312800000'],
      taskIds: ['nightly-report'],
    },
  });
export type LimitInUseWire = z.infer<typeof LimitInUseSchema>;
