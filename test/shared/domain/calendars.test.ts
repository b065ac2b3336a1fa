import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Calendar,
  type CalendarDays,
  dateOf,
  dayTest,
  timetableOf,
} from '../../../shared/domain/calendar.ts';
import {
  countOccurrences,
  firstOccurrence,
  isAllowed,
  nextOccurrence,
  occurrences,
  occurrencesUpTo,
  plannedOccurrences,
} from '../../../shared/domain/next-occurrence.ts';
import type { CalendarUse, Schedule, Timetable } from '../../../shared/domain/schedule.ts';
import { cron, every, utc } from '../../support/schedules.ts';

const DAY = 86_400_000;
const short = (at: number) => new Date(at).toISOString().slice(0, 16).replace('T', ' ');

const calendar = (calendarId: string, days: Partial<CalendarDays>, timezone?: string): Calendar => ({
  tenant: 'root',
  calendarId,
  name: calendarId,
  ...(timezone === undefined ? {} : { timezone }),
  dates: [],
  ranges: [],
  weekdays: [],
  ...days,
  createdAt: 0,
  updatedAt: 0,
  createdBy: 'test',
  version: 1,
});
const under = (
  schedule: Schedule<never>,
  calendars: Calendar[],
  mode: CalendarUse['mode'] | CalendarUse['mode'][] = 'skip',
): Timetable => {
  const uses = calendars.map(({ calendarId }, n) => ({ id: calendarId, mode: [mode].flat()[n] ?? 'skip' }));
  return timetableOf({ ...schedule, calendars: uses } as Schedule, calendars);
};
const first = (timetable: Timetable, from: string, count: number) =>
  occurrences(timetable, utc(from), count).map(short);

const weekend = calendar('weekend', { weekdays: ['sat', 'sun'] });
const christmas = calendar('christmas', { dates: ['--12-25', '--12-26'] });

describe('a calendar', () => {
  it.each<[string, Partial<CalendarDays>, string[], string[]]>([
    ['names single days', { dates: ['2026-05-14'] }, ['2026-05-14'], ['2026-05-13', '2025-05-14']],
    ['names days of every year', { dates: ['--12-25'] }, ['2026-12-25', '2031-12-25'], ['2026-12-24']],
    ['names 29 February where there is one', { dates: ['--02-29'] }, ['2028-02-29'], ['2027-03-01']],
    [
      'names stretches with both their ends',
      { ranges: [{ from: '2026-12-24', to: '2027-01-02' }] },
      ['2026-12-24', '2026-12-31', '2027-01-02'],
      ['2026-12-23', '2027-01-03'],
    ],
    [
      'names weekdays',
      { weekdays: ['sat', 'sun'] },
      ['2026-06-06', '2026-06-07'],
      ['2026-06-05', '2026-06-08'],
    ],
  ])('%s', (_, days, inside, outside) => {
    const excludes = dayTest({ dates: [], ranges: [], weekdays: [], ...days });
    const dayOf = (date: string) => utc(`${date} 00:00`) / DAY;
    expect(inside.map(dayOf).every(excludes)).toBe(true);
    expect(outside.map(dayOf).some(excludes)).toBe(false);
  });
});

describe('an occurrence on an excluded day', () => {
  const daily = cron('0 9 * * *', 'Europe/Paris');

  it('is left out under skip', () => {
    // 2026-06-05 is a Friday.
    expect(first(under(daily, [weekend]), '2026-06-05 00:00', 3)).toEqual([
      '2026-06-05 07:00',
      '2026-06-08 07:00',
      '2026-06-09 07:00',
    ]);
  });

  it('comes at the same local time of the next open day under shift', () => {
    const weekly = cron('0 18 * * 6', 'Europe/Paris');
    expect(first(under(weekly, [weekend], 'shift'), '2026-06-05 00:00', 2)).toEqual([
      '2026-06-08 16:00',
      '2026-06-15 16:00',
    ]);
  });

  it('comes once when it is shifted to where another one is', () => {
    expect(first(under(daily, [weekend], 'shift'), '2026-06-05 00:00', 3)).toEqual([
      '2026-06-05 07:00',
      '2026-06-08 07:00',
      '2026-06-09 07:00',
    ]);
  });

  it('keeps its local time over a change of the clock', () => {
    // The clock changes in the night to Sunday, 29 March.
    const saturdays = cron('0 9 * * 6', 'Europe/Paris');
    expect(first(under(saturdays, [weekend], 'shift'), '2026-03-27 00:00', 1)).toEqual(['2026-03-30 07:00']);
  });

  it('comes at the jump when its local time does not exist on the open day', () => {
    const saturdays = cron('30 2 * * 6', 'Europe/Paris');
    const onlySaturdays = calendar('saturdays', { weekdays: ['sat'] });
    expect(first(under(saturdays, [onlySaturdays], 'shift'), '2026-03-27 00:00', 1)).toEqual([
      '2026-03-29 01:00',
    ]);
  });

  it('tells the instant that the schedule says besides the one at which it runs', () => {
    const saturdays = cron('0 9 * * 6', 'UTC', { jitterSeconds: 60, jitterOffsetMs: 1_234 });
    expect(plannedOccurrences(under(saturdays, [weekend], 'shift'), utc('2026-06-05 00:00'), 1)).toEqual([
      { at: utc('2026-06-08 09:00') + 1_234, nominalAt: utc('2026-06-06 09:00') },
    ]);
  });

  it('is excluded by the day of its nominal instant, whatever jitter adds', () => {
    const late = cron('59 23 * * *', 'UTC', { jitterSeconds: 3_600, jitterOffsetMs: 3_000_000 });
    expect(first(under(late, [weekend]), '2026-06-05 12:00', 2)).toEqual([
      '2026-06-06 00:49',
      '2026-06-09 00:49',
    ]);
  });

  it('is never moved to or beyond the end', () => {
    const until = cron('0 9 * * *', 'UTC', { endAt: utc('2026-06-08 09:00') });
    expect(first(under(until, [weekend], 'shift'), '2026-06-05 00:00', 9)).toEqual(['2026-06-05 09:00']);
  });
});

describe('days', () => {
  it('are those of the calendar’s own zone', () => {
    const paris = calendar('paris', { dates: ['2026-12-25'] }, 'Europe/Paris');
    // 23:30 UTC is half past midnight in Paris.
    expect(first(under(cron('30 23 * * *'), [paris]), '2026-12-23 12:00', 3)).toEqual([
      '2026-12-23 23:30',
      '2026-12-25 23:30',
      '2026-12-26 23:30',
    ]);
  });

  it('are those of the schedule where the calendar has no zone, UTC for an interval', () => {
    const tokyo = cron('0 6 * * *', 'Asia/Tokyo');
    expect(first(under(tokyo, [christmas]), '2026-12-23 00:00', 2)).toEqual([
      '2026-12-23 21:00',
      '2026-12-26 21:00',
    ]);
    const hours = every(12 * 3_600, utc('2026-12-24 12:00'));
    expect(first(under(hours, [christmas]), '2026-12-24 00:00', 2)).toEqual([
      '2026-12-24 12:00',
      '2026-12-27 00:00',
    ]);
  });
});

describe('several calendars', () => {
  const monday = calendar('monday', { dates: ['2026-06-08'] });

  it('move an occurrence to a day that all of them leave open', () => {
    const saturdays = cron('0 9 * * 6');
    expect(first(under(saturdays, [weekend, monday], ['shift', 'skip']), '2026-06-05 00:00', 1)).toEqual([
      '2026-06-09 09:00',
    ]);
  });

  it('leave out what one of them skips, though another would move it', () => {
    const saturdays = cron('0 9 * * 6');
    const sixth = calendar('sixth', { dates: ['2026-06-06'] });
    expect(first(under(saturdays, [weekend, sixth], ['shift', 'skip']), '2026-06-05 00:00', 1)).toEqual([
      '2026-06-15 09:00',
    ]);
  });
});

describe('a schedule that its calendars leave nothing', () => {
  it.each<[string, Timetable]>([
    ['never on a day of theirs', under(cron('0 9 25 12 *'), [christmas])],
    [
      'nor on any day',
      under(cron('0 9 * * *'), [
        weekend,
        calendar('week', { weekdays: ['mon', 'tue', 'wed', 'thu', 'fri'] }),
      ]),
    ],
    [
      'also every second',
      under(
        every(1, utc('2026-01-01 00:00')),
        [weekend, calendar('week', { weekdays: ['mon', 'tue', 'wed', 'thu', 'fri'] })],
        'shift',
      ),
    ],
  ])('has no occurrence left, found out in bounded time: %s', (_, timetable) => {
    expect(firstOccurrence(timetable, utc('2026-06-01 00:00'))).toBeNull();
  });
});

describe('a dense schedule', () => {
  const shutdown = calendar('shutdown', { ranges: [{ from: '2026-01-01', to: '2026-12-31' }] });

  it('passes over a year in one step', () => {
    const seconds = every(1, utc('2025-12-31 23:59:58'));
    expect(
      occurrences(under(seconds, [shutdown]), utc('2025-12-31 23:59:58'), 3).map((at) => at / 1_000),
    ).toEqual(
      ['2025-12-31 23:59:58', '2025-12-31 23:59:59', '2027-01-01 00:00:00'].map((text) => utc(text) / 1_000),
    );
  });

  it('is counted and advanced on the day after it as well, though a year was shifted there', () => {
    const seven = under(every(7, utc('2025-06-01 00:00')), [shutdown], 'shift');
    const from = utc('2027-01-01 06:00');
    const next = nextOccurrence(seven, from) ?? 0;
    expect(next - from).toBeLessThanOrEqual(7_000);
    expect(countOccurrences(seven, from, from + 60_000, 1_000)).toBeGreaterThanOrEqual(8);
  });
});

it('an occurrence planned before its day was excluded is recognised', () => {
  const daily = cron('0 9 * * *', 'UTC', { jitterSeconds: 60, jitterOffsetMs: 500 });
  expect(isAllowed(under(daily, [weekend]), utc('2026-06-06 09:00') + 500)).toBe(false);
  expect(isAllowed(under(daily, [weekend]), utc('2026-06-08 09:00') + 500)).toBe(true);
  expect(isAllowed(daily, utc('2026-06-06 09:00') + 500)).toBe(true);
});

it('a calendar that is not there excludes nothing', () => {
  const timetable = timetableOf({ ...cron('0 9 * * *'), calendars: [{ id: 'gone', mode: 'skip' }] }, []);
  expect(first(timetable, '2026-06-06 00:00', 1)).toEqual(['2026-06-06 09:00']);
});

describe('agreement with the rule applied to one occurrence after the other', () => {
  const zones = [
    'UTC',
    'Europe/Paris',
    'America/Santiago',
    'Asia/Tokyo',
    'Australia/Lord_Howe',
    'Pacific/Apia',
  ];
  const anchor = fc.constantFrom(
    utc('2026-03-20 00:00'),
    utc('2026-10-20 00:00'),
    utc('2011-12-20 00:00'),
    utc('2026-04-01 00:00'),
  );
  const days = (from: number): fc.Arbitrary<Partial<CalendarDays>> => {
    const date = fc.integer({ min: 0, max: 20 }).map((n) => dateOf(from / DAY + n));
    return fc.record(
      {
        dates: fc.array(date, { maxLength: 5 }),
        ranges: fc.array(
          fc.tuple(date, date).map(([a, b]) => (a < b ? { from: a, to: b } : { from: b, to: a })),
          { maxLength: 1 },
        ),
        weekdays: fc.uniqueArray(fc.constantFrom('sat', 'sun', 'mon' as const), { maxLength: 2 }),
      },
      { requiredKeys: [] },
    );
  };
  const schedule = (from: number): fc.Arbitrary<Schedule<never>> =>
    fc.oneof(
      fc
        .tuple(
          fc.constantFrom('0 9 * * *', '30 2 * * *', '*/45 * * * *', '15 0,12,23 * * 6', '0 0 * * 0'),
          fc.constantFrom(...zones),
        )
        .map(([text, zone]) => cron(text, zone)),
      fc.integer({ min: 1_700, max: 200_000 }).map((seconds) => every(seconds, from - 5 * DAY)),
    );
  const world = anchor.chain((from) =>
    fc.record({
      from: fc.constant(from),
      schedule: schedule(from),
      calendars: fc.array(
        fc.record({
          days: days(from),
          zone: fc.option(fc.constantFrom(...zones), { nil: undefined }),
          mode: fc.constantFrom('skip', 'shift'),
        }),
        { minLength: 1, maxLength: 2 },
      ),
      minutes: fc.integer({ min: 0, max: 12 * 1_440 }),
    }),
  );

  it('gives the same instants, wherever one begins to look', () => {
    fc.assert(
      fc.property(world, ({ from, schedule, calendars, minutes }) => {
        const applied = calendars.map(({ days, zone }, n) => calendar(`c${n}`, days, zone));
        const timetable = under(
          schedule,
          applied,
          calendars.map(({ mode }) => mode as 'skip' | 'shift'),
        );
        const until = from + 25 * DAY;
        const begin = from + minutes * 60_000;
        const expected = naive(schedule, timetable, applied, begin, until);
        const found = occurrencesUpTo(timetable, begin, until - 1, 3_000);
        expect(found.map(short)).toEqual(expected.map(short));
      }),
      { numRuns: 60 },
    );
  });

  /** One after the other, from long before: stays, goes, or tries day after day. */
  function naive(
    schedule: Schedule<never>,
    timetable: Timetable,
    calendars: Calendar[],
    begin: number,
    until: number,
  ): number[] {
    const own =
      'timezone' in schedule
        ? schedule.timezone
        : (calendars.find(({ timezone }) => timezone)?.timezone ?? 'UTC');
    const uses = 'calendars' in timetable ? (timetable.calendars ?? []) : [];
    const closedBy = (at: number) =>
      uses.filter((use, n) => use.excludes(Math.floor(wallIn(calendars[n]?.timezone ?? own, at) / DAY)));
    const wallOf = (at: number) => wallIn(own, at);
    const found = new Set<number>();
    for (const at of occurrences(schedule, begin - 30 * DAY, 10_000)) {
      if (at >= until) break;
      const closed = closedBy(at);
      if (closed.length === 0) found.add(at);
      if (closed.length === 0 || closed.some(({ mode }) => mode === 'skip')) continue;
      for (let day = 1; day <= 60; day++) {
        const moved = firstShowing(wallOf, wallOf(at) + day * DAY);
        if (moved <= at || closedBy(moved).length > 0) continue;
        found.add(moved);
        break;
      }
    }
    return [...found].filter((at) => at >= begin && at < until).sort((a, b) => a - b);
  }

  const clocks = new Map<string, Intl.DateTimeFormat>();
  function wallIn(zone: string, at: number): number {
    const clock =
      clocks.get(zone) ??
      new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
    clocks.set(zone, clock);
    return utc(clock.format(at));
  }

  /** The first instant at which the clock shows this time or, jumping over it, a later one. */
  function firstShowing(wallOf: (at: number) => number, wall: number): number {
    let at = wall - 15 * 3_600_000;
    for (const step of [3_600_000, 60_000, 1_000]) {
      while (wallOf(at) < wall) at += step;
      if (step > 1_000) at -= step;
    }
    return at;
  }
});
