import * as z from 'zod';
import { MAX_STATS_POINTS } from '../domain/limits.ts';
import { INTERVALS } from '../domain/stats-time.ts';
import { QueueSchema } from './queue.ts';
import { InstantSchema } from './schedule.ts';

export const StatsQuery = z.strictObject({
  from: InstantSchema.optional().meta({
    description: 'at or after; an hour, a day, 30 days ago by interval',
    example: '2026-11-21T00:00:00.000Z',
  }),
  to: InstantSchema.optional().meta({
    description: 'before; now when absent',
    example: '2026-11-22T00:00:00.000Z',
  }),
  interval: z
    .enum(INTERVALS)
    .optional()
    .meta({
      description: `of one point, at most ${MAX_STATS_POINTS} of them; chosen by the span when absent`,
      example: 'hour',
    }),
});
export type StatsQuery = z.output<typeof StatsQuery>;

const ms = z.number().nullable();
const Spread = z
  .strictObject({
    count: z.int(),
    mean: ms,
    p50: ms,
    p95: ms,
    p99: ms,
    max: ms,
  })
  .meta({
    id: 'Spread',
    description: 'Milliseconds; percentiles are right within 2 %; null when there are none',
  });

const figures = {
  runs: z
    .strictObject({ success: z.int(), dead: z.int(), cancelled: z.int(), skipped: z.int() })
    .describe('that ended, by how'),
  failedAttempts: z.int().describe('retried or not'),
  late: z.int().describe('runs that missed their deadline'),
  successRate: z.number().nullable().describe('success among success and dead, 0 to 1'),
  durationMs: Spread.describe('of attempts that ended'),
  latenessMs: Spread.describe('due instant to first start, of runs that ended'),
};

const TaskFigures = z
  .strictObject({
    taskId: z.string(),
    taskName: z.string().nullable().describe('null when the task is gone'),
    runs: z.int(),
    failedAttempts: z.int(),
    maxDurationMs: z.int(),
    maxLatenessMs: z.int(),
  })
  .meta({ id: 'TaskFigures' });
export type TaskFigures = z.infer<typeof TaskFigures>;

const QueueBacklog = QueueSchema.pick({
  name: true,
  depth: true,
  delayed: true,
  inFlight: true,
  oldestAgeSeconds: true,
  deadLetters: true,
}).meta({ id: 'QueueBacklog' });

export const StatsSchema = z
  .strictObject({
    from: z.string(),
    to: z.string(),
    interval: z.enum(INTERVALS),
    countedUntil: z
      .string()
      .nullable()
      .describe(
        'what ended after this is not in it yet; null where the deployment does not count (stats.enabled)',
      ),
    totals: z.strictObject(figures),
    series: z
      .array(z.strictObject({ at: z.string(), ...figures }))
      .describe('a point an interval, empty ones too'),
    tasks: z
      .strictObject({
        mostRuns: z.array(TaskFigures),
        mostFailures: z.array(TaskFigures),
        slowest: z.array(TaskFigures),
        latest: z.array(TaskFigures),
      })
      .describe('the first ten by runs, failed attempts, longest attempt, latest start'),
    backlog: z.array(QueueBacklog).describe('now, as GET /v1/queues has it'),
  })
  .meta({ id: 'Stats' });
export type StatsWire = z.infer<typeof StatsSchema>;
