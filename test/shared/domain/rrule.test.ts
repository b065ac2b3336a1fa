import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveSchedule } from '../../../shared/contract/resolve-schedule.ts';
import { ScheduleSchema } from '../../../shared/contract/schedule.ts';
import { firstOccurrence, nextOccurrence, occurrences } from '../../../shared/domain/next-occurrence.ts';
import { parseRrule } from '../../../shared/domain/rrule-text.ts';
import type { RruleSchedule, Timetable } from '../../../shared/domain/schedule.ts';
import { zone } from '../../support/cron-text.ts';
import { type NaiveRule, naiveWalls, ruleText } from '../../support/naive-rrule.ts';
import { utc } from '../../support/schedules.ts';

const NOW = utc('2026-06-01 12:00:20');
const DAY = 86_400_000;

function rrule(rule: string, fields: object = {}, nowMs = NOW): Timetable {
  const input = ScheduleSchema.parse({ kind: 'rrule', rule, ...fields });
  const resolved = resolveSchedule(input, {
    nowMs,
    tenant: 'root',
    taskId: 'job',
    misfireGraceSeconds: 300,
    calendars: [],
  });
  if (!resolved.ok)
    throw new Error(resolved.errors.map(({ path, message }) => `${path}: ${message}`).join('; '));
  return resolved.timetable;
}
const short = (at: number) => new Date(at).toISOString().slice(0, 16).replace('T', ' ');
const first = (schedule: Timetable, from: string, count: number) =>
  occurrences(schedule, utc(from), count).map(short);
const problem = (rule: string): string => {
  const parse = parseRrule(rule);
  return parse.ok ? 'none' : parse.message;
};

describe('a recurrence rule', () => {
  // Examples of RFC 5545 §3.8.5.3, which all begin in New York on 1997-09-02 at 09:00.
  it.each<[string, string[]]>([
    ['FREQ=DAILY;COUNT=3', ['1997-09-02', '1997-09-03', '1997-09-04']],
    ['FREQ=DAILY;INTERVAL=10;COUNT=3', ['1997-09-02', '1997-09-12', '1997-09-22']],
    ['FREQ=WEEKLY;COUNT=3', ['1997-09-02', '1997-09-09', '1997-09-16']],
    [
      'FREQ=WEEKLY;INTERVAL=2;COUNT=4;WKST=SU;BYDAY=TU,TH',
      ['1997-09-02', '1997-09-04', '1997-09-16', '1997-09-18'],
    ],
    ['FREQ=MONTHLY;COUNT=3;BYDAY=1FR', ['1997-09-05', '1997-10-03', '1997-11-07']],
    ['FREQ=MONTHLY;COUNT=3;BYDAY=-2MO', ['1997-09-22', '1997-10-20', '1997-11-17']],
    ['FREQ=MONTHLY;BYMONTHDAY=-3;COUNT=3', ['1997-09-28', '1997-10-29', '1997-11-28']],
    ['FREQ=YEARLY;INTERVAL=3;COUNT=3;BYYEARDAY=1,100,200', ['2000-01-01', '2000-04-09', '2000-07-18']],
    ['FREQ=YEARLY;BYDAY=20MO;COUNT=3', ['1998-05-18', '1999-05-17', '2000-05-15']],
    ['FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO;COUNT=3', ['1998-05-11', '1999-05-17', '2000-05-15']],
    ['FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=3', ['1998-02-13', '1998-03-13', '1998-11-13']],
    ['FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3', ['1997-09-04', '1997-10-07', '1997-11-06']],
    [
      'FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5',
      ['1997-09-15', '1997-09-30', '1997-10-15', '1997-10-30', '1997-11-15'],
    ],
  ])('%s means what the RFC says', (rule, days) => {
    const schedule = rrule(rule, { timezone: 'America/New_York', startAt: '1997-09-02T13:00:00Z' }, 0);
    const found = occurrences(schedule, 0, 20).slice(0, days.length);
    expect(found.map((at) => short(at).slice(0, 10))).toEqual(days);
    const hours = new Set(
      found.map((at) =>
        new Intl.DateTimeFormat('en-GB', {
          timeZone: 'America/New_York',
          timeStyle: 'short',
        }).format(at),
      ),
    );
    expect([...hours]).toEqual(['09:00']);
  });

  it('ends with its COUNT, also when asked from later on', () => {
    const schedule = rrule('FREQ=DAILY;COUNT=10', { startAt: '2026-06-02T09:00:00Z' });
    expect(occurrences(schedule, NOW, 100)).toHaveLength(10);
    expect(first(schedule, '2026-06-10 12:00', 5)).toEqual(['2026-06-11 09:00']);
    expect(nextOccurrence(schedule, utc('2026-06-11 09:00'))).toBeNull();
  });

  it.each([
    ['20260604', ['2026-06-02 22:00', '2026-06-03 22:00']],
    ['20260604T000000', ['2026-06-02 22:00', '2026-06-03 22:00']],
    ['20260603T220000Z', ['2026-06-02 22:00', '2026-06-03 22:00']],
    ['20260603T215959Z', ['2026-06-02 22:00']],
  ])('ends with UNTIL=%s, which counts in', (until, expected) => {
    const fields = { timezone: 'Europe/Paris', startAt: '2026-06-03T00:00:00+02:00' };
    expect(first(rrule(`FREQ=DAILY;UNTIL=${until}`, fields), '2026-06-01 00:00', 5)).toEqual(expected);
  });

  it('without a start begins at the next full minute, or second where it speaks of seconds', () => {
    expect(first(rrule('FREQ=DAILY;BYHOUR=9;BYMINUTE=30'), '2026-06-01 12:00', 1)).toEqual([
      '2026-06-02 09:30',
    ]);
    expect(occurrences(rrule('FREQ=MINUTELY;COUNT=3'), NOW, 9)).toEqual(
      ['12:01', '12:02', '12:03'].map((time) => utc(`2026-06-01 ${time}`)),
    );
    expect(occurrences(rrule('FREQ=SECONDLY;INTERVAL=2', {}, NOW + 400), NOW, 1)).toEqual([NOW + 1_000]);
  });

  it('keeps that start when the same rule is said again', () => {
    const previous = rrule('FREQ=DAILY');
    const input = ScheduleSchema.parse({ kind: 'rrule', rule: 'freq=daily' });
    const again = resolveSchedule(input, {
      nowMs: NOW + 3 * DAY,
      tenant: 'root',
      taskId: 'job',
      misfireGraceSeconds: 300,
      calendars: [],
      previous,
    });
    expect(again).toMatchObject({ ok: true, schedule: previous });
  });
});

describe('when the clock changes', () => {
  const daily = { timezone: 'Europe/Paris', startAt: '2026-01-01T01:30:00Z' };

  it('a local time that does not exist is no occurrence, and COUNT does not count it', () => {
    const schedule = rrule('FREQ=DAILY;COUNT=89', daily, 0);
    expect(occurrences(schedule, utc('2026-03-28 00:00'), 9).map(short)).toEqual(
      ['2026-03-28 01:30', '2026-03-30 00:30', '2026-03-31 00:30'].slice(0, 3),
    );
    expect(occurrences(schedule, 0, 200)).toHaveLength(89);
  });

  it('it runs at the jump, and a repeated time twice, when asked to', () => {
    const schedule = rrule('FREQ=DAILY', { ...daily, dst: { gap: 'shift', repeat: 'both' } });
    expect(first(schedule, '2026-03-29 00:00', 2)).toEqual(['2026-03-29 01:00', '2026-03-30 00:30']);
    expect(first(schedule, '2026-10-25 00:00', 3)).toEqual([
      '2026-10-25 00:30',
      '2026-10-25 01:30',
      '2026-10-26 01:30',
    ]);
  });

  it('a rule that repeats at least hourly and names no hours keeps its rhythm', () => {
    const schedule = rrule('FREQ=MINUTELY;INTERVAL=30', {
      timezone: 'Europe/Paris',
      startAt: '2026-01-01T00:00:00Z',
    });
    expect(first(schedule, '2026-10-25 00:00', 5)).toEqual([
      '2026-10-25 00:00',
      '2026-10-25 00:30',
      '2026-10-25 01:00',
      '2026-10-25 01:30',
      '2026-10-25 02:00',
    ]);
    expect(first(schedule, '2026-03-29 00:30', 2)).toEqual(['2026-03-29 00:30', '2026-03-29 01:00']);
  });
});

describe('agreement with the RFC read naively', () => {
  const numbers = (min: number, max: number, most: number) =>
    fc.uniqueArray(fc.integer({ min, max }), { minLength: 1, maxLength: most });
  const eitherEnd = (max: number, most: number, min = 1) =>
    fc.uniqueArray(
      fc.integer({ min, max }).chain((n) => fc.constantFrom(n, n, -n)),
      { minLength: 1, maxLength: most },
    );
  const day = fc.constantFrom('MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU');
  const days = (n: fc.Arbitrary<number>) =>
    fc.uniqueArray(fc.record({ n, day }), {
      minLength: 1,
      maxLength: 3,
      selector: ({ day }) => day,
    });
  const common = {
    INTERVAL: fc.integer({ min: 1, max: 4 }),
    BYMONTH: numbers(1, 12, 3),
    BYHOUR: numbers(0, 23, 2),
    BYMINUTE: numbers(0, 59, 2),
  };
  // Weeks that lie in two years are left out: the RFC does not say which of them they belong to.
  const rule: fc.Arbitrary<NaiveRule> = fc.oneof(
    fc.record(
      {
        FREQ: fc.constant('DAILY' as const),
        ...common,
        BYMONTHDAY: eitherEnd(31, 4),
        BYDAY: days(fc.constant(0)),
      },
      { requiredKeys: ['FREQ'] },
    ),
    fc.record(
      { FREQ: fc.constant('WEEKLY' as const), ...common, BYDAY: days(fc.constant(0)) },
      { requiredKeys: ['FREQ'] },
    ),
    fc.record(
      {
        FREQ: fc.constant('MONTHLY' as const),
        ...common,
        BYMONTHDAY: eitherEnd(31, 4),
        BYDAY: days(fc.constantFrom(0, 0, 1, 2, 5, -1)),
      },
      { requiredKeys: ['FREQ'] },
    ),
    fc.record(
      {
        FREQ: fc.constant('MONTHLY' as const),
        ...common,
        BYDAY: days(fc.constant(0)),
        BYSETPOS: eitherEnd(4, 2),
      },
      { requiredKeys: ['FREQ', 'BYDAY', 'BYSETPOS'] },
    ),
    fc.record(
      { FREQ: fc.constant('YEARLY' as const), ...common, BYYEARDAY: eitherEnd(366, 4) },
      { requiredKeys: ['FREQ'] },
    ),
    fc.record(
      { FREQ: fc.constant('YEARLY' as const), ...common, BYDAY: days(fc.constantFrom(1, 3, -1, 40)) },
      { requiredKeys: ['FREQ'] },
    ),
    fc.record(
      {
        FREQ: fc.constant('YEARLY' as const),
        ...common,
        BYDAY: days(fc.constant(0)),
        BYMONTHDAY: eitherEnd(31, 4),
      },
      { requiredKeys: ['FREQ'] },
    ),
    fc.record(
      {
        FREQ: fc.constant('YEARLY' as const),
        INTERVAL: common.INTERVAL,
        BYHOUR: common.BYHOUR,
        BYWEEKNO: eitherEnd(51, 3, 2),
        BYDAY: days(fc.constant(0)),
      },
      { requiredKeys: ['FREQ', 'BYWEEKNO', 'BYDAY'] },
    ),
  );
  const start = fc.integer({ min: utc('2000-01-01 00:00') / 60_000, max: utc('2045-01-01 00:00') / 60_000 });

  it('gives the same instants, also when asked from the middle on', () => {
    fc.assert(
      fc.property(rule, start, fc.integer({ min: 0, max: 1_500 }), (parts, minute, later) => {
        const startAt = minute * 60_000;
        const until = startAt + 5 * 366 * DAY;
        const expected = naiveWalls(parts, startAt, until);
        const schedule = { ...bare(ruleText(parts), startAt), endAt: until };
        expect(occurrences(schedule, 0, expected.length + 1)).toEqual(expected);
        const from = startAt + later * DAY;
        const rest = expected.filter((at) => at >= from);
        expect(firstOccurrence(schedule, from)).toBe(rest[0] ?? null);
      }),
      { numRuns: 250 },
    );
  });

  it('in every zone ascends, comes once each and stays in its window', () => {
    fc.assert(
      fc.property(rule, start, zone, (parts, minute, timezone) => {
        const startAt = minute * 60_000;
        const endAt = startAt + 500 * DAY;
        const schedule: Timetable = { ...bare(ruleText(parts), startAt), timezone, endAt };
        const found = occurrences(schedule, 0, 200);
        expect(found).toEqual([...new Set(found)].sort((a, b) => a - b));
        expect(found.every((at) => at >= startAt && at < endAt)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  const bare = (text: string, startAt: number): RruleSchedule<never> => ({
    kind: 'rrule',
    rule: text,
    timezone: 'UTC',
    startAt,
    jitterSeconds: 0,
    jitterOffsetMs: 0,
  });
});

describe('a rule that is wrong', () => {
  it.each([
    ['', /expected parts like FREQ=DAILY/],
    ['DAILY', /expected parts like FREQ=DAILY/],
    ['INTERVAL=2', /FREQ is missing/],
    ['FREQ=FORTNIGHTLY', /FREQ: expected one of YEARLY/],
    ['FREQ=DAILY;FREQ=DAILY', /FREQ stands twice/],
    ['FREQ=DAILY;INTERVAL=0', /INTERVAL: expected a whole number from 1/],
    ['FREQ=DAILY;COUNT=10001', /COUNT: expected a whole number from 1 to 10000/],
    ['FREQ=DAILY;COUNT=2;UNTIL=20270101', /COUNT or UNTIL, not both/],
    ['FREQ=DAILY;UNTIL=20270230', /UNTIL: expected a date/],
    ['FREQ=DAILY;BYHOUR=24', /BYHOUR: expected whole numbers, 0 to 23/],
    ['FREQ=MONTHLY;BYMONTHDAY=0', /BYMONTHDAY: expected whole numbers, 1 to 31 or -31 to -1/],
    ['FREQ=MONTHLY;BYDAY=54MO', /BYDAY: expected weekdays/],
    ['FREQ=MONTHLY;BYDAY=0MO', /BYDAY: expected weekdays/],
    ['FREQ=WEEKLY;BYDAY=1MO', /BYDAY with numeric value/],
    ['FREQ=YEARLY;BYDAY=1MO,TU', /all of them numbered, or none/],
    ['FREQ=WEEKLY;BYMONTHDAY=3', /BYMONTHDAY MUST NOT/],
    ['FREQ=DAILY;BYSETPOS=1', /BYSETPOS MUST be used with another/],
    ['FREQ=DAILY;RSCALE=HEBREW', /unknown part "RSCALE"/],
    ['FREQ=DAILY\nEXDATE:20270101T000000Z', /FREQ: expected one of/],
    ['DTSTART:20260101T000000Z\nRRULE:FREQ=DAILY', /unknown part|expected parts/],
  ])('%j is refused with the reason', (rule, reason) => {
    expect(problem(rule)).toMatch(reason);
  });

  it.each([
    'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=WEEKLY;BYDAY=MO;BYSETPOS=5',
    'FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=31',
    'FREQ=DAILY;INTERVAL=1000000',
  ])('%s never comes, and is refused as a schedule', (rule) => {
    expect(() => rrule(rule, { startAt: '2026-01-01T09:00:00Z' })).toThrow(/no occurrence is left/);
  });
});

describe('a hostile rule', () => {
  const all = (count: number) => Array.from({ length: count }, (_, n) => n).join(',');

  it('of too many times in a period is refused before it is tried', () => {
    const times = `BYHOUR=${all(24)};BYMINUTE=${all(60)};BYSECOND=${all(60)}`;
    for (const freq of ['YEARLY', 'MONTHLY', 'WEEKLY', 'DAILY'])
      expect(problem(`FREQ=${freq};${times}`)).toMatch(/too many times/);
    expect(problem(`FREQ=DAILY;BYHOUR=${all(24)};BYMINUTE=${all(60)}`)).toBe('none');
  });

  it('ends after a bounded search, however rarely it comes', () => {
    const startAt = '2026-01-01T00:00:00Z';
    // 09:00:01 is met once in 59 days; an odd second never, of which no search could be sure.
    const rare = rrule('FREQ=SECONDLY;INTERVAL=59;BYHOUR=9;BYMINUTE=0;BYSECOND=1;COUNT=10000', { startAt });
    expect(occurrences(rare, 0, 20)).toHaveLength(20);
    expect(() => rrule('FREQ=SECONDLY;INTERVAL=2;BYSECOND=1', { startAt })).toThrow(/no occurrence is left/);
  });

  it('finds the next of a rule that began long ago without walking there', () => {
    const schedule = rrule('FREQ=SECONDLY;INTERVAL=7', { startAt: '1970-01-01T00:00:00Z' });
    const at = firstOccurrence(schedule, NOW) ?? 0;
    expect(at - NOW).toBeLessThan(7_000);
    expect(at % 7_000).toBe(0);
  });
});
