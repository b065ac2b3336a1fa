import { CronExpressionParser } from 'cron-parser';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCron } from '../../../shared/domain/cron-expression.ts';
import { occurrences } from '../../../shared/domain/next-occurrence.ts';
import { cronText } from '../../support/cron-text.ts';
import { cron, utc } from '../../support/schedules.ts';

const messageOf = (expression: string) => {
  const parse = parseCron(expression);
  return parse.ok ? 'accepted' : parse.message;
};

describe('parseCron', () => {
  it.each([
    ['61 * * * *', /^minute "61": .*expected range 0-59/],
    ['* 24 * * *', /^hour "24": .*expected range 0-23/],
    ['0 9 32 * *', /^day of month "32"/],
    ['0 9 * 13 *', /^month "13"/],
    ['0 9 * FOO *', /^month "FOO": .*alias "foo"/],
    ['0 9 * * 8', /^day of week "8"/],
    ['0 9 * * 1#6', /^day of week "1#6"/],
    ['60 * * * * *', /^second "60"/],
    ['0 9 15W * *', /^day of month "15W"/],
    ['30-10 * * * *', /^minute "30-10": Invalid range/],
    ['*/0 * * * *', /^minute "\*\/0"/],
    ['a b c d e', /^minute "a"/],
  ])('names the field that is wrong in %s', (expression, message) => {
    expect(messageOf(expression)).toMatch(message);
  });

  it.each([
    ['', 'expected 5 fields, or 6 with seconds first, got 0'],
    ['   ', 'expected 5 fields, or 6 with seconds first, got 0'],
    ['* * * *', 'expected 5 fields, or 6 with seconds first, got 4'],
    ['* * * * * * 2027', 'expected 5 fields, or 6 with seconds first, got 7'],
  ])('refuses %j, which cron-parser would complete or misread', (expression, message) => {
    expect(messageOf(expression)).toBe(message);
  });

  it('lists the names it knows when one is unknown', () => {
    expect(messageOf('@reboot')).toMatch(/^unknown name "@reboot": use one of @yearly, .*@daily/);
    expect(messageOf('valueOf')).toMatch(/^expected 5 fields/);
  });

  it('refuses H, which would be drawn anew on every reading', () => {
    expect(messageOf('H * * * *')).toMatch(/jitterSeconds/);
    expect(messageOf('0 H(1-5) * * *')).toMatch(/jitterSeconds/);
    expect(messageOf('0 9 * * THU')).toBe('accepted');
  });

  it.each(['0 0 30 2 *', '0 0 31 4,6,9,11 *', '0 0 30,31 FEB *'])(
    'refuses %s: no such date exists',
    (expression) => {
      const began = performance.now();
      expect(messageOf(expression)).toMatch(/^no date ever matches/);
      expect(performance.now() - began).toBeLessThan(1_000);
    },
  );

  it('accepts a date that exists only in leap years', () => {
    expect(messageOf('0 0 29 2 *')).toBe('accepted');
  });

  it.each([
    '@yearly',
    '@annually',
    '@monthly',
    '@weekly',
    '@daily',
    '@hourly',
    '@minutely',
    '@secondly',
    '@weekdays',
    '@weekends',
  ])('reads %s as cron-parser does', (name) => {
    const from = utc('2026-01-01 00:00');
    expect(occurrences(cron(name), from + 1, 5)).toEqual(takeFromCronParser(name, from, 5));
  });

  it('answers any text with a rule or a message', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'*/,-#L?0159 @HWmon') })),
        (text) => {
          const parse = parseCron(text);
          expect(parse.ok || parse.message.length > 0).toBe(true);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('reads every expression as cron-parser does, where no clock changes', () => {
    const instant = fc.integer({ min: utc('2000-01-01 00:00') / 1000, max: utc('2050-01-01 00:00') / 1000 });
    fc.assert(
      fc.property(cronText, instant, (text, second) => {
        const from = second * 1_000;
        expect(occurrences(cron(text), from + 1, 4)).toEqual(takeFromCronParser(text, from, 4));
      }),
      { numRuns: 1_000 },
    );
  });
});

function takeFromCronParser(text: string, afterMs: number, count: number): number[] {
  const expression = CronExpressionParser.parse(text, { tz: 'UTC', currentDate: new Date(afterMs) });
  return Array.from({ length: count }, () => expression.next().getTime());
}
