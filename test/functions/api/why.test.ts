import { describe, expect, it } from 'vitest';
import { parseExecutionId } from '../../../shared/domain/occurrence.ts';
import type { TaskState } from '../../../shared/domain/task.ts';
import { TENANT_SEMAPHORE } from '../../../shared/domain/tenant.ts';
import { type ApiWorld, makeApiWorld } from './api-world.ts';

const task = async (world: ApiWorld, fields: object = {}, tenant = 'root') => {
  const schedule = { kind: 'cron', expressions: ['0 11 * * *'], timezone: 'Europe/Paris' };
  const body = { name: 'Report', handler: 'demo.echo', schedule, ...fields };
  const { status } = await world.call({ method: 'PUT', path: '/v1/tasks/report', body, tenant });
  expect(status).toBe(201);
};
const ask = async (world: ApiWorld, path = '/v1/tasks/report', tenant = 'root') => {
  const { status, body } = await world.call({ path: `${path}/why`, role: 'viewer', tenant });
  expect(status).toBe(200);
  return body;
};
/** The task waits for an occurrence that is due since a minute. */
const makeDue = (world: ApiWorld, tenant = 'root') => {
  const key = { tenant, taskId: 'report' };
  const state: TaskState | undefined = world.tables.states.get(key);
  if (!state) throw new Error('no task');
  const nextRunAt = world.clock.nowMs() - 60_000;
  world.tables.states.put({ ...state, nextRunAt });
  return nextRunAt;
};
const hold = (world: ApiWorld, id: string, tenant: string) =>
  world.tables.semaphores.set(`${tenant}#${id}`, {
    holders: {
      'other#001795251600000': { nonce: 'n', attempt: 1, until: world.clock.nowMs() + 60_000 },
      'gone#001795251600000': { nonce: 'n', attempt: 1, until: world.clock.nowMs() - 1 },
    },
    waiters: {},
  });

describe('why a task does not run', () => {
  it('is told with the local time and the exact instant', async () => {
    const world = makeApiWorld();
    await task(world);
    expect(await ask(world)).toEqual({
      sentence: 'Not due yet: its next run is at 2026-11-21 11:00:00 (Europe/Paris), in 1 hour.',
      gate: 'notDue',
      until: '2026-11-21T10:00:00.000Z',
      facts: { nextRunAt: '2026-11-21T10:00:00.000Z', timezone: 'Europe/Paris' },
    });
  });

  it('names who paused it and what for, until it is resumed', async () => {
    const world = makeApiWorld();
    await task(world);
    const path = '/v1/tasks/report/pause';
    const paused = { by: 'token:test', at: '2026-11-21T09:00:00.000Z', reason: 'ledger closed' };
    const { body } = await world.call({ method: 'POST', path, body: { reason: 'ledger closed' } });
    expect(body).toMatchObject({ status: 'paused', paused });
    // The same again changes nothing, whoever says it.
    await world.advance(60_000);
    expect((await world.call({ method: 'POST', path, body: { reason: 'other' } })).body).toMatchObject({
      paused,
    });
    expect(await ask(world)).toMatchObject({
      gate: 'paused',
      since: paused.at,
      facts: { pausedBy: 'token:test', reason: 'ledger closed' },
    });
    const resumed = await world.call({ method: 'POST', path: '/v1/tasks/report/resume' });
    expect(resumed.body).not.toHaveProperty('paused');
  });

  it('keeps the reason short, for it lies in the hot item', async () => {
    const world = makeApiWorld();
    await task(world);
    const path = '/v1/tasks/report/pause';
    for (const reason of ['', 'x'.repeat(201), 7])
      expect((await world.call({ method: 'POST', path, body: { reason } })).status).toBe(422);
  });

  it('what GET gave of a paused task can be sent back', async () => {
    const world = makeApiWorld();
    await task(world);
    const paused = await world.call({
      method: 'POST',
      path: '/v1/tasks/report/pause',
      body: { reason: 'r' },
    });
    const put = await world.call({ method: 'PUT', path: '/v1/tasks/report', body: paused.body });
    expect(put).toMatchObject({ status: 200, body: { paused: { reason: 'r' } } });
  });

  it('names the queue that is paused', async () => {
    const world = makeApiWorld();
    await task(world);
    makeDue(world);
    await world.call({ method: 'PATCH', path: '/v1/queues/default', body: { paused: true } });
    expect(await ask(world)).toMatchObject({ gate: 'queuePaused', facts: { queue: 'default' } });
  });

  it('names who holds the slots that it needs, and nobody whose lease is over', async () => {
    const world = makeApiWorld();
    await task(world, { concurrency: [{ key: 'crm', limit: 1 }] });
    makeDue(world);
    hold(world, 'crm', 'root');
    expect(await ask(world)).toMatchObject({
      gate: 'concurrency',
      facts: { key: 'crm', limit: 1, held: 1, heldBy: ['other~001795251600000'] },
    });
  });

  it('tells that its tenant runs as much as it may', async () => {
    const world = makeApiWorld();
    await world.call({ method: 'PUT', path: '/v1/tenants/acme', body: { maxConcurrency: 1 } });
    await task(world, {}, 'acme');
    makeDue(world, 'acme');
    hold(world, TENANT_SEMAPHORE, 'acme');
    expect(await ask(world, '/v1/tasks/report', 'acme')).toMatchObject({ gate: 'tenantConcurrency' });
  });

  it('tells when a rate limit has a place for it', async () => {
    const world = makeApiWorld();
    await task(world, { rateLimit: [{ key: 'api', limit: 1, perSeconds: 60 }] });
    makeDue(world);
    const starts = [world.clock.nowMs() - 20_000];
    world.tables.rates.set('root#api', { version: 1, starts, reserved: {} });
    expect(await ask(world)).toMatchObject({ gate: 'rateLimit', until: '2026-11-21T09:00:40.000Z' });
    expect(world.tables.rates.get('root#api')).toMatchObject({ version: 1 });
  });

  it('suspects the clock when it has not ticked, and the workers when it has', async () => {
    const world = makeApiWorld();
    await task(world);
    makeDue(world);
    expect(await ask(world)).toMatchObject({ gate: 'clock' });
    await world.heartbeat.record(world.clock.nowMs());
    expect(await ask(world)).toMatchObject({ gate: 'dispatched', facts: { overdueSeconds: 60 } });
  });

  it('is not told of a task that was deleted', async () => {
    const world = makeApiWorld();
    await task(world);
    await world.call({ method: 'DELETE', path: '/v1/tasks/report' });
    expect((await world.call({ path: '/v1/tasks/report/why' })).status).toBe(404);
  });

  it('writes nothing, whatever is the case', async () => {
    const world = makeApiWorld();
    await task(world, {
      concurrency: [{ key: 'crm', limit: 1 }],
      rateLimit: [{ key: 'api', limit: 1, perSeconds: 60 }],
    });
    makeDue(world);
    world.hooks.before = (operation) => {
      if (!/\.(read|readMany|waiting)$/.test(operation)) throw new Error(`${operation} for a question`);
    };
    expect(await ask(world)).toMatchObject({ gate: 'clock' });
  });
});

describe('why an execution is where it is', () => {
  const trigger = async (world: ApiWorld, body: object = {}) => {
    await task(world);
    const made = await world.call({ method: 'POST', path: '/v1/tasks/report/trigger', body });
    return `/v1/executions/${encodeURIComponent(made.body.id)}`;
  };
  const runOf = (world: ApiWorld, path: string) => {
    const key = parseExecutionId(decodeURIComponent(path.split('/')[3] ?? ''));
    const run = key && world.tables.executions.get({ tenant: 'root', ...key });
    if (!run) throw new Error('no run');
    return run;
  };

  it('waits for its time, then for a worker', async () => {
    const world = makeApiWorld();
    const path = await trigger(world, { delaySeconds: 90 });
    expect(await ask(world, path)).toMatchObject({
      gate: 'delayed',
      sentence: 'Not due yet: it starts at 2026-11-21 10:01:30 (Europe/Paris), in 1 minute 30 seconds.',
    });
    await world.advance(100_000);
    expect(await ask(world, path)).toMatchObject({ gate: 'dispatched', facts: { overdueSeconds: 10 } });
  });

  it('waits behind another run of its task', async () => {
    const world = makeApiWorld();
    const path = await trigger(world);
    const waiting = runOf(world, path);
    const live = {
      ...waiting,
      occurrence: '001795251000000',
      status: 'running',
      trigger: 'schedule',
    } as const;
    world.tables.executions.put(live);
    const state = world.tables.states.get(waiting);
    if (!state) throw new Error('no task');
    world.tables.states.put({ ...state, run: `${live.occurrence}@0` });
    expect(await ask(world, path)).toMatchObject({
      gate: 'overlap',
      until: '2026-11-21T10:00:00.000Z',
      facts: { executionId: 'report~001795251000000', status: 'running' },
    });
  });

  it('was cancelled, and by whom; a retry forgets it', async () => {
    const world = makeApiWorld();
    const path = await trigger(world);
    await world.call({ method: 'POST', path: `${path}/cancel` });
    expect(await ask(world, path)).toMatchObject({
      gate: 'cancelled',
      since: '2026-11-21T09:00:00.000Z',
      facts: { askedBy: 'token:test', reason: 'requested' },
    });
    await world.call({ method: 'POST', path: `${path}/retry` });
    expect(runOf(world, path)).not.toHaveProperty('cancelAsked');
  });

  it('was asked to stop, and by whom', async () => {
    const world = makeApiWorld();
    const path = await trigger(world);
    const nowMs = world.clock.nowMs();
    const lease = { status: 'running', attempt: 1, startedAt: nowMs, leaseUntil: nowMs + 70_000 } as const;
    world.tables.executions.put({ ...runOf(world, path), ...lease });
    await world.call({ method: 'POST', path: `${path}/cancel` });
    expect(await ask(world, path)).toMatchObject({ gate: 'stopping', facts: { askedBy: 'token:test' } });
  });

  it('is told of a run whose task was deleted', async () => {
    const world = makeApiWorld();
    const path = await trigger(world);
    await world.call({ method: 'DELETE', path: '/v1/tasks/report' });
    expect(await ask(world, path)).toMatchObject({ gate: 'taskGone' });
  });
});
