import { describe, expect, it } from 'vitest';
import { reconcileQueues } from '../../../shared/usecases/reconcile-queues.ts';
import { makeApiWorld, queueDefaults, TASK } from './api-world.ts';

const patchOf = (body: unknown, role?: 'operator' | 'admin') =>
  ({ method: 'PATCH', path: '/v1/queues/default', body, ...(role ? { role } : {}) }) as const;
const trigger = (id: string, key?: string) =>
  ({
    method: 'POST',
    path: `/v1/tasks/${id}/trigger`,
    ...(key === undefined ? {} : { headers: { 'idempotency-key': key } }),
  }) as const;

describe('the settings of a queue', () => {
  it('are changed without a deployment, and shown beside what the deployment says', async () => {
    const { call, feeds } = makeApiWorld();
    const changed = await call(patchOf({ workers: 40, timeoutSeconds: 90, retry: { limit: 1 } }));
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject({
      name: 'default',
      workers: 40,
      paused: false,
      maxBacklog: null,
      timeoutSeconds: 90,
      retry: { strategy: 'exponential', limit: 1, baseSeconds: 10 },
      deployed: { workers: 20, timeoutSeconds: 60, retry: { limit: 5 } },
      applied: true,
    });
    expect(feeds.get('default')).toEqual({ enabled: true, workers: 40 });
    expect(feeds.get('high')).toEqual({ enabled: true, workers: 20 });
    expect((await call({ path: '/v1/queues/default' })).body).toEqual(changed.body);
    const [, listed] = (await call({ path: '/v1/queues' })).body.items;
    expect(listed).toEqual(changed.body);
  });

  it('keep what the next patch does not name, and go back to the deployment with null', async () => {
    const { call, feeds } = makeApiWorld();
    await call(patchOf({ workers: 40, maxBacklog: 7, retry: { limit: 1, baseSeconds: 5 } }));
    expect((await call(patchOf({ retry: { limit: null } }))).body).toMatchObject({
      workers: 40,
      maxBacklog: 7,
      retry: { limit: 5, baseSeconds: 5 },
    });
    expect((await call(patchOf({ workers: null, maxBacklog: null, retry: null }))).body).toMatchObject({
      workers: 20,
      maxBacklog: null,
      retry: queueDefaults.default.retry,
    });
    expect(feeds.get('default')).toEqual({ enabled: true, workers: 20 });
  });

  it('pause a queue and let it go on', async () => {
    const { call, feeds } = makeApiWorld();
    expect((await call(patchOf({ paused: true }))).body).toMatchObject({ paused: true, applied: true });
    expect(feeds.get('default')).toEqual({ enabled: false, workers: 20 });
    expect((await call(patchOf({ paused: false }))).body).toMatchObject({ paused: false });
    expect(feeds.get('default')).toEqual({ enabled: true, workers: 20 });
  });

  it('are for admins of the tenant root to change, since queues serve all tenants', async () => {
    const { call } = makeApiWorld();
    expect((await call(patchOf({ paused: true }, 'operator'))).status).toBe(403);
    expect((await call({ ...patchOf({ paused: true }), tenant: 'acme' })).status).toBe(403);
  });

  it.each([
    [{ workers: 1 }, 'workers'],
    [{ workers: 0 }, 'workers'],
    [{ workers: 1001 }, 'workers'],
    [{ paused: 'yes' }, 'paused'],
    [{ maxBacklog: 0 }, 'maxBacklog'],
    [{ timeoutSeconds: 871 }, 'timeoutSeconds'],
    [{ retry: { limit: -1 } }, 'retry.limit'],
    [{ retry: { baseSeconds: 5000 } }, 'retry.maxSeconds'],
    [{ priority: 3 }, 'priority'],
  ])('refuse %j by name', async (body, path) => {
    const { call, tables } = makeApiWorld();
    const answer = await call(patchOf(body));
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toEqual([{ path, message: expect.any(String) }]);
    expect(tables.queues.directory.version).toBe(0);
  });

  it('are no settings of a queue that is not there', async () => {
    const answer = await makeApiWorld().call({ ...patchOf({ paused: true }), path: '/v1/queues/nope' });
    expect(answer.status).toBe(404);
  });

  it('give tasks made from now on their timeout and retry, and leave the others as they are', async () => {
    const { call, create } = makeApiWorld();
    const before = await create();
    await call(patchOf({ timeoutSeconds: 90, retry: { limit: 1 } }));
    const after = await create();
    const own = await create({ timeoutSeconds: 5, retry: { limit: 3 } });
    expect([before.timeoutSeconds, after.timeoutSeconds, own.timeoutSeconds]).toEqual([60, 90, 5]);
    expect([before.retry.limit, after.retry.limit, own.retry.limit]).toEqual([5, 1, 3]);
    const patched = await call({
      method: 'PATCH',
      path: `/v1/tasks/${before.id}`,
      body: { timeoutSeconds: null },
    });
    expect(patched.body).toMatchObject({ timeoutSeconds: 90, retry: { limit: 5 } });
  });
});

describe('a change that Lambda does not take just now', () => {
  const reconcile = (world: ReturnType<typeof makeApiWorld>) =>
    reconcileQueues({ ...world, queueWorkers: queueDefaults });

  it('is stored, said to be under way, and made up for by the sweeper', async () => {
    const world = makeApiWorld();
    world.busyFeeds.add('default');
    expect((await world.call(patchOf({ paused: true }))).body).toMatchObject({
      paused: true,
      applied: false,
    });
    expect(await reconcile(world)).toEqual({ changed: 0, failed: 0 });
    expect((await world.call({ path: '/v1/queues/default' })).body.applied).toBe(false);
    world.busyFeeds.clear();
    expect(await reconcile(world)).toEqual({ changed: 1, failed: 0 });
    expect(world.feeds.get('default')).toEqual({ enabled: false, workers: 20 });
    expect((await world.call({ path: '/v1/queues/default' })).body).toMatchObject({
      paused: true,
      applied: true,
    });
  });

  it('is so as well when it fails, or when the process dies in between', async () => {
    const world = makeApiWorld();
    world.hooks.before = (operation) => {
      if (operation === 'queueFeeds.set') throw new Error('no way to Lambda');
    };
    expect((await world.call(patchOf({ workers: 3 }))).body).toMatchObject({ workers: 3, applied: false });
    expect(await reconcile(world)).toEqual({ changed: 0, failed: 1 });
    world.hooks.before = undefined;
    expect(await reconcile(world)).toEqual({ changed: 1, failed: 0 });
    expect(world.feeds.get('default')).toEqual({ enabled: true, workers: 3 });
  });

  it('wins against a deployment that says otherwise', async () => {
    const world = makeApiWorld();
    await world.call(patchOf({ workers: 3, paused: true }));
    world.feeds.set('default', { enabled: true, workers: 20 });
    expect(await reconcile(world)).toEqual({ changed: 1, failed: 0 });
    expect(world.feeds.get('default')).toEqual({ enabled: false, workers: 3 });
    await world.call(patchOf({ workers: null, paused: null }));
    // Two people at once, whose words reached Lambda in the wrong order.
    world.feeds.set('default', { enabled: false, workers: 3 });
    expect(await reconcile(world)).toEqual({ changed: 1, failed: 0 });
    expect(world.feeds.get('default')).toEqual({ enabled: true, workers: 20 });
  });

  it('is nobody’s business where nobody said anything: no look at Lambda', async () => {
    const world = makeApiWorld();
    world.hooks.before = (operation) => {
      if (operation.startsWith('queueFeeds')) throw new Error('not asked for');
    };
    expect(await reconcile(world)).toEqual({ changed: 0, failed: 0 });
  });
});

describe('a queue at its limit', () => {
  const full = async () => {
    const world = makeApiWorld();
    const { id } = await world.create();
    await world.call(patchOf({ maxBacklog: 2 }));
    expect((await world.call(trigger(id, 'first'))).status).toBe(202);
    expect((await world.call(trigger(id))).status).toBe(202);
    return { ...world, id };
  };

  it('refuses triggers with 429, saying when to come again, and takes them when it has room', async () => {
    const world = await full();
    const refused = await world.call(trigger(world.id));
    expect(refused.status).toBe(429);
    expect(refused.headers['retry-after']).toBe('30');
    expect(refused.body).toMatchObject({ code: 'backlog-full', title: 'Queue is full' });
    expect(world.tables.executions.all()).toHaveLength(2);
    world.workQueues.queue('default').receive(1);
    expect((await world.call(trigger(world.id))).status).toBe(202);
  });

  it('refuses new tasks, by POST and by PUT, but no change of one that stands', async () => {
    const { call, id } = await full();
    expect((await call({ method: 'POST', path: '/v1/tasks', body: TASK })).status).toBe(429);
    expect((await call({ method: 'PUT', path: '/v1/tasks/new', body: TASK })).status).toBe(429);
    expect(
      (await call({ method: 'PUT', path: `/v1/tasks/${id}`, body: { ...TASK, name: 'x' } })).status,
    ).toBe(200);
    const elsewhere = await call({ method: 'POST', path: '/v1/tasks', body: { ...TASK, queue: 'high' } });
    expect(elsewhere.status).toBe(201);
  });

  it('answers whoever repeats a request as before, and refuses a repetition of what it refused', async () => {
    const world = await full();
    expect((await world.call(trigger(world.id, 'first'))).status).toBe(202);
    expect((await world.call(trigger(world.id, 'later'))).status).toBe(429);
    expect((await world.call(trigger(world.id, 'later'))).status).toBe(429);
    expect(world.tables.executions.all()).toHaveLength(2);
  });
});
