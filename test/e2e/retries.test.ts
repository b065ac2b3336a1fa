import { describe, expect } from 'vitest';
import type { Run } from '../support/documents.ts';
import { it, ms } from './target.ts';

const NOW = { kind: 'now' };
const quick = { strategy: 'fixed', baseSeconds: 1, maxSeconds: 1 };

describe.concurrent('failed attempts', () => {
  it('are retried with growing gaps until one succeeds', async ({ world }) => {
    const task = await world.task({
      handler: 'demo.fail',
      payload: { times: 2 },
      schedule: NOW,
      retry: { strategy: 'exponential', limit: 5, baseSeconds: 1, maxSeconds: 60, jitter: 'none' },
    });
    const [run] = await world.ended(task.id, 1, 30_000);
    expect(run).toMatchObject({ status: 'success', attempt: 3, maxAttempts: 6, result: { attempt: 3 } });
    expect(run?.attempts.map(({ attempt, status }) => [attempt, status])).toEqual([
      [1, 'failed'],
      [2, 'failed'],
      [3, 'success'],
    ]);
    expect(run?.attempts[0]).toMatchObject({
      errorType: 'Error',
      errorMessage: expect.stringContaining('fails'),
    });
    const [first = 0, second = 0] = gapsMs(run);
    expect(first).toBeGreaterThanOrEqual(1_000);
    expect(second).toBeGreaterThanOrEqual(2_000);
  });

  it('wait ever longer by base under the linear strategy', async ({ world }) => {
    const task = await world.task({
      handler: 'demo.fail',
      payload: { times: 2 },
      schedule: NOW,
      retry: { strategy: 'linear', limit: 2, baseSeconds: 1, maxSeconds: 60, jitter: 'none' },
    });
    const [run] = await world.ended(task.id, 1, 30_000);
    expect(run).toMatchObject({ status: 'success', attempt: 3 });
    const [first = 0, second = 0] = gapsMs(run);
    expect(first).toBeGreaterThanOrEqual(1_000);
    expect(second).toBeGreaterThanOrEqual(2_000);
  });

  it('end dead when the limit is reached', async ({ world }) => {
    const task = await world.task({
      handler: 'demo.fail',
      payload: { message: 'no luck' },
      schedule: NOW,
      retry: { ...quick, limit: 2 },
    });
    const [run] = await world.ended(task.id, 1, 30_000);
    expect(run).toMatchObject({
      status: 'dead',
      reason: 'exhausted',
      attempt: 3,
      maxAttempts: 3,
      errorMessage: 'no luck',
      nextAttemptAt: null,
    });
    expect(run?.attempts.map(({ status }) => status)).toEqual(['failed', 'failed', 'failed']);
  });

  it('are not retried when the policy allows none', async ({ world }) => {
    const task = await world.task({ handler: 'demo.fail', schedule: NOW, retry: { limit: 0 } });
    const [run] = await world.ended(task.id);
    expect(run).toMatchObject({ status: 'dead', attempt: 1, maxAttempts: 1 });
  });

  it('are not retried when the handler says that it makes no sense', async ({ world }) => {
    const task = await world.task({
      handler: 'demo.fail',
      payload: { nonRetryable: true },
      schedule: NOW,
      retry: { ...quick, limit: 5 },
    });
    const [run] = await world.ended(task.id);
    expect(run).toMatchObject({ status: 'dead', reason: 'nonRetryable', attempt: 1, maxAttempts: 6 });
  });

  it('wait as long as the handler asks for', async ({ world }) => {
    const task = await world.task({
      handler: 'demo.fail',
      payload: { times: 1, retryAfterSeconds: 4 },
      schedule: NOW,
      retry: { ...quick, limit: 1 },
    });
    const [run] = await world.ended(task.id, 1, 30_000);
    expect(run).toMatchObject({ status: 'success', attempt: 2 });
    expect(gapsMs(run)[0]).toBeGreaterThanOrEqual(4_000);
  });

  it('count when a handler takes more than its time', async ({ world }) => {
    const task = await world.task({
      handler: 'demo.sleep',
      payload: { seconds: 30 },
      schedule: NOW,
      timeoutSeconds: 1,
      retry: { ...quick, limit: 1 },
    });
    const [run] = await world.ended(task.id, 1, 40_000);
    expect(run).toMatchObject({ status: 'dead', reason: 'timedOut', attempt: 2 });
    expect(run?.attempts).toHaveLength(2);
    for (const attempt of run?.attempts ?? []) {
      const tookMs = ms(attempt.finishedAt) - ms(attempt.startedAt);
      expect(tookMs).toBeGreaterThanOrEqual(1_000);
      expect(tookMs).toBeLessThan(10_000);
    }
  });

  it('are counted anew when somebody retries a dead run', async ({ world }) => {
    const task = await world.task({
      handler: 'demo.fail',
      payload: { times: 2 },
      schedule: NOW,
      retry: { ...quick, limit: 0 },
    });
    const [dead] = await world.ended(task.id);
    expect(dead).toMatchObject({ status: 'dead', attempt: 1 });
    const again = await world.must(202, 'POST', `/v1/executions/${dead?.id}/retry`);
    expect(again).toMatchObject({ id: dead?.id, maxAttempts: 2 });
    expect(await world.reached(dead?.id ?? '', 'dead')).toMatchObject({ attempt: 2 });
    await world.must(202, 'POST', `/v1/executions/${dead?.id}/retry`);
    const run = await world.reached(dead?.id ?? '', 'success');
    expect(run).toMatchObject({ id: dead?.id, attempt: 3, idempotencyKey: dead?.idempotencyKey });
    expect(await world.runs(task.id)).toHaveLength(1);
  });
});

/** From the end of each attempt to the start of the next. */
function gapsMs(run: Run | undefined): number[] {
  const attempts = run?.attempts ?? [];
  return attempts.slice(1).map((next, index) => ms(next.startedAt) - ms(attempts[index]?.finishedAt));
}
