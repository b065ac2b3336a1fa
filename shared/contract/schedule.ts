import * as z from 'zod';
import {
  MAX_CRON_EXPRESSION_CHARS,
  MAX_CRON_EXPRESSIONS,
  MAX_INSTANT_EXCLUSIVE_MS,
  MAX_INTERVAL_SECONDS,
  MAX_JITTER_SECONDS,
} from '../domain/limits.ts';
import { DEFAULT_DST, type Schedule } from '../domain/schedule.ts';
import { fromIso, toIso } from '../domain/time.ts';

/** What users write as `schedule`. What it means, and whether it makes sense, is resolve-schedule's part. */

const EXAMPLE_INSTANT = '2026-11-21T09:00:00.000Z';

const EXPECTED_INSTANT = `expected an ISO 8601 instant with Z or an offset, like ${EXAMPLE_INSTANT}`;
const toTheSecond = z.iso.datetime({ offset: true });
const toTheMinute = z.iso.datetime({ offset: true, precision: -1 });

/** ISO 8601 with `Z` or an offset. A local time without one would mean something else on every machine. */
export const InstantSchema = z
  .string(EXPECTED_INSTANT)
  .refine((text) => toTheSecond.safeParse(text).success || toTheMinute.safeParse(text).success, {
    error: EXPECTED_INSTANT,
    abort: true,
  })
  .refine((text) => fromIso(text) >= 0 && fromIso(text) < MAX_INSTANT_EXCLUSIVE_MS, {
    error: 'expected an instant in the years 1970 to 2100',
  });

const instant = (description: string) =>
  InstantSchema.meta({ description, format: 'date-time', example: EXAMPLE_INSTANT });
const startAt = instant('First instant at which an occurrence may fall (inclusive).').optional();
const endAt = instant('Instant from which on none falls (exclusive).').optional();

const DstSchema = z
  .strictObject({
    gap: z.enum(['shift', 'skip']).default(DEFAULT_DST.gap).meta({
      description: 'A local time that the clock jumps over: shift runs it at the jump, skip leaves it out.',
    }),
    repeat: z.enum(['first', 'both']).default(DEFAULT_DST.repeat).meta({
      description: 'A local time that the clock shows twice runs the first time only, or both times.',
    }),
  })
  .optional()
  .meta({
    description:
      'What happens when the clock changes, to expressions of certain hours; shift and first when absent. One ' +
      'of all hours (*) keeps its rhythm.',
  });

const CronSchema = z
  .strictObject({
    kind: z.literal('cron'),
    expressions: z
      .array(z.string().max(MAX_CRON_EXPRESSION_CHARS))
      .min(1)
      .max(MAX_CRON_EXPRESSIONS)
      .meta({
        description:
          'Cron expressions of 5 fields, or 6 with seconds first; L, # and names like @daily are understood. ' +
          'Their occurrences are united.',
        example: ['0 9 * * 1-5'],
      }),
    timezone: z
      .string()
      .max(64)
      .default('UTC')
      .meta({ description: 'Name in the IANA time zone database.', example: 'Europe/Paris' }),
    dst: DstSchema,
    startAt,
    endAt,
    jitterSeconds: z.int().min(0).max(MAX_JITTER_SECONDS).default(0).meta({
      description: 'Moves all occurrences of this task by one fixed amount below this, so that tasks spread.',
      example: 0,
    }),
  })
  .meta({ title: 'Cron schedule' });

const IntervalSchema = z
  .strictObject({
    kind: z.literal('interval'),
    seconds: z
      .int()
      .min(1)
      .max(MAX_INTERVAL_SECONDS)
      .meta({ description: 'Distance of two occurrences.', example: 30 }),
    startAt: instant(
      'Occurrences are startAt + k·seconds. Without it the instant of creation: the first run comes at once.',
    ).optional(),
    endAt,
  })
  .meta({ title: 'Interval schedule' });

const OnceSchema = z
  .strictObject({
    kind: z.literal('once'),
    at: instant('When to run; exactly one of at and delaySeconds.').optional(),
    delaySeconds: z
      .int()
      .min(0)
      .max(MAX_INTERVAL_SECONDS)
      .optional()
      .meta({ description: 'Runs this long after the request; stored as at.', example: 300 }),
  })
  .refine((once) => (once.at === undefined) !== (once.delaySeconds === undefined), {
    error: 'expected exactly one of at and delaySeconds',
  })
  .meta({ title: 'One-time schedule' });

const NowSchema = z.strictObject({ kind: z.literal('now') }).meta({ title: 'One run at once' });

export const ScheduleSchema = z
  .discriminatedUnion('kind', [CronSchema, IntervalSchema, OnceSchema, NowSchema], {
    error: (issue) =>
      issue.code === 'invalid_union' ? 'expected kind to be one of cron, interval, once, now' : undefined,
  })
  .meta({
    description: 'When a task is due.',
    example: { kind: 'cron', expressions: ['0 9 * * 1-5'], timezone: 'Europe/Paris', jitterSeconds: 0 },
  });

/** As validated: defaults filled in, instants still text. */
export type ScheduleInput = z.output<typeof ScheduleSchema>;

/** The stored schedule in the form in which users write it; accepted again as it is. */
export function scheduleToWire(schedule: Schedule): ScheduleInput {
  switch (schedule.kind) {
    case 'cron': {
      const { kind, expressions, timezone, dst, jitterSeconds } = schedule;
      return { kind, expressions, timezone, ...(dst ? { dst } : {}), ...wireBounds(schedule), jitterSeconds };
    }
    case 'interval':
      return { kind: 'interval', seconds: schedule.seconds, ...wireBounds(schedule) };
    case 'once':
      return { kind: 'once', at: toIso(schedule.at) };
    case 'now':
      return { kind: 'now' };
  }
}

const wireBounds = ({ startAt, endAt }: { startAt?: number; endAt?: number }) => ({
  ...(startAt === undefined ? {} : { startAt: toIso(startAt) }),
  ...(endAt === undefined ? {} : { endAt: toIso(endAt) }),
});
