import { describe, expect, it } from 'vitest';
import { parseScheduleExpression } from '../../../infra/local/schedule-expression.ts';

const matches = (expression: string, at: string) =>
  parseScheduleExpression(expression, 'Rule')(Date.parse(at));

describe('schedule expressions of EventBridge', () => {
  it.each<[string, string, boolean]>([
    ['cron(* * * * ? *)', '2026-11-21T09:05:00Z', true],
    ['cron(0/15 9-17 ? * MON-FRI *)', '2026-11-20T17:45:00Z', true], // a Friday
    ['cron(0/15 9-17 ? * MON-FRI *)', '2026-11-20T17:46:00Z', false],
    ['cron(0/15 9-17 ? * MON-FRI *)', '2026-11-21T17:45:00Z', false], // a Saturday
    ['cron(30 0 1 JAN,7 ? 2026-2027)', '2026-07-01T00:30:00Z', true],
    ['cron(30 0 1 JAN,7 ? 2026-2027)', '2028-07-01T00:30:00Z', false],
    ['cron(0 0 ? * 1 *)', '2026-11-22T00:00:00Z', true], // 1 is Sunday
    ['rate(1 minute)', '2026-11-21T09:05:00Z', true],
    ['rate(5 minutes)', '2026-11-21T09:05:00Z', true],
    ['rate(5 minutes)', '2026-11-21T09:06:00Z', false],
    ['rate(1 day)', '2026-11-21T00:00:00Z', true],
  ])('%s at %s: %s', (expression, at, expected) => {
    expect(matches(expression, at)).toBe(expected);
  });

  it.each([
    'at(2026-01-01T00:00:00)',
    'rate(0 minutes)',
    'cron(* * * * *)',
    'cron(60 * * * ? *)',
    'cron(* * L * ? *)',
    'cron(*/0 * * * ? *)',
    'cron(9-5 * * * ? *)',
  ])('refuses %s by name', (expression) => {
    expect(() => parseScheduleExpression(expression, 'Rule')).toThrow(/^Rule/);
  });
});
