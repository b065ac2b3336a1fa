import { describe, expect, it } from 'vitest';
import type { Change } from '../../../shared/domain/change.ts';
import type { Execution } from '../../../shared/domain/execution.ts';
import { claimedExecution } from '../../../shared/domain/execution-births.ts';
import { failed } from '../../../shared/domain/execution-failures.ts';
import { reportedProgress, startedAttempt, succeeded } from '../../../shared/domain/execution-transitions.ts';
import { letterSent } from '../../../shared/domain/letter-transitions.ts';
import { parseExecutionId, scheduledOccurrence } from '../../../shared/domain/occurrence.ts';
import { type ApiWorld, makeApiWorld, queueDefaults } from './api-world.ts';

const retentionMs = 30 * 86_400_000;
const failure = { cause: 'error', errorType: 'HttpError', errorMessage: '503', nonRetryable: false } as const;

/** Does to runs what an executor does, without one. */
function executorOf({ tasks, executions, clock }: ApiWorld) {
  const apply = async (run: Execution, change: Change<Execution>): Promise<Execution> => {
    const outcome = await executions.update(run, change);
    if (!outcome.ok) throw new Error('the change was refused');
    return outcome.record;
  };
  const base = () => ({ owner: 'me', nowMs: clock.nowMs(), retentionMs, requestId: 'lambda-1' });
  const get = async (id: string): Promise<Execution> => {
    const key = parseExecutionId(id);
    const run = key && (await executions.read({ tenant: 'root', ...key }));
    if (!run) throw new Error(`no run ${id}`);
    return run;
  };
  return {
    get,
    async claim(taskId: string): Promise<Execution> {
      const task = await tasks.read({ tenant: 'root', taskId });
      if (!task) throw new Error('no task');
      const startedAt = clock.nowMs();
      const key = { tenant: 'root', taskId, occurrence: scheduledOccurrence(startedAt - 400) };
      const run = claimedExecution(task, key, {
        owner: 'me',
        startedAt,
        leaseUntil: startedAt + 70_000,
        missed: 0,
      });
      await executions.insert(run);
      return run;
    },
    start: (run: Execution) =>
      apply(
        run,
        startedAttempt(run, {
          owner: 'me',
          startedAt: clock.nowMs(),
          leaseUntil: clock.nowMs() + 70_000,
          generation: 1,
          queue: 'default',
        }),
      ),
    report: (run: Execution) => apply(run, reportedProgress(run, 'me', '{"percent":40,"message":"half"}')),
    succeed: (run: Execution, result: Partial<Execution>) =>
      apply(run, succeeded(run, { ...base(), result })),
    fail: (run: Execution, nextAttemptAt?: number) =>
      apply(run, failed(run, { ...base(), after: { failure, nextAttemptAt } })),
    async die(run: Execution): Promise<Execution> {
      return apply(run, letterSent(await this.fail(run)));
    },
  };
}
const idOf = (run: Execution) => `${run.taskId}~${run.occurrence.replace('#m#', '~')}`;

async function withTask(task: object = {}) {
  const world = makeApiWorld();
  await world.call({
    method: 'PUT',
    path: '/v1/tasks/nightly',
    body: {
      name: 'Nightly',
      handler: 'demo.echo',
      schedule: { kind: 'interval', seconds: 3600 },
      tags: ['billing'],
      ...task,
    },
  });
  world.workQueues.sent.length = 0;
  return { ...world, executor: executorOf(world) };
}
const trigger = (body?: unknown, headers = {}) =>
  ({
    method: 'POST',
    path: '/v1/tasks/nightly/trigger',
    headers,
    ...(body === undefined ? {} : { body }),
  }) as const;

describe('triggering', () => {
  it('answers 202 with a queued execution and sends its hint', async () => {
    const { call, workQueues } = await withTask();
    const { status, body } = await call(trigger());
    expect(status).toBe(202);
    expect(body).toEqual({
      id: expect.stringMatching(/^nightly~\d{15}~[0-9A-Z]{26}$/),
      upstream: null,
      fingerprint: null,
      resolution: null,
      canary: null,
      retries: 0,
      backfill: null,
      causedBy: null,
      missed: 0,
      collidedWith: null,
      idempotencyKey: expect.stringMatching(/^nightly\/manual-[0-9A-Z]{26}$/),
      taskId: 'nightly',
      taskName: 'Nightly',
      queue: 'default',
      tags: ['billing'],
      trigger: 'manual',
      status: 'queued',
      reason: null,
      scheduledAt: '2026-11-21T09:00:00.000Z',
      startedAt: null,
      finishedAt: null,
      nextAttemptAt: null,
      latenessMs: null,
      durationMs: null,
      attempt: 0,
      snoozes: 0,
      lateSince: null,
      stopped: null,
      stopError: null,
      snoozeReason: null,
      maxAttempts: 6,
      attempts: [],
      errorMessage: null,
      result: null,
      progress: null,
      cancelRequested: false,
      pending: false,
      pendingUntil: null,
    });
    expect(workQueues.sent).toMatchObject([
      { queue: 'default', delaySeconds: 0, hint: { taskId: 'nightly' } },
    ]);
    expect((await call({ path: `/v1/executions/${body.id}` })).body).toEqual(body);
  });
  it('delays by the message as far as SQS can, and by the index beyond', async () => {
    const { call, workQueues, tables, clock } = await withTask();
    expect((await call(trigger({ delaySeconds: 900 }))).body.scheduledAt).toBe('2026-11-21T09:15:00.000Z');
    await call(trigger({ delaySeconds: 901 }));
    expect(workQueues.sent.map(({ delaySeconds }) => delaySeconds)).toEqual([900]);
    const late = tables.executions.all().find(({ scheduledAt }) => scheduledAt === clock.nowMs() + 901_000);
    expect(late?.index).toEqual({ set: 'open', shard: late?.shard, at: clock.nowMs() + 901_000 - 75_000 });
  });
  it('checks a payload as creation would, null included', async () => {
    const { call } = await withTask({ handler: 'demo.send-email', payload: { to: 'a@example.org' } });
    expect((await call(trigger({ payload: {} }))).body.errors).toMatchObject([{ path: 'payload.to' }]);
    expect((await call(trigger({ payload: null }))).status).toBe(422);
    expect((await call(trigger({ payload: { to: 'b@example.org' } }))).status).toBe(202);
  });
  it('puts a large payload beside the run before the run', async () => {
    const { call, tables, hooks } = await withTask();
    const order: string[] = [];
    hooks.before = (operation) => void order.push(operation);
    const payload = { text: 'x'.repeat(2_000) };
    await call(trigger({ payload }));
    expect(order.filter((operation) => operation.startsWith('executions.'))).toEqual([
      'executions.putDocument',
      'executions.insert',
    ]);
    expect([...tables.documents.values()]).toEqual([JSON.stringify(payload)]);
    expect(tables.executions.all()).toMatchObject([{ payloadStored: true }]);
  });
  it.each([
    [{ extra: 1 }, 'extra'],
    [{ delaySeconds: -1 }, 'delaySeconds'],
    [{ delaySeconds: 1e12 }, 'delaySeconds'],
    [{ delaySeconds: '5' }, 'delaySeconds'],
    [{ payload: 'x'.repeat(131_073) }, 'payload'],
  ])('refuses %j', async (body, path) => {
    const { call } = await withTask();
    const answer = await call(trigger(body));
    expect([answer.status, answer.body.errors[0].path]).toEqual([422, path]);
  });
  it('works on a paused task, and not on a deleted one', async () => {
    const { call } = await withTask();
    await call({ method: 'POST', path: '/v1/tasks/nightly/pause' });
    expect((await call(trigger())).status).toBe(202);
    await call({ method: 'DELETE', path: '/v1/tasks/nightly' });
    expect((await call(trigger())).status).toBe(404);
  });
  it('makes one run for one Idempotency-Key', async () => {
    const { call, tables, workQueues } = await withTask();
    const headers = { 'idempotency-key': 'k' };
    const [a, b] = [await call(trigger({}, headers)), await call(trigger({}, headers))];
    expect(b.body).toEqual(a.body);
    expect([tables.executions.all().length, workQueues.sent.length]).toEqual([1, 1]);
    expect((await call(trigger({ payload: 1 }, headers))).status).toBe(409);
  });
});

describe('an execution', () => {
  it('shows its only attempt although only failed ones are written down', async () => {
    const { call, executor, advance } = await withTask();
    const run = await executor.claim('nightly');
    await executor.report(run);
    const running = await call({ path: `/v1/executions/${idOf(run)}` });
    expect(running.body).toMatchObject({
      status: 'running',
      idempotencyKey: 'nightly/2026-11-21T08:59:59.600Z',
      latenessMs: 400,
      durationMs: null,
      progress: { percent: 40, message: 'half' },
      attempts: [{ attempt: 1, status: 'running', startedAt: '2026-11-21T09:00:00.000Z', finishedAt: null }],
    });
    await advance(880);
    await executor.succeed(run, { result: '{"total":12}' });
    expect((await call({ path: `/v1/executions/${idOf(run)}` })).body).toMatchObject({
      status: 'success',
      finishedAt: '2026-11-21T09:00:00.880Z',
      durationMs: 880,
      result: { total: 12 },
      attempt: 1,
      attempts: [{ attempt: 1, status: 'success', finishedAt: '2026-11-21T09:00:00.880Z' }],
    });
  });
  it('shows failed attempts and when the next one comes', async () => {
    const { call, executor, advance, clock } = await withTask();
    const run = await executor.claim('nightly');
    const waiting = await executor.fail(run, clock.nowMs() + 10_000);
    const attempt = {
      attempt: 1,
      status: 'failed',
      startedAt: '2026-11-21T09:00:00.000Z',
      finishedAt: '2026-11-21T09:00:00.000Z',
      errorType: 'HttpError',
      errorMessage: '503',
      requestId: 'lambda-1',
    };
    expect((await call({ path: `/v1/executions/${idOf(run)}` })).body).toMatchObject({
      status: 'retrying',
      nextAttemptAt: '2026-11-21T09:00:10.000Z',
      finishedAt: null,
      errorMessage: '503',
      attempts: [attempt],
    });
    await advance(10_000);
    await executor.succeed(await executor.start(waiting), {});
    expect((await call({ path: `/v1/executions/${idOf(run)}` })).body).toMatchObject({
      status: 'success',
      errorMessage: null,
      attempts: [attempt, { attempt: 2, status: 'success' }],
    });
  });
  it('reads a large result from beside the run', async () => {
    const { call, executor, executions } = await withTask();
    const run = await executor.claim('nightly');
    const result = { text: 'x'.repeat(1_000) };
    await executions.putDocument(run, 'result', JSON.stringify(result));
    await executor.succeed(run, { resultStored: true });
    expect((await call({ path: `/v1/executions/${idOf(run)}` })).body.result).toEqual(result);
    expect((await call({ path: '/v1/executions' })).body.items[0].result).toEqual(result);
  });
  it('is the last run of its task once it has started', async () => {
    const { call, executor } = await withTask();
    await call(trigger({ delaySeconds: 60 }));
    const lastRun = async () => (await call({ path: '/v1/tasks/nightly' })).body.lastRun;
    expect(await lastRun()).toBeNull();
    const run = await executor.claim('nightly');
    expect(await lastRun()).toEqual({
      executionId: idOf(run),
      status: 'running',
      scheduledAt: '2026-11-21T08:59:59.600Z',
      finishedAt: null,
    });
    await executor.die(run);
    expect(await lastRun()).toMatchObject({ status: 'dead', finishedAt: '2026-11-21T09:00:00.000Z' });
    expect((await call({ path: '/v1/tasks' })).body.items[0].lastRun).toMatchObject({ status: 'dead' });
  });
});

describe('cancel and retry', () => {
  const act = (id: string, action: string) => ({ method: 'POST', path: `/v1/executions/${id}/${action}` });
  it('ends a waiting run at once, which can then run again', async () => {
    const { call, workQueues } = await withTask();
    const { id } = (await call(trigger())).body;
    const cancelled = await call(act(id, 'cancel'));
    expect([cancelled.status, cancelled.body.status, cancelled.body.reason]).toEqual([
      202,
      'cancelled',
      'requested',
    ]);
    expect((await call(act(id, 'cancel'))).body.code).toBe('state-conflict');
    const again = await call(act(id, 'retry'));
    expect([again.status, again.body.id, again.body.status, again.body.reason]).toEqual([
      202,
      id,
      'queued',
      null,
    ]);
    expect(workQueues.sent).toHaveLength(2);
    expect((await call(act(id, 'retry'))).status).toBe(409);
  });
  it('asks a running one to stop, any number of times', async () => {
    const { call, executor } = await withTask();
    const id = idOf(await executor.claim('nightly'));
    for (const _time of [1, 2]) {
      const asked = await call(act(id, 'cancel'));
      expect([asked.status, asked.body.status, asked.body.cancelRequested]).toEqual([202, 'running', true]);
    }
    expect((await call(act(id, 'retry'))).status).toBe(409);
  });
  it('gives a dead run a fresh set of attempts under the same id', async () => {
    const { call, executor } = await withTask({ retry: { limit: 3 } });
    const id = idOf(await executor.die(await executor.claim('nightly')));
    expect((await call({ path: `/v1/executions/${id}` })).body).toMatchObject({
      status: 'dead',
      reason: 'exhausted',
    });
    expect((await call(act(id, 'cancel'))).status).toBe(409);
    expect((await call(act(id, 'retry'))).body).toMatchObject({
      id,
      status: 'queued',
      attempt: 1,
      maxAttempts: 5,
      errorMessage: null,
      finishedAt: null,
      durationMs: null,
    });
  });
  it('does not run again what succeeded, nor what belongs to a deleted task', async () => {
    const { call, executor } = await withTask();
    const done = idOf(await executor.succeed(await executor.claim('nightly'), {}));
    expect((await call(act(done, 'retry'))).status).toBe(409);
    const waiting = (await call(trigger())).body.id;
    await call(act(waiting, 'cancel'));
    await call({ method: 'DELETE', path: '/v1/tasks/nightly' });
    expect((await call(act(waiting, 'retry'))).status).toBe(409);
    expect((await call({ path: `/v1/executions/${done}` })).status).toBe(200);
  });
});

describe('lists of executions', () => {
  async function withRuns() {
    const world = await withTask();
    const { executor, call, advance } = world;
    await call({
      method: 'PUT',
      path: '/v1/tasks/other',
      body: {
        name: 'Other',
        handler: 'demo.echo',
        queue: 'low',
        schedule: { kind: 'interval', seconds: 3600 },
      },
    });
    const ids: Record<string, string> = {};
    for (const [name, task] of [
      ['done', 'nightly'],
      ['died', 'nightly'],
      ['otherDone', 'other'],
      ['running', 'other'],
    ] as const) {
      await advance(1_000);
      const run = await executor.claim(task);
      if (name === 'died') await executor.die(run);
      else if (name !== 'running') await executor.succeed(run, {});
      ids[name] = idOf(run);
    }
    await advance(1_000);
    ids.queued = (await call(trigger())).body.id;
    const names = new Map(Object.entries(ids).map(([name, id]) => [id, name]));
    const list = async (path: string, query = '') => {
      const { body } = await call({ path, query });
      return { names: body.items.map(({ id }: { id: string }) => names.get(id)), next: body.nextCursor };
    };
    return { ...world, list };
  }
  it('are newest first over all tasks', async () => {
    const { list } = await withRuns();
    expect(await list('/v1/executions')).toEqual({
      names: ['queued', 'running', 'otherDone', 'died', 'done'],
      next: null,
    });
    expect((await list('/v1/tasks/nightly/executions')).names).toEqual(['queued', 'died', 'done']);
  });
  it.each([
    ['status=dead', ['died']],
    ['status=success', ['otherDone', 'done']],
    ['status=queued,running', ['queued', 'running']],
    ['status=cancelled', []],
    ['queue=low', ['running', 'otherDone']],
    ['tag=billing', ['queued', 'died', 'done']],
    ['taskId=other', ['running', 'otherDone']],
    ['taskId=none', []],
    ['taskId=nightly&status=dead', ['died']],
    ['from=2026-11-21T09:00:02.000Z&to=2026-11-21T09:00:04.000Z', ['running', 'otherDone']],
    ['from=2026-11-21T10:00:02%2B01:00', ['queued', 'running', 'otherDone']],
  ])('filter by %s', async (query, expected) => {
    const { list } = await withRuns();
    expect((await list('/v1/executions', query)).names).toEqual(expected);
  });
  it.each(['/v1/executions', '/v1/tasks/nightly/executions', '/v1/executions?taskId=nightly'])(
    'give everything once in pages of one (%s)',
    async (where) => {
      const { list } = await withRuns();
      const [path = '', filter = ''] = where.split('?');
      const whole = (await list(path, filter)).names;
      const seen: unknown[] = [];
      for (let cursor = ''; ; ) {
        const page = await list(path, `${filter}&limit=1${cursor}`);
        seen.push(...page.names);
        if (page.next === null) break;
        expect(page.names).toHaveLength(1);
        cursor = `&cursor=${page.next}`;
      }
      expect(seen).toEqual(whole);
    },
  );
});

describe('dead letters', () => {
  async function withDead(count: number) {
    const world = await withTask();
    const ids: string[] = [];
    for (let at = 0; at < count; at++) {
      await world.advance(1_000);
      ids.unshift(idOf(await world.executor.die(await world.executor.claim('nightly'))));
    }
    const path = '/v1/queues/default/dead-letters';
    const listed = async () => (await world.call({ path })).body.items.map(({ id }: { id: string }) => id);
    return { ...world, ids, path, listed };
  }
  it('are listed by queue, the latest death first', async () => {
    const { ids, listed, call } = await withDead(3);
    expect(await listed()).toEqual(ids);
    expect((await call({ path: '/v1/queues/low/dead-letters' })).body).toEqual({
      items: [],
      nextCursor: null,
    });
  });
  it('run again when named, with an outcome for each', async () => {
    const { ids, call, path, listed, workQueues } = await withDead(2);
    const body = { ids: [ids[0], 'nightly~000000000000001', ids[0], 'x'] };
    const answer = await call({ method: 'POST', path: `${path}/redrive`, body });
    expect(answer.body).toEqual({
      count: 1,
      items: [
        { id: ids[0], ok: true },
        { id: 'nightly~000000000000001', ok: false, code: 'not-found', message: expect.any(String) },
        { id: 'x', ok: false, code: 'not-found', message: expect.any(String) },
      ],
      more: false,
      remaining: 0,
      canary: null,
    });
    expect(await listed()).toEqual([ids[1]]);
    expect(workQueues.sent).toHaveLength(1);
    const again = await call({ method: 'POST', path: `${path}/redrive`, body: { ids: [ids[0]] } });
    expect(again.body).toMatchObject({ count: 0, items: [{ ok: false, code: 'state-conflict' }] });
  });
  it('run again all together, and only those of the queue', async () => {
    const { call, path, listed } = await withDead(120);
    const low = await call({ method: 'POST', path: '/v1/queues/low/dead-letters/redrive' });
    expect(low.body).toEqual({ count: 0, items: [], more: false, remaining: 0, canary: null });
    const all = await call({ method: 'POST', path: `${path}/redrive`, body: {} });
    expect([all.status, all.body.count, all.body.items.length]).toEqual([200, 120, 120]);
    expect(await listed()).toEqual([]);
  });
  it('are thrown away on confirmation; the runs stay dead and can be retried', async () => {
    const { ids, call, path, listed, workQueues } = await withDead(2);
    workQueues.deadLetterQueue('default').add({ kind: 'letter' });
    const purged = await call({ method: 'POST', path: `${path}/purge`, body: { confirm: 'default' } });
    expect(purged.body).toEqual({ count: 2, more: false });
    expect(await listed()).toEqual([]);
    expect(workQueues.deadLetterQueue('default').depth().ready).toBe(0);
    expect((await call({ path: '/v1/executions', query: 'status=dead' })).body.items).toHaveLength(2);
    expect((await call({ method: 'POST', path: `/v1/executions/${ids[0]}/retry` })).status).toBe(202);
  });
});

describe('queues', () => {
  it('show their settings and what is in them, by priority', async () => {
    const { call, executor, advance } = await withTask();
    await executor.die(await executor.claim('nightly'));
    await call(trigger());
    await advance(5_000);
    const { body } = await call({ path: '/v1/queues' });
    expect(body.items.map(({ name }: { name: string }) => name)).toEqual(['high', 'default', 'low']);
    const { retry } = queueDefaults.default;
    expect(body.items[1]).toEqual({
      name: 'default',
      priority: 5,
      workers: 20,
      paused: false,
      maxBacklog: null,
      timeoutSeconds: 60,
      retry,
      deployed: { workers: 20, timeoutSeconds: 60, retry },
      applied: true,
      depth: 2,
      delayed: 0,
      inFlight: 0,
      oldestAgeSeconds: 5,
      deadLetters: 1,
      lettersInSqs: 0,
    });
    expect((await call({ path: '/v1/queues/low' })).body).toMatchObject({
      name: 'low',
      oldestAgeSeconds: null,
    });
  });
});
