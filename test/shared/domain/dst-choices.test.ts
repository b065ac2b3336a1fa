import { describe, expect, it } from 'vitest';
import { occurrences } from '../../../shared/domain/next-occurrence.ts';
import type { DstRule } from '../../../shared/domain/schedule.ts';
import { cron, utc } from '../../support/schedules.ts';

const short = (at: number) => new Date(at).toISOString().slice(0, 16).replace('T', ' ');
const between = (expression: string, zone: string, dst: DstRule, [from, to]: [string, string]) =>
  occurrences(cron(expression, zone, { dst }), utc(from), 100)
    .filter((at) => at < utc(to))
    .map(short);

const SHIFT: DstRule = { gap: 'shift', repeat: 'first' };
const SKIP: DstRule = { gap: 'skip', repeat: 'first' };
const BOTH: DstRule = { gap: 'shift', repeat: 'both' };

interface Transition {
  what: string;
  zone: string;
  expression: string;
  window: [string, string];
  /** Expected instants, UTC, worked out by hand from the zones' published changes. */
  either: [string[], string[]];
}

const gaps: Transition[] = [
  {
    what: 'Paris, 2026-03-29, 02:00 → 03:00 at 01:00 UTC',
    zone: 'Europe/Paris',
    expression: '30 2 * * *',
    window: ['2026-03-28 00:00', '2026-03-31 00:00'],
    either: [
      ['2026-03-28 01:30', '2026-03-29 01:00', '2026-03-30 00:30'],
      ['2026-03-28 01:30', '2026-03-30 00:30'],
    ],
  },
  {
    what: 'Paris: several times of one gap',
    zone: 'Europe/Paris',
    expression: '*/20 1-3 29 3 *',
    window: ['2026-03-28 00:00', '2026-03-31 00:00'],
    either: [
      [
        '2026-03-29 00:00',
        '2026-03-29 00:20',
        '2026-03-29 00:40',
        '2026-03-29 01:00',
        '2026-03-29 01:20',
        '2026-03-29 01:40',
      ],
      [
        '2026-03-29 00:00',
        '2026-03-29 00:20',
        '2026-03-29 00:40',
        '2026-03-29 01:00',
        '2026-03-29 01:20',
        '2026-03-29 01:40',
      ],
    ],
  },
  {
    what: 'New York, 2026-03-08, 02:00 → 03:00 at 07:00 UTC',
    zone: 'America/New_York',
    expression: '15,45 2 * * *',
    window: ['2026-03-07 12:00', '2026-03-09 12:00'],
    either: [
      ['2026-03-08 07:00', '2026-03-09 06:15', '2026-03-09 06:45'],
      ['2026-03-09 06:15', '2026-03-09 06:45'],
    ],
  },
  {
    what: 'Lord Howe, 2026-10-04, 02:00 → 02:30 at 15:30 UTC the day before: half an hour',
    zone: 'Australia/Lord_Howe',
    expression: '0,15,30 2 * * *',
    window: ['2026-10-03 12:00', '2026-10-04 16:00'],
    either: [
      ['2026-10-03 15:30', '2026-10-04 15:00', '2026-10-04 15:15', '2026-10-04 15:30'],
      ['2026-10-03 15:30', '2026-10-04 15:00', '2026-10-04 15:15', '2026-10-04 15:30'],
    ],
  },
  {
    what: 'Lord Howe: only times of the lost half hour',
    zone: 'Australia/Lord_Howe',
    expression: '10 2 * * *',
    window: ['2026-10-03 12:00', '2026-10-04 16:00'],
    either: [['2026-10-03 15:30', '2026-10-04 15:10'], ['2026-10-04 15:10']],
  },
  {
    what: 'Casablanca, end of Ramadan 2026-03-22, 02:00 → 03:00 at 02:00 UTC',
    zone: 'Africa/Casablanca',
    expression: '30 2 * * *',
    window: ['2026-03-21 12:00', '2026-03-23 12:00'],
    either: [['2026-03-22 02:00', '2026-03-23 01:30'], ['2026-03-23 01:30']],
  },
  {
    what: 'Apia had no 2011-12-30: the clock jumped a whole day at 10:00 UTC',
    zone: 'Pacific/Apia',
    expression: '0 9 * * *',
    window: ['2011-12-29 00:00', '2012-01-01 00:00'],
    either: [
      ['2011-12-29 19:00', '2011-12-30 10:00', '2011-12-30 19:00', '2011-12-31 19:00'],
      ['2011-12-29 19:00', '2011-12-30 19:00', '2011-12-31 19:00'],
    ],
  },
  {
    what: 'Tehran in its past, 2022-03-22, 00:00 → 01:00 at 20:30 UTC the day before',
    zone: 'Asia/Tehran',
    expression: '0 0 * * *',
    window: ['2022-03-20 12:00', '2022-03-23 00:00'],
    either: [
      ['2022-03-20 20:30', '2022-03-21 20:30', '2022-03-22 19:30'],
      ['2022-03-20 20:30', '2022-03-22 19:30'],
    ],
  },
  {
    what: 'Tehran since 2023 changes no more',
    zone: 'Asia/Tehran',
    expression: '0 0 * * *',
    window: ['2026-03-20 12:00', '2026-03-23 00:00'],
    either: [
      ['2026-03-20 20:30', '2026-03-21 20:30', '2026-03-22 20:30'],
      ['2026-03-20 20:30', '2026-03-21 20:30', '2026-03-22 20:30'],
    ],
  },
];

describe('a local time that does not exist', () => {
  it.each(gaps)('$what: shift runs it at the jump, skip leaves it out', (row) => {
    expect(between(row.expression, row.zone, SHIFT, row.window)).toEqual(row.either[0]);
    expect(between(row.expression, row.zone, SKIP, row.window)).toEqual(row.either[1]);
  });
});

const repeats: Transition[] = [
  {
    what: 'Paris, 2026-10-25, 03:00 → 02:00 at 01:00 UTC',
    zone: 'Europe/Paris',
    expression: '30 2 * * *',
    window: ['2026-10-24 12:00', '2026-10-26 12:00'],
    either: [
      ['2026-10-25 00:30', '2026-10-26 01:30'],
      ['2026-10-25 00:30', '2026-10-25 01:30', '2026-10-26 01:30'],
    ],
  },
  {
    what: 'Paris: the end of the repeated hour comes once, its beginning twice',
    zone: 'Europe/Paris',
    expression: '0 2,3 25 10 *',
    window: ['2026-10-24 12:00', '2026-10-26 12:00'],
    either: [
      ['2026-10-25 00:00', '2026-10-25 02:00'],
      ['2026-10-25 00:00', '2026-10-25 01:00', '2026-10-25 02:00'],
    ],
  },
  {
    what: 'New York, 2026-11-01, 02:00 → 01:00 at 06:00 UTC',
    zone: 'America/New_York',
    expression: '0,30 1 * * *',
    window: ['2026-11-01 00:00', '2026-11-02 06:15'],
    either: [
      ['2026-11-01 05:00', '2026-11-01 05:30', '2026-11-02 06:00'],
      ['2026-11-01 05:00', '2026-11-01 05:30', '2026-11-01 06:00', '2026-11-01 06:30', '2026-11-02 06:00'],
    ],
  },
  {
    what: 'Lord Howe, 2026-04-05, 02:00 → 01:30 at 15:00 UTC the day before: half an hour',
    zone: 'Australia/Lord_Howe',
    expression: '15,45 1 * * *',
    window: ['2026-04-04 12:00', '2026-04-05 15:00'],
    either: [
      ['2026-04-04 14:15', '2026-04-04 14:45', '2026-04-05 14:45'],
      ['2026-04-04 14:15', '2026-04-04 14:45', '2026-04-04 15:15', '2026-04-05 14:45'],
    ],
  },
  {
    what: 'Casablanca, start of Ramadan 2026-02-15, 03:00 → 02:00 at 02:00 UTC',
    zone: 'Africa/Casablanca',
    expression: '30 2 * * *',
    window: ['2026-02-14 12:00', '2026-02-16 12:00'],
    either: [
      ['2026-02-15 01:30', '2026-02-16 02:30'],
      ['2026-02-15 01:30', '2026-02-15 02:30', '2026-02-16 02:30'],
    ],
  },
  {
    what: 'Tehran in its past, 2022-09-22, 00:00 → 23:00 of the day before at 19:30 UTC',
    zone: 'Asia/Tehran',
    expression: '30 23 * * *',
    window: ['2022-09-20 12:00', '2022-09-23 12:00'],
    either: [
      ['2022-09-20 19:00', '2022-09-21 19:00', '2022-09-22 20:00'],
      ['2022-09-20 19:00', '2022-09-21 19:00', '2022-09-21 20:00', '2022-09-22 20:00'],
    ],
  },
];

describe('a local time that comes twice', () => {
  it.each(repeats)('$what: first runs it the first time, both runs it each time', (row) => {
    expect(between(row.expression, row.zone, SHIFT, row.window)).toEqual(row.either[0]);
    expect(between(row.expression, row.zone, BOTH, row.window)).toEqual(row.either[1]);
  });

  it('is found again when the search begins between its two times', () => {
    const twice = cron('30 2 * * *', 'Europe/Paris', { dst: BOTH });
    expect(occurrences(twice, utc('2026-10-25 00:31'), 1).map(short)).toEqual(['2026-10-25 01:30']);
  });
});

it('a rhythm is the same under every choice', () => {
  for (const window of [
    ['2026-03-29 00:00', '2026-03-29 03:00'],
    ['2026-10-25 00:00', '2026-10-25 03:00'],
  ] as [string, string][]) {
    const found = [SHIFT, SKIP, BOTH].map((dst) => between('*/30 * * * *', 'Europe/Paris', dst, window));
    expect(found[0]).toHaveLength(6);
    expect(found[1]).toEqual(found[0]);
    expect(found[2]).toEqual(found[0]);
  }
});
