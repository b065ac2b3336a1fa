import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Schedule } from '../../../shared/domain/schedule.ts';
import { describeSchedule } from '../../../shared/domain/schedule-description.ts';
import { cronText } from '../../support/cron-text.ts';
import { cron, every, utc } from '../../support/schedules.ts';

const NOON = utc('2026-06-01 12:00');

const rrule = (rule: string, timezone: string): Schedule => ({
  kind: 'rrule',
  rule,
  timezone,
  startAt: NOON,
  jitterSeconds: 0,
  jitterOffsetMs: 0,
});

describe('describeSchedule', () => {
  it.each<[string, Schedule]>([
    ['At 09:00, Monday through Friday (Europe/Paris)', cron('0 9 * * 1-5', 'Europe/Paris')],
    ['At 00:00 (UTC)', cron('@daily')],
    ['Every 15 minutes; and At 18:30, only on Sunday (UTC)', cron(['*/15 * * * *', '30 18 * * 0'])],
    ['At 00:00, on the last day of the month (UTC)', cron('0 0 L * *')],
    ['At 08:00, on the last Friday of the month (UTC)', cron('0 8 * * 5L')],
    ['At 08:00, on the second Monday of the month (UTC)', cron('0 8 * * 1#2')],
    ['Every 5 seconds (UTC)', cron('*/5 * * * * *')],
    [
      'At 09:00 (UTC), delayed by up to 1 minute 30 seconds, from 2026-06-01T12:00:00Z, until 2026-06-01T12:00:00.500Z',
      cron('0 9 * * *', 'UTC', { jitterSeconds: 90, startAt: NOON, endAt: NOON + 500 }),
    ],
    [
      'Every month on last Friday at 5 PM (Europe/Paris), from 2026-06-01T12:00:00Z',
      rrule('FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=17;BYMINUTE=0', 'Europe/Paris'),
    ],
    [
      'Every 2 weeks on Monday and Wednesday at 2 PM, 3 times (Europe/Paris), from 2026-06-01T12:00:00Z',
      rrule('FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;COUNT=3', 'Europe/Paris'),
    ],
    [
      'Every day at 12 PM, last at 2026-06-30T23:59:59 (UTC), from 2026-06-01T12:00:00Z',
      rrule('FREQ=DAILY;UNTIL=20260630', 'UTC'),
    ],
    [
      'At 09:00 (UTC), skipped on days of holidays and strikes, moved to the next open day from days of weekend',
      {
        ...cron('0 9 * * *'),
        calendars: [
          { id: 'holidays', mode: 'skip' },
          { id: 'weekend', mode: 'shift' },
          { id: 'strikes', mode: 'skip' },
        ],
      },
    ],
    ['Every 30 seconds, from 2026-06-01T12:00:00Z', every(30, NOON)],
    ['Every 1 day 1 hour 1 minute, from 2026-06-01T12:00:00Z', every(90_060, NOON)],
    ['Once, at 2026-06-01T12:00:00Z', { kind: 'once', at: NOON }],
    ['Once, immediately', { kind: 'now', at: NOON }],
  ])('%s', (text, schedule) => {
    expect(describeSchedule(schedule)).toBe(text);
  });

  it('says something of every expression that is accepted', () => {
    fc.assert(
      fc.property(cronText, (text) => {
        expect(describeSchedule(cron(text))).toMatch(/^(?!Cron )\S.* \(UTC\)$/);
      }),
    );
  });
});
