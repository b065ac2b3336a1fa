import { describe, expect, it } from 'vitest';
import { inputOf } from '../../../../shared/client/cli/eventbridge/input.ts';
import { whenOf } from '../../../../shared/client/cli/eventbridge/schedule-of.ts';
import type { Task } from '../../../../shared/client/client.ts';
import { ScheduleSchema } from '../../../../shared/contract/schedule.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const when = (schedule: object) => {
  const differences: string[] = [];
  const said = whenOf(ScheduleSchema.parse(schedule) as Task['schedule'], NOW, (part) =>
    differences.push(part),
  );
  return { ...said, differences };
};

describe('a schedule in EventBridge Scheduler’s words', () => {
  it.each([
    ['0 9 * * 1-5', 'cron(0 9 ? * 2-6 *)'],
    ['0 9 * * SUN', 'cron(0 9 ? * 1 *)'],
    ['0 9 * * 5-7', 'cron(0 9 ? * 1,6,7 *)'],
    ['0 9 * * 5L', 'cron(0 9 ? * 6L *)'],
    ['0 9 * * 2#2', 'cron(0 9 ? * 3#2 *)'],
    ['0 9 L * *', 'cron(0 9 L * ? *)'],
    ['0 0 9 1,15 * *', 'cron(0 9 1,15 * ? *)'],
    ['*/15 * * * *', 'cron(*/15 * * * ? *)'],
  ])('%s is %s', (expression, theirs) => {
    expect(when({ kind: 'cron', expressions: [expression] })).toMatchObject({
      ScheduleExpression: theirs,
      differences: [],
    });
  });
  it('keeps the beat of an interval, and begins no earlier than now', () => {
    const startAt = '2026-11-01T00:00:30.000Z';
    expect(when({ kind: 'interval', seconds: 7_200, startAt })).toMatchObject({
      ScheduleExpression: 'rate(2 hours)',
      StartDate: new Date('2026-11-21T12:00:30.000Z'),
    });
  });
  it('has a window in place of jitter, and tells how changes of the clock differ', () => {
    const jittered = {
      kind: 'cron',
      expressions: ['0 9 * * *'],
      timezone: 'Europe/Paris',
      jitterSeconds: 90,
    };
    expect(when(jittered)).toMatchObject({
      FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 2 },
      differences: ['clock changes', 'jitter'],
    });
  });
  it.each([
    [{ kind: 'cron', expressions: ['0 9 * * *', '0 17 * * *'] }, 'several expressions'],
    [{ kind: 'cron', expressions: ['30 0 9 * * *'] }, 'begin with the minute'],
    [{ kind: 'cron', expressions: ['@daily'] }, 'begin with the minute'],
    [{ kind: 'cron', expressions: ['0 9 1 * 1'] }, 'either day matches here'],
    [{ kind: 'cron', expressions: ['0 9 * * *'], calendars: [{ id: 'holidays' }] }, 'no calendars'],
    [{ kind: 'interval', seconds: 90 }, 'whole minutes'],
    [{ kind: 'rrule', rule: 'FREQ=DAILY' }, 'no recurrence rules'],
    [{ kind: 'once', at: '2026-11-21T11:00:00Z' }, 'has passed'],
    [{ kind: 'now' }, 'never runs again'],
  ])('that it cannot say, %j, is refused with the reason', (schedule, words) => {
    expect(() => when(schedule)).toThrow(words);
  });
});

describe('a payload as input', () => {
  it('has context attributes in place of the templates that mean them', () => {
    expect(inputOf({ at: "{{ $substring(run.scheduledAt, 0, 19) & 'Z' }}", n: '{{ run.attempt }}' })).toBe(
      '{"at":"<aws.scheduler.scheduled-time>","n":"<aws.scheduler.attempt-number>"}',
    );
    expect(() => inputOf({ x: '{{ previous.result }}' })).toThrow('templates');
  });
});
