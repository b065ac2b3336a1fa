import { describe, expect } from 'vitest';
import { it, ms } from './target.ts';

const NOW = { kind: 'now' };
const quick = { strategy: 'fixed', limit: 0, baseSeconds: 1, maxSeconds: 60 };

describe.concurrent('a retry rule', () => {
  it('gives failures of its kind a budget of their own', async ({ world }) => {
    const task = await world.task({
      handler: 'demo.fail',
      payload: { times: 2, httpStatus: 503 },
      schedule: NOW,
      retry: { ...quick, rules: [{ match: { httpStatus: ['5xx'] }, then: 'retry', limit: 3 }] },
    });
    const [run] = await world.ended(task.id, 1, 30_000);
    expect(run).toMatchObject({ status: 'success', attempt: 3, maxAttempts: 3 });
    expect(run?.attempts[0]).toMatchObject({ errorType: 'HttpError', httpStatus: 503, cause: 'error' });
  });

  it('stops what it says makes no sense to repeat, and the first that matches decides', async ({ world }) => {
    const rules = [
      { match: { httpStatus: [404] }, then: 'stop' },
      { match: { httpStatus: ['4xx'] }, then: 'retry', limit: 5 },
    ];
    const task = await world.task({
      handler: 'demo.fail',
      payload: { httpStatus: 404 },
      schedule: NOW,
      retry: { ...quick, limit: 5, rules },
    });
    const [run] = await world.ended(task.id);
    expect(run).toMatchObject({ status: 'dead', reason: 'nonRetryable', attempt: 1 });
  });

  it('gives way to a Retry-After', async ({ world }) => {
    const task = await world.task({
      handler: 'demo.fail',
      payload: { times: 1, httpStatus: 429, retryAfterSeconds: 3 },
      schedule: NOW,
      retry: { ...quick, rules: [{ match: { cause: 'throttled' }, then: 'snooze' }] },
    });
    const [run] = await world.ended(task.id, 1, 30_000);
    expect(run).toMatchObject({ status: 'success', attempt: 2, snoozes: 1 });
    const [first, second] = run?.attempts ?? [];
    expect(first).toMatchObject({ cause: 'throttled', httpStatus: 429 });
    expect(ms(second?.startedAt) - ms(first?.finishedAt)).toBeGreaterThanOrEqual(3_000);
  });
});

describe.concurrent('a handler that puts its run off', () => {
  it('spends no attempt', async ({ world }) => {
    const task = await world.task({
      handler: 'demo.fail',
      payload: { times: 3, snoozeSeconds: 1, message: 'the file is not there yet' },
      schedule: NOW,
      retry: quick,
    });
    const [run] = await world.ended(task.id, 1, 30_000);
    expect(run).toMatchObject({
      status: 'success',
      attempt: 4,
      snoozes: 3,
      snoozeReason: 'the file is not there yet',
      result: { attempt: 4 },
    });
    expect(run?.attempts.map(({ status }) => status)).toEqual(['success']);
  });
});
