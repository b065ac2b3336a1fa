import { describe, expect, it } from 'vitest';
import { barsOf, drawn } from '../../../functions/console/page/src/pages/runs/attempt-bars.ts';
import type { Execution } from '../../../shared/client/client.ts';

const AT = Date.parse('2026-11-21T09:00:00.000Z');
const iso = (ms: number) => new Date(AT + ms).toISOString();
const attempt = (n: number, from: number, to: number | null): Execution['attempts'][number] => ({
  attempt: n,
  status: to === null ? 'running' : 'failed',
  startedAt: iso(from),
  finishedAt: to === null ? null : iso(to),
  errorType: null,
  errorMessage: null,
  httpStatus: null,
  cause: null,
  requestId: null,
});
const run = (
  status: Execution['status'],
  attempts: Execution['attempts'],
  nextAttemptAt: string | null = null,
): Pick<Execution, 'status' | 'attempts' | 'scheduledAt' | 'nextAttemptAt'> => ({
  status,
  attempts,
  scheduledAt: iso(0),
  nextAttemptAt,
});

describe('the bars of a run', () => {
  it('begin where the attempt before ended, the first where the run was due', () => {
    const bars = barsOf(run('dead', [attempt(1, 400, 1_000), attempt(2, 3_000, 3_500)]), AT + 9_000);
    expect(
      bars.map(({ waitedFrom, beganAt, endedAt }) => [waitedFrom, beganAt, endedAt].map((at) => at - AT)),
    ).toEqual([
      [0, 400, 1_000],
      [1_000, 3_000, 3_500],
    ]);
  });

  it('reach to now while an attempt runs, and to the next one while it is waited for', () => {
    const [running] = barsOf(run('running', [attempt(1, 400, null)]), AT + 2_000);
    expect(running?.endedAt).toBe(AT + 2_000);
    const bars = barsOf(run('retrying', [attempt(1, 400, 1_000)], iso(11_000)), AT + 2_000);
    expect(bars[1]).toMatchObject({ waitedFrom: AT + 1_000, beganAt: AT + 11_000, endedAt: AT + 11_000 });
  });

  it('are none of a run that never began', () => {
    expect(barsOf(run('skipped', []), AT)).toEqual([]);
  });
});

describe('the axis of a run', () => {
  const draw = (...attempts: Execution['attempts']) => drawn(barsOf(run('dead', attempts), AT + 86_400_000));
  const whole = ({ before, waited, ran }: { before: number; waited: number; ran: number }) =>
    before + waited + ran;

  it('is in proportion, each bar where the one before ends', () => {
    const { bars, shortened } = draw(attempt(1, 0, 500), attempt(2, 750, 1_000));
    expect(shortened).toBe(false);
    expect(bars.map(({ before, waited, ran }) => [before, waited, ran])).toEqual([
      [0, 0, 50],
      [50, 25, 25],
    ]);
  });

  it('shortens a wait that would leave nothing to see, and says so', () => {
    const { bars, shortened } = draw(attempt(1, 3_600_000, 3_601_000));
    expect(shortened).toBe(true);
    expect(bars.map(({ waited, ran }) => [waited, ran])).toEqual([[50, 50]]);
  });

  it('shows what took no time, and never goes beyond its end', () => {
    const { bars } = draw(attempt(1, 0, 1_000_000), attempt(2, 1_000_000, 1_000_000));
    expect(bars[1]?.ran).toBeGreaterThan(0);
    for (const bar of bars) expect(whole(bar)).toBeLessThanOrEqual(100);
  });
});
