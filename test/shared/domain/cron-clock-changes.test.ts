import { Cron } from 'croner';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { occurrences } from '../../../shared/domain/next-occurrence.ts';
import { hourField, minuteField, zone } from '../../support/cron-text.ts';
import { cron, utc } from '../../support/schedules.ts';

const MINUTE = 60_000;
const short = (at: number) => new Date(at).toISOString().slice(0, 16).replace('T', ' ');
const firstFew = (expression: string, timezone: string, from: string, count: number) =>
  occurrences(cron(expression, timezone), utc(from), count).map(short);

/** Expected instants are UTC, worked out by hand from the zones' published changes. */
describe('a local time that the clock jumps over', () => {
  it.each([
    // Paris, 2026-03-29: 02:00 → 03:00 local, at 01:00 UTC
    ['Europe/Paris', '30 2 * * *', '2026-03-28 20:00', ['2026-03-29 01:00', '2026-03-30 00:30']],
    ['Europe/Paris', '0 2 * * *', '2026-03-28 20:00', ['2026-03-29 01:00', '2026-03-30 00:00']],
    ['Europe/Paris', '59 2 29 3 *', '2026-03-28 20:00', ['2026-03-29 01:00', '2027-03-29 00:59']],
    // New York, 2026-03-08: 02:00 → 03:00 local, at 07:00 UTC
    ['America/New_York', '30 2 * * *', '2026-03-08 00:00', ['2026-03-08 07:00', '2026-03-09 06:30']],
    // Sydney, 2026-10-04: 02:00 → 03:00 local, at 16:00 UTC the day before
    ['Australia/Sydney', '15 2 * * *', '2026-10-03 10:00', ['2026-10-03 16:00', '2026-10-04 15:15']],
    // Lord Howe, 2026-10-04: 02:00 → 02:30 local, at 15:30 UTC
    ['Australia/Lord_Howe', '15 2 * * *', '2026-10-03 10:00', ['2026-10-03 15:30', '2026-10-04 15:15']],
    // Casablanca, end of Ramadan 2026-03-22: 02:00 → 03:00 local, at 02:00 UTC
    ['Africa/Casablanca', '30 2 * * *', '2026-03-21 20:00', ['2026-03-22 02:00', '2026-03-23 01:30']],
    // Santiago, 2026-09-06: 00:00 → 01:00 local, at 04:00 UTC: the day has no midnight
    ['America/Santiago', '0 0 * * *', '2026-09-05 10:00', ['2026-09-06 04:00', '2026-09-07 03:00']],
    ['America/Santiago', '@weekly', '2026-09-05 10:00', ['2026-09-06 04:00', '2026-09-13 03:00']],
    // Apia had no 2011-12-30: at 10:00 UTC the clock went from the end of the 29th to the 31st
    ['Pacific/Apia', '0 9 30 12 *', '2011-12-29 12:00', ['2011-12-30 10:00', '2012-12-29 19:00']],
  ])('runs at the jump: %s, %s', (timezone, expression, from, expected) => {
    expect(firstFew(expression, timezone, from, expected.length)).toEqual(expected);
  });

  it('runs once at the jump when several such times are lost', () => {
    expect(firstFew('*/20 2 * * *', 'Europe/Paris', '2026-03-28 20:00', 2)).toEqual([
      '2026-03-29 01:00',
      '2026-03-30 00:00',
    ]);
  });

  it('does not run twice when the jump itself is a time of the rule', () => {
    expect(firstFew('0,30 2,3 * * *', 'Europe/Paris', '2026-03-28 20:00', 3)).toEqual([
      '2026-03-29 01:00',
      '2026-03-29 01:30',
      '2026-03-30 00:00',
    ]);
  });

  it('is found when the search begins exactly at the jump, and not after it', () => {
    const [atJump] = occurrences(cron('30 2 * * *', 'Europe/Paris'), utc('2026-03-29 01:00'), 1);
    const [afterJump] = occurrences(cron('30 2 * * *', 'Europe/Paris'), utc('2026-03-29 01:00') + 1, 1);
    expect([short(atJump ?? 0), short(afterJump ?? 0)]).toEqual(['2026-03-29 01:00', '2026-03-30 00:30']);
  });

  it('adds nothing to a rule of all hours', () => {
    expect(firstFew('7 * * * *', 'Europe/Paris', '2026-03-29 00:00', 3)).toEqual([
      '2026-03-29 00:07',
      '2026-03-29 01:07',
      '2026-03-29 02:07',
    ]);
  });
});

describe('a local time that the clock shows twice', () => {
  it.each([
    // Paris, 2026-10-25: 03:00 → 02:00 local, at 01:00 UTC
    ['Europe/Paris', '30 2 * * *', '2026-10-24 20:00', ['2026-10-25 00:30', '2026-10-26 01:30']],
    ['Europe/Paris', '0 3 * * *', '2026-10-24 20:00', ['2026-10-25 02:00', '2026-10-26 02:00']],
    // New York, 2026-11-01: 02:00 → 01:00 local, at 06:00 UTC
    ['America/New_York', '0 1 * * *', '2026-11-01 00:00', ['2026-11-01 05:00', '2026-11-02 06:00']],
    // Sydney, 2026-04-05: 03:00 → 02:00 local, at 16:00 UTC the day before
    ['Australia/Sydney', '30 2 * * *', '2026-04-04 10:00', ['2026-04-04 15:30', '2026-04-05 16:30']],
    // Lord Howe, 2026-04-05: 02:00 → 01:30 local, at 15:00 UTC the day before
    ['Australia/Lord_Howe', '45 1 * * *', '2026-04-04 10:00', ['2026-04-04 14:45', '2026-04-05 15:15']],
    // Casablanca, start of Ramadan 2026-02-15: 03:00 → 02:00 local, at 02:00 UTC
    ['Africa/Casablanca', '30 2 * * *', '2026-02-14 20:00', ['2026-02-15 01:30', '2026-02-16 02:30']],
    // Santiago, 2026-04-05: 00:00 → 23:00 of the day before, at 03:00 UTC
    ['America/Santiago', '30 23 * * *', '2026-04-04 10:00', ['2026-04-05 02:30', '2026-04-06 03:30']],
  ])('runs the first time only: %s, %s', (timezone, expression, from, expected) => {
    expect(firstFew(expression, timezone, from, expected.length)).toEqual(expected);
  });

  it('does not run when the search begins between the two', () => {
    expect(firstFew('30 2 * * *', 'Europe/Paris', '2026-10-25 01:10', 1)).toEqual(['2026-10-26 01:30']);
  });

  it('runs both times under a rule of all hours: every 30 minutes stays every 30 minutes', () => {
    expect(firstFew('*/30 * * * *', 'Europe/Paris', '2026-10-25 00:00', 6)).toEqual([
      '2026-10-25 00:00',
      '2026-10-25 00:30',
      '2026-10-25 01:00',
      '2026-10-25 01:30',
      '2026-10-25 02:00',
      '2026-10-25 02:30',
    ]);
    expect(firstFew('0 0-23 25 10 *', 'Europe/Paris', '2026-10-25 00:00', 3)).toEqual([
      '2026-10-25 00:00',
      '2026-10-25 01:00',
      '2026-10-25 02:00',
    ]);
  });
});

describe('a search over months and years', () => {
  it('finds the next 29 February, and the next that is a Monday, forty years on over 2100', () => {
    expect(firstFew('0 0 29 2 *', 'Europe/Paris', '2097-01-01 00:00', 1)).toEqual(['2104-02-28 23:00']);
    expect(firstFew('0 0 * 2 1#5', 'UTC', '2026-01-01 00:00', 3)).toEqual([
      '2044-02-29 00:00',
      '2072-02-29 00:00',
      '2112-02-29 00:00',
    ]);
  });

  it('does not overlook a clock change at its end', () => {
    expect(firstFew('30 2 29 3 *', 'Europe/Paris', '2025-06-01 00:00', 1)).toEqual(['2026-03-29 01:00']);
    expect(firstFew('30 2 25 10 *', 'Europe/Paris', '2025-11-01 00:00', 1)).toEqual(['2026-10-25 00:30']);
  });

  it('does not overlook one at its beginning, wherever it begins', () => {
    // Santiago: the last hour of 4 April 2026 comes twice; then the rule is silent for a year.
    const end = utc('2026-04-05 03:30');
    for (let from = end - 5 * 24 * 60 * MINUTE; from <= end; from += 10 * MINUTE) {
      const found = occurrences(cron('30 * 4 4 *', 'America/Santiago'), from, 30).filter((at) => at <= end);
      const expected = ['2026-04-05 01:30', '2026-04-05 02:30', '2026-04-05 03:30'];
      expect(found.slice(-3).map(short)).toEqual(expected.filter((text) => utc(text) >= from));
    }
  });
});

describe('agreement with other implementations', () => {
  const instant = fc.integer({
    min: utc('2000-01-01 00:00') / MINUTE,
    max: utc('2038-01-01 00:00') / MINUTE,
  });

  it('equals croner for one fixed local time a day', () => {
    const times = fc.tuple(fc.integer({ min: 0, max: 59 }), fc.integer({ min: 0, max: 23 }));
    // Croner knows no lost days, so Apia is left to the table above.
    const zones = zone.filter((name) => name !== 'Pacific/Apia');
    fc.assert(
      fc.property(times, zones, instant, ([minute, hour], timezone, at) => {
        const expression = `${minute} ${hour} * * *`;
        const from = at * MINUTE;
        const theirs = new Cron(expression, { timezone })
          .nextRuns(2, new Date(from))
          .map((run) => run.getTime());
        expect(occurrences(cron(expression, timezone), from + 1, 2)).toEqual(theirs);
      }),
      { numRuns: 150 },
    );
  });

  it('equals the rule of the contract applied minute by minute to the clock on the wall', () => {
    const rules = fc.tuple(minuteField, hourField);
    const changes = fc.constantFrom(...CHANGES);
    fc.assert(
      fc.property(
        rules,
        changes,
        fc.integer({ min: -36 * 60, max: 60 }),
        ([minutes, hours], change, shift) => {
          const from = utc(change[1]) + shift * MINUTE;
          const until = from + 2 * 24 * 60 * MINUTE;
          const ours: number[] = [];
          for (const at of occurrences(cron(`${minutes} ${hours} * * *`, change[0]), from, 3_000)) {
            if (at >= until) break;
            ours.push(at);
          }
          expect(ours.map(short)).toEqual(byTheMinute(minutes, hours, change[0], from, until).map(short));
        },
      ),
      { numRuns: 150 },
    );
  });
});

const CHANGES: [string, string][] = [
  ['Europe/Paris', '2026-03-29 01:00'],
  ['Europe/Paris', '2026-10-25 01:00'],
  ['America/Santiago', '2026-04-05 03:00'],
  ['America/Santiago', '2026-09-06 04:00'],
  ['Australia/Lord_Howe', '2026-04-04 15:00'],
  ['Australia/Lord_Howe', '2026-10-03 15:30'],
  ['Antarctica/Troll', '2026-03-29 01:00'],
  ['Antarctica/Troll', '2026-10-25 01:00'],
  ['Antarctica/Casey', '2020-03-07 16:00'],
  ['Pacific/Apia', '2011-12-30 10:00'],
  ['Asia/Pyongyang', '2015-08-14 15:00'],
  ['Asia/Kolkata', '2026-01-01 00:00'],
];

/** The contract, naively: look at the clock at every minute, remember what it has shown. */
function byTheMinute(
  minutes: string,
  hours: string,
  timezone: string,
  from: number,
  until: number,
): number[] {
  const clock = new Intl.DateTimeFormat('sv-SE', {
    timeZone: timezone,
    dateStyle: 'short',
    timeStyle: 'short',
  });
  const wallAt = (at: number) => utc(clock.format(at));
  const matches = (wall: number) => {
    const date = new Date(wall);
    return covers(minutes, date.getUTCMinutes(), 59) && covers(hours, date.getUTCHours(), 23);
  };
  const everyHour = Array.from({ length: 24 }, (_, hour) => hour).every((hour) => covers(hours, hour, 23));
  const found: number[] = [];
  let previous = wallAt(from - 8 * 60 * MINUTE - MINUTE);
  let highest = previous;
  for (let at = from - 8 * 60 * MINUTE; at < until; at += MINUTE) {
    const wall = wallAt(at);
    let due = matches(wall) && (everyHour || wall > highest);
    for (let lost = previous + MINUTE; lost < wall && !everyHour; lost += MINUTE) due ||= matches(lost);
    if (due && at >= from) found.push(at);
    previous = wall;
    highest = Math.max(highest, wall);
  }
  return found;
}

function covers(field: string, value: number, max: number): boolean {
  return field.split(',').some((item) => {
    const [range = '', step = '1'] = item.split('/');
    const [low = 0, high = low] = range === '*' ? [0, max] : range.split('-').map(Number);
    return value >= low && value <= high && (value - low) % Number(step) === 0;
  });
}
