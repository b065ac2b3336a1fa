import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type ResolveContext, resolveSchedule } from '../../../shared/contract/resolve-schedule.ts';
import { type ScheduleInput, ScheduleSchema, scheduleToWire } from '../../../shared/contract/schedule.ts';
import { firstRunAt, nextOccurrence, occurrences } from '../../../shared/domain/next-occurrence.ts';
import { cronText, zone } from '../../support/cron-text.ts';
import { utc } from '../../support/schedules.ts';

const NOW = utc('2026-06-01 12:00');
const context = (rest: Partial<ResolveContext> = {}): ResolveContext => ({
  nowMs: NOW,
  tenant: 'root',
  taskId: 'nightly-report',
  misfireGraceSeconds: 300,
  calendars: [],
  ...rest,
});

const problemsIn = (input: unknown): string[] =>
  (ScheduleSchema.safeParse(input).error?.issues ?? []).map(
    ({ path, message }) => `${z.core.toDotPath(path)}: ${message}`,
  );
const resolve = (input: unknown, rest: Partial<ResolveContext> = {}) =>
  resolveSchedule(ScheduleSchema.parse(input), context(rest));
const accepted = (input: unknown, rest: Partial<ResolveContext> = {}) => {
  const resolved = resolve(input, rest);
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.errors));
  return resolved.timetable;
};
const refused = (input: unknown, rest: Partial<ResolveContext> = {}) => {
  const resolved = resolve(input, rest);
  return resolved.ok ? [] : resolved.errors.map(({ path, message }) => `${path}: ${message}`);
};

describe('ScheduleSchema', () => {
  it('fills in UTC and no jitter', () => {
    expect(ScheduleSchema.parse({ kind: 'cron', expressions: ['0 9 * * *'] })).toEqual({
      kind: 'cron',
      expressions: ['0 9 * * *'],
      timezone: 'UTC',
      jitterSeconds: 0,
    });
  });

  it.each<[unknown, RegExp]>([
    [{}, /^kind: .*cron, interval, rrule, once, now/],
    [{ kind: 'weekly' }, /^kind: .*cron, interval, rrule, once, now/],
    ['0 9 * * *', /^: /],
    [{ kind: 'cron' }, /^expressions: /],
    [{ kind: 'cron', expressions: [] }, /^expressions: /],
    [{ kind: 'cron', expressions: new Array(21).fill('0 9 * * *') }, /^expressions: /],
    [{ kind: 'cron', expressions: [9] }, /^expressions\[0\]: /],
    [{ kind: 'cron', expressions: ['0 9 * * *'], timeZone: 'UTC' }, /^: Unrecognized key: "timeZone"/],
    [{ kind: 'cron', expressions: ['0 9 * * *'], jitterSeconds: -1 }, /^jitterSeconds: /],
    [{ kind: 'cron', expressions: ['0 9 * * *'], startAt: 'tomorrow' }, /^startAt: expected an ISO 8601/],
    [{ kind: 'interval' }, /^seconds: /],
    [{ kind: 'interval', seconds: 0 }, /^seconds: /],
    [{ kind: 'interval', seconds: 1.5 }, /^seconds: /],
    [{ kind: 'interval', seconds: '30' }, /^seconds: /],
    [{ kind: 'once' }, /^: expected exactly one of at and delaySeconds/],
    [{ kind: 'once', at: '2026-06-01T12:00:00Z', delaySeconds: 1 }, /^: expected exactly one/],
    [{ kind: 'once', at: '2026-06-01T12:00:00' }, /^at: expected an ISO 8601 instant with Z or an offset/],
    [{ kind: 'once', at: '2026-02-30T12:00:00Z' }, /^at: expected an ISO 8601/],
    [{ kind: 'once', at: 1_780_315_200_000 }, /^at: expected an ISO 8601/],
    [{ kind: 'once', at: '1969-12-31T23:59:59Z' }, /^at: .*1970 to 2100/],
    [{ kind: 'once', at: '2101-01-01T00:00:00Z' }, /^at: .*1970 to 2100/],
    [{ kind: 'once', delaySeconds: -5 }, /^delaySeconds: /],
    [{ kind: 'now', at: '2026-06-01T12:00:00Z' }, /^: Unrecognized key: "at"/],
  ])('refuses %j', (input, problem) => {
    expect(problemsIn(input)).toEqual([expect.stringMatching(problem)]);
  });

  it('takes any offset and any precision', () => {
    for (const at of [
      '2026-06-01T12:00:00Z',
      '2026-06-01T12:00Z',
      '2026-06-01T14:00:00.000+02:00',
      '2026-06-01T06:30:00.000000-05:30',
    ]) {
      expect(accepted({ kind: 'once', at })).toEqual({ kind: 'once', at: NOW });
    }
  });

  it('has a JSON Schema for the API description, with an example of its own that it accepts', () => {
    const json = z.toJSONSchema(ScheduleSchema, { io: 'input' }).$defs?.Schedule ?? {};
    expect(json.oneOf ?? json.anyOf).toHaveLength(5);
    expect(ScheduleSchema.safeParse(json.example).success).toBe(true);
  });
});

describe('resolveSchedule', () => {
  it('resolves a cron schedule with the place of the task in its jitter window', () => {
    const cron = {
      kind: 'cron',
      expressions: [' 0 9 * * 1-5 '],
      timezone: 'Europe/Paris',
      jitterSeconds: 60,
    };
    expect(
      accepted({ ...cron, startAt: '2026-06-01T00:00:00+02:00', endAt: '2027-01-01T00:00:00Z' }),
    ).toEqual({
      kind: 'cron',
      expressions: ['0 9 * * 1-5'],
      timezone: 'Europe/Paris',
      startAt: utc('2026-05-31 22:00'),
      endAt: utc('2027-01-01 00:00'),
      jitterSeconds: 60,
      jitterOffsetMs: 17_991,
    });
  });

  it('keeps a choice about clock changes only when it is not the default', () => {
    const daily = { kind: 'cron', expressions: ['0 9 * * *'] };
    expect(accepted({ ...daily, dst: { gap: 'skip' } })).toHaveProperty('dst', {
      gap: 'skip',
      repeat: 'first',
    });
    expect(accepted({ ...daily, dst: { gap: 'shift' } })).toEqual(accepted(daily));
    expect(problemsIn({ ...daily, dst: { gap: 'later' } })).toEqual([expect.stringMatching(/^dst\.gap: /)]);
  });

  it('lists every expression that is wrong, and the zone, at once', () => {
    const expressions = ['61 * * * *', '0 9 * * *', '0 0 30 2 *'];
    expect(refused({ kind: 'cron', expressions, timezone: 'Europe/Pariss' })).toEqual([
      expect.stringMatching(/^schedule\.expressions\[0\]: minute "61": .*0-59/),
      expect.stringMatching(/^schedule\.expressions\[2\]: no date ever matches/),
      expect.stringMatching(/^schedule\.timezone: unknown time zone "Europe\/Pariss"/),
    ]);
  });

  it('refuses an end that is not after the start', () => {
    const bounds = { startAt: '2027-01-01T00:00:00Z', endAt: '2027-01-01T01:00:00+01:00' };
    const message = 'schedule.endAt: expected an instant after startAt';
    expect(refused({ kind: 'interval', seconds: 5, ...bounds })).toEqual([message]);
    expect(refused({ kind: 'cron', expressions: ['@daily'], ...bounds })).toEqual([message]);
  });

  it('refuses a schedule with no occurrence left', () => {
    const past = { endAt: '2026-06-01T12:00:00Z' };
    expect(refused({ kind: 'cron', expressions: ['@daily'], ...past })).toEqual([
      expect.stringMatching(/^schedule\.endAt: .*future/),
    ]);
    expect(refused({ kind: 'interval', seconds: 5, startAt: '2026-01-01T00:00:00Z', ...past })).toEqual([
      expect.stringMatching(/^schedule\.endAt: .*future/),
    ]);
    expect(refused({ kind: 'cron', expressions: ['0 9 * * *'], endAt: '2026-06-01T20:00:00Z' })).toEqual([
      expect.stringMatching(/^schedule: no occurrence is left/),
    ]);
  });

  it('starts an interval at once, on the instant of creation', () => {
    const schedule = accepted({ kind: 'interval', seconds: 2 });
    expect(schedule).toEqual({ kind: 'interval', seconds: 2, startAt: NOW });
    expect(firstRunAt(schedule, NOW)).toBe(NOW);
    expect(occurrences(schedule, NOW, 100).filter((at) => at < NOW + 30_000)).toHaveLength(15);
  });

  it('keeps the beat of an interval that began long ago', () => {
    const schedule = accepted({ kind: 'interval', seconds: 3_600, startAt: '2026-01-01T00:00:30Z' });
    expect(firstRunAt(schedule, NOW)).toBe(NOW + 30_000);
  });

  it('turns a delay into an instant', () => {
    expect(accepted({ kind: 'once', delaySeconds: 300 })).toEqual({ kind: 'once', at: NOW + 300_000 });
    expect(accepted({ kind: 'once', delaySeconds: 0 })).toEqual({ kind: 'once', at: NOW });
    expect(accepted({ kind: 'now' })).toEqual({ kind: 'now', at: NOW });
  });

  it('takes an instant in the past by less than the grace, and still runs it', () => {
    const schedule = accepted({ kind: 'once', at: '2026-06-01T11:55:00.001Z' });
    expect(firstRunAt(schedule, NOW)).toBe(NOW - 299_999);
    expect(refused({ kind: 'once', at: '2026-06-01T11:55:00Z' })).toEqual([
      'schedule.at: expected an instant less than 300 seconds in the past (misfireGraceSeconds)',
    ]);
  });

  it('keeps instants within 2100 also when they come from a delay', () => {
    const late = { nowMs: utc('2099-01-01 00:00') };
    expect(refused({ kind: 'once', delaySeconds: 300_000_000 }, late)).toEqual([
      expect.stringMatching(/^schedule\.delaySeconds: .*1970 to 2100/),
    ]);
  });
});

describe('saying the same schedule again', () => {
  const later = { nowMs: NOW + 86_400_500 };

  it('keeps the beat of an interval without startAt', () => {
    const previous = accepted({ kind: 'interval', seconds: 60 });
    expect(accepted({ kind: 'interval', seconds: 60 }, { ...later, previous })).toEqual(previous);
    const faster = accepted({ kind: 'interval', seconds: 30 }, { ...later, previous });
    expect(faster).toEqual({ kind: 'interval', seconds: 30, startAt: later.nowMs });
  });

  it('is no error when it has run out meanwhile, and does not run it again', () => {
    for (const input of [
      { kind: 'once', at: '2026-06-01T12:00:00Z' },
      { kind: 'now' },
      { kind: 'cron', expressions: ['0 18 * * *'], endAt: '2026-06-02T00:00:00Z' },
    ]) {
      const previous = accepted(input);
      const again = accepted(input, { ...later, previous });
      expect(again).toEqual(previous);
      expect(nextOccurrence(again, later.nowMs)).toBeNull();
    }
  });

  it('but another schedule that has run out is refused', () => {
    const previous = accepted({ kind: 'once', at: '2026-06-01T12:00:00Z' });
    expect(refused({ kind: 'once', at: '2026-06-01T12:00:01Z' }, { ...later, previous })).toHaveLength(1);
  });
});

describe('scheduleToWire', () => {
  it('gives instants in UTC with milliseconds', () => {
    const startAt = '2026-06-01T14:00:00+02:00';
    expect(scheduleToWire(accepted({ kind: 'interval', seconds: 5, startAt }))).toEqual({
      kind: 'interval',
      seconds: 5,
      startAt: '2026-06-01T12:00:00.000Z',
    });
    expect(scheduleToWire(accepted({ kind: 'once', delaySeconds: 1 }))).toEqual({
      kind: 'once',
      at: '2026-06-01T12:00:01.000Z',
    });
  });

  it('is accepted again as it is and means the same', () => {
    const future = fc.date({ min: new Date(NOW + 1), max: new Date(NOW + 1e12), noInvalidDate: true });
    const iso = future.map((date) => date.toISOString());
    const input: fc.Arbitrary<ScheduleInput> = fc.oneof(
      fc.record(
        {
          kind: fc.constant('cron' as const),
          expressions: fc.array(cronText, { minLength: 1, maxLength: 3 }),
          timezone: zone,
          jitterSeconds: fc.integer({ min: 0, max: 600 }),
          startAt: iso,
        },
        { requiredKeys: ['kind', 'expressions', 'timezone', 'jitterSeconds'] },
      ),
      fc.record(
        { kind: fc.constant('interval' as const), seconds: fc.integer({ min: 1, max: 1e6 }), startAt: iso },
        { requiredKeys: ['kind', 'seconds'] },
      ),
      fc.record({ kind: fc.constant('once' as const), at: iso }),
      fc.constant({ kind: 'now' as const }),
    );
    fc.assert(
      fc.property(input, (written) => {
        const schedule = accepted(written);
        expect(accepted(scheduleToWire(schedule), { previous: schedule })).toEqual(schedule);
        expect(scheduleToWire(schedule)).toMatchObject(written);
      }),
    );
  });
});
