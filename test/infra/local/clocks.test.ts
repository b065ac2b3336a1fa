import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventOf, startClocks } from '../../../infra/local/clocks.ts';
import type { ClockPlan } from '../../../infra/local/template/plan-functions.ts';

const RULE: ClockPlan = {
  logicalId: 'Rule',
  arn: 'arn:aws:events:us-east-1:000000000000:rule/r',
  kind: 'rule',
  expression: 'cron(* * * * ? *)',
  functionId: 'Tick',
  roleArn: undefined,
  input: undefined,
};
const SCHEDULE: ClockPlan = {
  ...RULE,
  kind: 'schedule',
  functionId: 'Second',
  expression: 'rate(5 minutes)',
};

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-11-21T09:03:30.400Z') });
});
afterEach(() => {
  vi.useRealTimers();
});

function clocksOf(...plans: ClockPlan[]) {
  const fired: string[] = [];
  const minutes: number[] = [];
  const clocks = startClocks({
    plans,
    fire: (functionId) => fired.push(`${functionId} ${new Date().toISOString().slice(11, 19)}`),
    onMinute: (now) => minutes.push(now),
  });
  return { clocks, fired, minutes };
}

describe('clocks', () => {
  it('fire at the minute, each by its own expression', async () => {
    const { fired, minutes, clocks } = clocksOf(RULE, SCHEDULE);
    await vi.advanceTimersByTimeAsync(29_599);
    expect(fired).toEqual([]);
    await vi.advanceTimersByTimeAsync(60_001);
    expect(fired).toEqual(['Tick 09:04:00', 'Tick 09:05:00', 'Second 09:05:00']);
    expect(minutes).toHaveLength(2);
    clocks.stop();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(fired).toHaveLength(3);
  });

  it('fire once after a sleep of the machine, not once for each minute slept through', async () => {
    const { fired } = clocksOf(RULE);
    await vi.advanceTimersByTimeAsync(1_000);
    vi.setSystemTime(Date.parse('2026-11-21T11:00:10.000Z'));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(fired).toHaveLength(1);
  });

  it('can all be fired at once', () => {
    const { fired, clocks } = clocksOf(RULE, SCHEDULE);
    clocks.fireAll();
    expect(fired).toEqual(['Tick 09:03:30', 'Second 09:03:30']);
  });

  it('tell when the next one fires', () => {
    expect(clocksOf(SCHEDULE).clocks.nextAt()).toBe(Date.parse('2026-11-21T09:05:00.000Z'));
    expect(clocksOf().clocks.nextAt()).toBeUndefined();
  });
});

describe('the event of a clock', () => {
  const AT = Date.parse('2026-11-21T09:05:00.000Z');

  it('is the one that EventBridge sends', () => {
    expect(eventOf(RULE, AT)).toMatchObject({
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      time: '2026-11-21T09:05:00Z',
      resources: [RULE.arn],
      detail: {},
    });
  });

  it('is the input of the target, in which Scheduler fills in what it knows', () => {
    const input = '{"at":"<aws.scheduler.scheduled-time>"}';
    expect(eventOf({ ...SCHEDULE, input }, AT)).toEqual({ at: '2026-11-21T09:05:00Z' });
    expect(eventOf({ ...RULE, input: '{"a":1}' }, AT)).toEqual({ a: 1 });
  });
});
