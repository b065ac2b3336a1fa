import { describe, expect, it } from 'vitest';
import { makeRegistry } from '../../../shared/contract/handler.ts';
import { isCode } from '../../../shared/domain/errors.ts';
import { executionId, scheduledOccurrence } from '../../../shared/domain/occurrence.ts';
import type { TaskDefinition } from '../../../shared/domain/task.ts';
import { pausedTask } from '../../../shared/domain/task-transitions.ts';
import type { HandlerResult } from '../../../shared/ports.ts';
import { beatHandOff, completeRun, failRun } from '../../../shared/usecases/manage-runs/hand-off.ts';
import { cancelRun, retryRun } from '../../../shared/usecases/manage-runs/steer-run.ts';
import { boom, makeSchedulerWorld, ok, T0 } from '../../support/scheduler-world.ts';

const first = scheduledOccurrence(T0);
const id = executionId({ taskId: 'job', occurrence: first });
const somebody = { tenant: 'root', role: 'operator', actor: 'test' } as const;
const lasting = (timeoutSeconds: number) => ({ kind: 'pending', timeoutSeconds }) as const;

/** A task whose handler hands each attempt off, and the tokens that it gave away. */
async function makeHandOffWorld(
  over: Partial<TaskDefinition> = {},
  after: (attempt: number) => HandlerResult | Promise<HandlerResult> = () => lasting(600),
) {
  const w = makeSchedulerWorld();
  await w.addTask({
    retry: { strategy: 'fixed', limit: 2, baseSeconds: 5, maxSeconds: 5, jitter: 'none' },
    ...over,
  });
  const tokens: string[] = [];
  w.handle(async ({ execution, onHandOff }) => {
    const token = await onHandOff?.();
    if (token !== undefined) tokens.push(token);
    return after(execution.attempt);
  });
  const api = { ...w, handlers: makeRegistry([]), retentionMs: 86_400_000 };
  const said = (nth: number) => tokens[nth] ?? 'none';
  return {
    ...w,
    api,
    tokens,
    complete: (nth: number, result?: unknown) => completeRun(api, id, { token: said(nth), result }, 'api-1'),
    fail: (nth: number, error: object = {}) =>
      failRun(api, id, { token: said(nth), error: { type: 'Elsewhere', message: 'no', ...error } }, 'api-1'),
    beat: (nth: number, progress?: { percent: number }) =>
      beatHandOff(api, id, { token: said(nth), ...(progress ? { progress } : {}) }),
    async sweepAfter(seconds: number) {
      await w.advance(seconds * 1_000);
      await w.sweep();
    },
  };
}

const refused = (work: Promise<unknown>) =>
  work.then(
    () => 'accepted',
    (error: unknown) => (isCode(error, 'state-conflict') ? error.message : Promise.reject(error)),
  );

describe('a run that its handler handed off', () => {
  it('stays running without an executor, for as long as the hand-off says', async () => {
    const w = await makeHandOffWorld();
    expect(await w.hint(first)).toEqual({ kind: 'done', note: 'handed off', goesOn: true });
    await w.sweepAfter(599);
    expect(w.history()[0]).toMatchObject({ status: 'running', pendingSeconds: 600, attempt: 1 });
    expect(w.history()[0]?.handOffs).toEqual([{ attempt: 1, tokenHash: expect.any(String) }]);
    expect(JSON.stringify(w.history())).not.toContain(w.tokens[0]);
  });

  it('ends with the result that the holder of its token gives, as if its handler had returned it', async () => {
    const w = await makeHandOffWorld();
    await w.hint(first);
    await w.advance(90_000);
    expect(await w.complete(0, { n: 1 })).toMatchObject({ status: 'success', result: '{"n":1}' });
    expect(w.history()[0]).toMatchObject({ finishedAt: T0 + 90_000, index: { set: 'ended' } });
    expect(w.events.told).toMatchObject([{ type: 'run.succeeded' }]);
    expect(w.metrics.counted).toMatchObject({ succeeded: 1, flushes: 1 });
  });

  it('keeps a large result beside it', async () => {
    const w = await makeHandOffWorld();
    await w.hint(first);
    expect(await w.complete(0, 'x'.repeat(10_000))).toMatchObject({ status: 'success', resultStored: true });
  });

  it('hears the same end twice and no other one', async () => {
    const w = await makeHandOffWorld();
    await w.hint(first);
    await w.complete(0, { n: 1 });
    expect(await w.complete(0, { n: 1 })).toMatchObject({ status: 'success' });
    expect(await refused(w.complete(0, { n: 2 }))).toMatch(/said already/);
    expect(await refused(w.fail(0))).toMatch(/said already/);
    expect(await refused(w.beat(0))).toMatch(/said already/);
    expect(w.metrics.counted.succeeded).toBe(1);
  });

  it('is retried by the policy of its task when the holder fails it, and the old token counts no more', async () => {
    const w = await makeHandOffWorld();
    await w.hint(first);
    expect(await w.fail(0)).toMatchObject({
      status: 'retrying',
      nextAttemptAt: T0 + 5_000,
      attempts: [{ attempt: 1, errorType: 'Elsewhere', requestId: 'api-1' }],
    });
    expect(w.workQueues.sent.at(-1)).toMatchObject({ hint: { occurrence: first }, delaySeconds: 5 });
    await w.advance(5_000);
    await w.hint(first);
    expect(w.history()[0]).toMatchObject({ status: 'running', attempt: 2, pendingSeconds: 600 });
    expect(await w.fail(0)).toMatchObject({ status: 'running', attempt: 2 });
    expect(await refused(w.complete(0))).toMatch(/said already/);
    expect(await w.complete(1)).toMatchObject({ status: 'success', attempt: 2 });
  });

  it('is dead at once when the holder says so, with its letter', async () => {
    const w = await makeHandOffWorld();
    await w.hint(first);
    expect(await w.fail(0, { nonRetryable: true })).toMatchObject({ status: 'dead', reason: 'nonRetryable' });
    expect(w.workQueues.letters).toHaveLength(1);
    expect(w.metrics.counted).toMatchObject({ failed: 1, dead: 1 });
  });

  it('waits as long as the holder asks before its next attempt', async () => {
    const w = await makeHandOffWorld();
    await w.hint(first);
    expect(await w.fail(0, { retryAfterSeconds: 77 })).toMatchObject({ nextAttemptAt: T0 + 77_000 });
  });

  it('is judged by the retry rules of its task, by what the other side answered', async () => {
    const rules: TaskDefinition['retry']['rules'] = [
      { match: { cause: 'throttled' }, then: 'retry', strategy: 'fixed', baseSeconds: 44 },
      { match: { httpStatus: [410] }, then: 'stop' },
    ];
    const w = await makeHandOffWorld({
      retry: { strategy: 'fixed', limit: 2, baseSeconds: 5, maxSeconds: 60, jitter: 'none', rules },
    });
    await w.hint(first);
    expect(await w.fail(0, { httpStatus: 429 })).toMatchObject({ nextAttemptAt: T0 + 44_000 });
    await w.advance(44_000);
    await w.hint(first);
    expect(await w.fail(1, { httpStatus: 410 })).toMatchObject({ status: 'dead', reason: 'nonRetryable' });
  });

  it('times out when nobody says anything, and its token with it', async () => {
    const w = await makeHandOffWorld();
    await w.hint(first);
    await w.sweepAfter(660);
    expect(w.history()[0]).toMatchObject({
      status: 'retrying',
      errorType: 'HandOffTimeout',
      attempts: [{ attempt: 1, status: 'failed' }],
    });
    expect(await refused(w.complete(0))).toMatch(/over: the execution is retrying/);
    await w.advance(5_000);
    await w.hint(first);
    expect(await refused(w.complete(0))).toMatch(/of attempt 1; by now it is attempt 2/);
    expect(await refused(w.beat(0))).toMatch(/of attempt 1/);
    expect(await w.complete(1)).toMatchObject({ status: 'success' });
  });

  it('is dead with reason timedOut when that was its last attempt', async () => {
    const retry = { strategy: 'fixed', limit: 0, baseSeconds: 5, maxSeconds: 5, jitter: 'none' } as const;
    const w = await makeHandOffWorld({ retry });
    await w.hint(first);
    await w.sweepAfter(660);
    expect(w.history()[0]).toMatchObject({ status: 'dead', reason: 'timedOut', letter: 'sent' });
  });

  it('goes on while heartbeats come, however long, and shows their progress', async () => {
    const w = await makeHandOffWorld();
    await w.hint(first);
    for (let beat = 1; beat <= 10; beat++) {
      await w.sweepAfter(500);
      expect(await w.beat(0, { percent: beat })).toMatchObject({ progress: `{"percent":${beat}}` });
    }
    await w.sweepAfter(590);
    expect(w.history()[0]).toMatchObject({ status: 'running', attempt: 1 });
    await w.sweepAfter(80);
    expect(w.history()[0]).toMatchObject({ status: 'retrying' });
  });

  it('ends at once when it is cancelled, and the token learns it', async () => {
    const w = await makeHandOffWorld();
    await w.hint(first);
    expect(await cancelRun(w.api, somebody, id)).toMatchObject({ status: 'cancelled', reason: 'requested' });
    expect(await refused(w.beat(0))).toMatch(/over: the execution is cancelled/);
    expect(await refused(w.complete(0))).toMatch(/cancelled/);
    await retryRun(w.api, somebody, id);
    await w.hint(first);
    expect(await refused(w.complete(0))).toMatch(/of attempt 1; by now it is attempt 2/);
    expect(await w.complete(1)).toMatchObject({ status: 'success' });
  });

  it('still ends as its holder says after its task was paused', async () => {
    const w = await makeHandOffWorld();
    await w.hint(first);
    await w.tasks.update({ tenant: 'root', taskId: 'job' }, pausedTask(await w.state(), T0));
    expect(await w.complete(0)).toMatchObject({ status: 'success' });
  });
});

describe('whoever holds no token of this run', () => {
  it.each<[string, string, string]>([
    ['a made-up token', id, `${Buffer.from('root').toString('base64url')}.x`],
    ['one without a tenant', id, 'garbage'],
    ['a run that there is not', `${id}9`, 'garbage'],
    ['an id that is none', '???', 'garbage'],
  ])('learns nothing: %s', async (_what, of, token) => {
    const w = await makeHandOffWorld();
    await w.hint(first);
    const answers = [completeRun(w.api, of, { token }, 'r'), beatHandOff(w.api, of, { token })];
    for (const answer of answers)
      await expect(answer).rejects.toMatchObject({
        code: 'unauthenticated',
        message: 'The token is not one of this execution',
      });
  });

  it('cannot use the token of another run', async () => {
    const w = await makeHandOffWorld();
    await w.hint(first);
    await w.addTask({ taskId: 'other' });
    await w.hint(first, { taskId: 'other' });
    const other = executionId({ taskId: 'other', occurrence: first });
    await expect(completeRun(w.api, other, { token: w.tokens[0] ?? '' }, 'r')).rejects.toMatchObject({
      code: 'unauthenticated',
    });
  });
});

describe('a holder who is faster than the handler that gave him the token', () => {
  it('is heard once the handler has ended', async () => {
    const w = await makeHandOffWorld({}, async () => {
      expect(await w.complete(0, 'early')).toMatchObject({ status: 'running' });
      expect(await w.complete(0, 'early')).toMatchObject({ status: 'running' });
      expect(await refused(w.complete(0, 'another'))).toMatch(/said already/);
      return lasting(600);
    });
    await w.hint(first);
    expect(w.history()[0]).toMatchObject({ status: 'success', result: '"early"' });
    expect(w.events.told).toHaveLength(1);
  });

  it.each([
    ['returns a value', () => ok('its own')],
    ['throws', () => boom()],
  ])('has the first word, though the handler %s', async (_what, ends) => {
    const w = await makeHandOffWorld({}, async () => {
      await w.complete(0, 'early');
      return ends();
    });
    await w.hint(first);
    expect(w.history()[0]).toMatchObject({ status: 'success', result: '"early"' });
  });

  it('is heard when the process of the handler vanishes', async () => {
    let begun = () => {};
    const started = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const w = await makeHandOffWorld({ timeoutSeconds: 30 }, async () => {
      await w.fail(0, { nonRetryable: true });
      begun();
      return new Promise<never>(() => {});
    });
    void w.hint(first);
    await started;
    await w.sweepAfter(60);
    expect(w.history()[0]).toMatchObject({ status: 'dead', errorType: 'Elsewhere', letter: 'sent' });
  });

  it('loses against a request to stop when he fails, and wins when he succeeds', async () => {
    for (const [end, status] of [
      ['fail', 'cancelled'],
      ['complete', 'success'],
    ] as const) {
      const w = await makeHandOffWorld({}, async () => {
        await cancelRun(w.api, somebody, id);
        await w[end](0);
        return lasting(600);
      });
      await w.hint(first);
      expect(w.history()[0]).toMatchObject({ status });
    }
  });
});

it('a handler that was asked to stop does not hand off any more', async () => {
  const w = await makeHandOffWorld({}, async () => {
    await cancelRun(w.api, somebody, id);
    return lasting(600);
  });
  await w.hint(first);
  expect(w.history()[0]).toMatchObject({ status: 'cancelled', reason: 'requested' });
  expect(await refused(w.complete(0))).toMatch(/cancelled/);
});

describe('the runs behind one that was handed off', () => {
  const second = scheduledOccurrence(T0 + 60_000);
  it('are skipped under forbid', async () => {
    const w = await makeHandOffWorld({ overlap: 'forbid' });
    await w.hint(first);
    await w.advance(60_000);
    await w.hint(second);
    expect(w.history()[1]).toMatchObject({ status: 'skipped', reason: 'overlap', collidedWith: id });
  });

  it.each(['complete', 'fail', 'cancel'] as const)('wait under queue, and are woken by %s', async (how) => {
    const w = await makeHandOffWorld({ overlap: 'queue' });
    await w.hint(first);
    await w.advance(60_000);
    await w.hint(second);
    expect(w.history()).toHaveLength(1);
    if (how === 'cancel') await cancelRun(w.api, somebody, id);
    else await w[how](0, { nonRetryable: true });
    expect(w.workQueues.sent.at(-1)).toMatchObject({ hint: { occurrence: second } });
    await w.hint(second);
    expect(w.history()[1]).toMatchObject({ status: 'running' });
  });
});

describe('the slots of a run that is handed off', () => {
  const world = () => makeHandOffWorld({ concurrency: [{ key: 'a', limit: 1 }] });
  const slots = (w: Awaited<ReturnType<typeof world>>) =>
    Object.values(w.tables.semaphores.get('root#a')?.holders ?? {});

  it.each(['complete', 'fail', 'cancel'] as const)('are given back by %s', async (how) => {
    const w = await world();
    await w.hint(first);
    expect(slots(w)).toHaveLength(1);
    if (how === 'cancel') await cancelRun(w.api, somebody, id);
    else await w[how](0);
    expect(slots(w)).toEqual([]);
  });

  it('last as long as heartbeats extend its lease', async () => {
    const w = await world();
    await w.hint(first);
    await w.advance(500_000);
    await w.beat(0);
    const lease = w.history()[0]?.leaseUntil ?? 0;
    expect(lease).toBe(T0 + 1_100_000);
    expect(slots(w)[0]?.until).toBeGreaterThanOrEqual(lease);
  });

  it('are lost with its time: what somebody else holds by now is not taken from him', async () => {
    const w = await world();
    await w.hint(first);
    await w.advance(500_000);
    w.tables.semaphores.set('root#a', { holders: {}, waiters: {} });
    expect(await refused(w.beat(0))).toMatch(/is over/);
    expect(w.history()[0]?.leaseUntil).toBe(T0 + 600_000);
  });
});
