import * as z from 'zod';
import { FIRING_TASKS_NAMED, FIRINGS_SPAN_HOURS } from '../domain/limits.ts';
import { PageQuery, TaskListQuery } from './list-query.ts';
import { InstantSchema } from './schedule.ts';
import { listOf } from './service.ts';

export const FiringsQuery = z.strictObject({
  from: InstantSchema.optional().meta({
    description: 'at or after; now when absent',
    example: '2026-11-21T00:00:00.000Z',
  }),
  to: InstantSchema.optional().meta({
    description: `before; ${FIRINGS_SPAN_HOURS} hours later when absent, which is the most`,
    example: '2026-11-22T00:00:00.000Z',
  }),
  queue: TaskListQuery.shape.queue,
  tag: TaskListQuery.shape.tag,
  ...PageQuery.shape,
  limit: PageQuery.shape.limit.meta({
    ...PageQuery.shape.limit.meta(),
    description: 'tasks that one page counts, 1 to 200; a page may count fewer and yet not be the last',
    example: 100,
  }),
});
export type FiringsQuery = z.output<typeof FiringsQuery>;

const FiringMinute = z
  .strictObject({
    at: InstantSchema.describe('beginning of the minute'),
    count: z.int().describe('how often the tasks of this page are due in it'),
    taskIds: z.array(z.string()).describe(`${FIRING_TASKS_NAMED} of them at most`),
    tasks: z.int().describe('how many tasks they are'),
  })
  .meta({ id: 'FiringMinute' });

/** Pages add up: each counts other tasks over the same span. */
export const FiringsSchema = listOf(FiringMinute)
  .extend({
    from: z.string(),
    to: z.string(),
    counted: z.int().describe('tasks of this page that are due in the span'),
    named: z
      .array(z.strictObject({ id: z.string(), name: z.string(), queue: z.string() }))
      .describe('the tasks that taskIds name'),
  })
  .meta({ id: 'Firings' });
export type FiringsWire = z.infer<typeof FiringsSchema>;
