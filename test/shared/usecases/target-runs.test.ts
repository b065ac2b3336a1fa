import { describe, expect, it } from 'vitest';
import { withTargets } from '../../../functions/with-targets.ts';
import { makeTargetRunner } from '../../../shared/adapters/targets/target-runner.ts';
import { NO_TARGETS } from '../../../shared/domain/allowed-targets.ts';
import { scheduledOccurrence } from '../../../shared/domain/occurrence.ts';
import type { Target } from '../../../shared/domain/target.ts';
import type { RetryRule } from '../../../shared/domain/task.ts';
import { boom, makeSchedulerWorld, ok, T0 } from '../../support/scheduler-world.ts';

const target: Target = { type: 'http', url: 'https://hooks.example.com/due', method: 'POST', headers: {} };
const task = { handler: 'target:http', target };
const due = scheduledOccurrence(T0);

describe('a run with a target', () => {
  it('takes the payload and the run to it, and keeps what it answers', async () => {
    const world = makeSchedulerWorld();
    await world.addTask(task);
    world.handle(() => ok({ status: 204 }));
    await world.hint(due);
    expect(world.runs).toEqual([
      expect.objectContaining({ handler: 'target:http', target, payload: { n: 1 } }),
    ]);
    expect(world.history()).toMatchObject([
      { status: 'success', handler: 'target:http', result: '{"status":204}' },
    ]);
  });

  it('is retried as often as any other, at the time that the receiver names', async () => {
    const world = makeSchedulerWorld();
    await world.addTask(task);
    world.handle(() => boom({ errorType: 'HttpError', httpStatus: 503, retryAfterSeconds: 120 }));
    await world.hint(due);
    expect(world.history()).toMatchObject([{ status: 'retrying', nextAttemptAt: T0 + 120_000 }]);
  });

  it.each<[string, RetryRule[], string]>([
    ['dies of an answer that will not change', [], 'dead'],
    [
      'is retried when a rule says that it may change',
      [{ match: { httpStatus: [404] }, then: 'retry' }],
      'retrying',
    ],
  ])('%s', async (_, rules, status) => {
    const world = makeSchedulerWorld();
    const retry = { strategy: 'fixed', limit: 2, baseSeconds: 10, maxSeconds: 10, jitter: 'none' } as const;
    await world.addTask({ ...task, retry: { ...retry, rules } });
    world.handle(() =>
      boom({ errorType: 'HttpError', httpStatus: 404, nonRetryable: true, unlessRuled: true }),
    );
    await world.hint(due);
    expect(world.history()).toMatchObject([{ status }]);
  });

  it('is dead at once when its deployment does not list the target any more', async () => {
    const world = makeSchedulerWorld();
    await world.addTask(task);
    const never = () => Promise.reject(new Error('called'));
    const senders = {
      http: never,
      lambda: never,
      sqs: never,
      sns: never,
      eventbridge: never,
      stepFunctions: never,
    };
    const runner = withTargets({ run: never }, makeTargetRunner({ allowed: NO_TARGETS, senders }));
    world.handle((request) => runner.run(request));
    await world.hint(due);
    expect(world.history()).toMatchObject([
      { status: 'dead', reason: 'nonRetryable', errorType: 'TargetNotAllowed' },
    ]);
  });
});
