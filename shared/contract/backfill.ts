import * as z from 'zod';
import { MAX_BACKFILL_RUNS } from '../domain/limits.ts';
import { InstantSchema } from './text.ts';

/** The occurrences of a past window that have no run yet. */
export const BackfillInputSchema = z
  .strictObject({
    from: InstantSchema.describe('first instant of the window (inclusive)'),
    to: InstantSchema.describe('end of the window (exclusive); not in the future'),
    limit: z
      .int()
      .min(1)
      .max(MAX_BACKFILL_RUNS)
      .default(100)
      .describe('more runs than this are refused: see the count of a dry run'),
    concurrency: z.int().min(1).max(10).default(1).describe('so many of them run side by side, in order'),
    dryRun: z.boolean().default(false).describe('only count'),
  })
  .meta({
    id: 'BackfillInput',
    example: { from: '2026-11-20T00:00:00.000Z', to: '2026-11-21T00:00:00.000Z' },
  });
export type BackfillInput = z.output<typeof BackfillInputSchema>;

export const BackfillSchema = z
  .strictObject({
    id: z.string().nullable().describe('to look at it and to abort it; null when nothing was created'),
    occurrences: z.int().describe('of the schedule in the window'),
    missing: z.int().describe('of these, without a run that started or waits'),
    created: z.int(),
    first: InstantSchema.nullable().describe('the oldest that is missing'),
    last: InstantSchema.nullable(),
  })
  .meta({ id: 'Backfill' });
export type BackfillWire = z.infer<typeof BackfillSchema>;

const count = z.int();
export const BackfillStateSchema = z
  .strictObject({
    id: z.string(),
    runs: count,
    waiting: count.describe('queued or retrying'),
    running: count,
    success: count,
    dead: count,
    cancelled: count,
    skipped: count,
  })
  .meta({ id: 'BackfillState' });
export type BackfillStateWire = z.infer<typeof BackfillStateSchema>;
