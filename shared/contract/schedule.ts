import * as z from 'zod';
import {
  MAX_CALENDARS_OF_SCHEDULE,
  MAX_CRON_EXPRESSION_CHARS,
  MAX_CRON_EXPRESSIONS,
  MAX_INSTANT_EXCLUSIVE_MS,
  MAX_INTERVAL_SECONDS,
  MAX_JITTER_SECONDS,
  MAX_RRULE_CHARS,
} from '../domain/limits.ts';
import { DEFAULT_DST, type DstRule, RRULE_DST, type Schedule } from '../domain/schedule.ts';
import { fromIso, toIso } from '../domain/time.ts';
import { CalendarIdSchema } from './calendar.ts';
import { ZONE_FOR_READERS } from './text.ts';

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
  })
  .meta({
    format: 'date-time',
    pattern:
      '^(19[7-9]\\d|20\\d\\d|2100)-\\d\\d-\\d\\dT\\d\\d:\\d\\d(:\\d\\d(\\.\\d+)?)?(Z|[+-]\\d\\d:\\d\\d)$',
  });

const instant = (description: string) =>
  InstantSchema.meta({ ...InstantSchema.meta(), description, example: EXAMPLE_INSTANT });
const startAt = instant('First instant at which an occurrence may fall (inclusive).').optional();
const endAt = instant('Instant from which on none falls (exclusive).').optional();

const dstOf = (defaults: DstRule, what: string) =>
  z
    .strictObject({
      gap: z.enum(['shift', 'skip']).default(defaults.gap).meta({
        description: 'A local time that the clock jumps over: shift runs it at the jump, skip leaves it out.',
      }),
      repeat: z.enum(['first', 'both']).default(defaults.repeat).meta({
        description: 'A local time that the clock shows twice runs the first time only, or both times.',
      }),
    })
    .optional()
    .meta({
      description: `What happens when the clock changes; ${defaults.gap} and ${defaults.repeat} when absent. ${what}`,
    });

const timezone = z
  .string()
  .max(64)
  .default('UTC')
  .meta({ description: 'Name in the IANA time zone database.', ...ZONE_FOR_READERS });
const jitterSeconds = z.int().min(0).max(MAX_JITTER_SECONDS).default(0).meta({
  description: 'Moves all occurrences of this task by one fixed amount below this, so that tasks spread.',
  example: 0,
});

const calendars = z
  .array(
    z.strictObject({
      id: CalendarIdSchema,
      mode: z
        .enum(['skip', 'shift'])
        .default('skip')
        .describe('leave it out, or run it at the same local time of the next day that is open'),
    }),
  )
  .max(MAX_CALENDARS_OF_SCHEDULE)
  .refine((uses) => new Set(uses.map(({ id }) => id)).size === uses.length, 'expected each calendar once')
  .optional()
  .meta({
    description: 'Calendars on whose days nothing runs: GET /v1/calendars.',
    example: [{ id: 'holidays', mode: 'skip' }],
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
    timezone,
    dst: dstOf(DEFAULT_DST, 'An expression of all hours (*) keeps its rhythm.'),
    startAt,
    endAt,
    jitterSeconds,
    calendars,
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
    calendars,
  })
  .meta({ title: 'Interval schedule' });

const RruleSchema = z
  .strictObject({
    kind: z.literal('rrule'),
    rule: z.string().max(MAX_RRULE_CHARS).meta({
      description: 'A recurrence rule of RFC 5545; its DTSTART is startAt.',
      example: 'FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=17;BYMINUTE=0',
    }),
    timezone,
    dst: dstOf(RRULE_DST, 'A rule that repeats at least hourly and names no hours keeps its rhythm.'),
    startAt: instant(
      'DTSTART: whatever the rule does not say (time of day, weekday, day of month) is taken from it. Without it ' +
        'the next full minute after creation, or second where the rule speaks of seconds.',
    ).optional(),
    endAt,
    jitterSeconds,
    calendars,
  })
  .meta({ title: 'Recurrence rule (RFC 5545)' });

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
  .meta({
    title: 'One-time schedule',
    oneOf: [{ required: ['at'] }, { required: ['delaySeconds'] }],
  });

const NowSchema = z.strictObject({ kind: z.literal('now') }).meta({ title: 'One run at once' });

export const ScheduleSchema = z
  .discriminatedUnion('kind', [CronSchema, IntervalSchema, RruleSchema, OnceSchema, NowSchema], {
    error: (issue) =>
      issue.code === 'invalid_union'
        ? 'expected kind to be one of cron, interval, rrule, once, now'
        : undefined,
  })
  .meta({
    id: 'Schedule',
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
      return {
        kind,
        expressions,
        timezone,
        ...(dst ? { dst } : {}),
        ...wireBounds(schedule),
        jitterSeconds,
        ...wireCalendars(schedule),
      };
    }
    case 'interval':
      return {
        kind: 'interval',
        seconds: schedule.seconds,
        ...wireBounds(schedule),
        ...wireCalendars(schedule),
      };
    case 'rrule': {
      const { kind, rule, timezone, dst, jitterSeconds } = schedule;
      return {
        kind,
        rule,
        timezone,
        ...(dst ? { dst } : {}),
        ...wireBounds(schedule),
        jitterSeconds,
        ...wireCalendars(schedule),
      };
    }
    case 'once':
      return { kind: 'once', at: toIso(schedule.at) };
    case 'now':
      return { kind: 'now' };
  }
}

const wireCalendars = (schedule: Schedule) =>
  'calendars' in schedule && schedule.calendars ? { calendars: schedule.calendars } : {};

const wireBounds = ({ startAt, endAt }: { startAt?: number; endAt?: number }) => ({
  ...(startAt === undefined ? {} : { startAt: toIso(startAt) }),
  ...(endAt === undefined ? {} : { endAt: toIso(endAt) }),
});
