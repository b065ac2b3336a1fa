import { describe, expect, it } from 'vitest';
import { makeApiWorld, TASK } from './api-world.ts';

const NOW = '2026-11-21T09:00:00.000Z';

describe('creating a task', () => {
  it('answers 201 with Location, ETag, defaults of its queue and the first occurrence', async () => {
    const { call } = makeApiWorld();
    const made = await call({ method: 'POST', path: '/v1/tasks', body: TASK });
    expect(made.status).toBe(201);
    expect(made.body).toEqual({
      id: expect.stringMatching(/^[0-9A-HJKMNP-TV-Z]{26}$/),
      name: 'Nightly report',
      handler: 'demo.echo',
      payload: {},
      schedule: { kind: 'cron', expressions: ['0 2 * * *'], timezone: 'UTC', jitterSeconds: 0 },
      status: 'active',
      queue: 'default',
      tags: [],
      timeoutSeconds: 60,
      retry: { strategy: 'exponential', limit: 5, baseSeconds: 10, maxSeconds: 3600, jitter: 'none' },
      overlap: 'forbid',
      misfire: 'fireOnce',
      misfireGraceSeconds: 300,
      catchUpLimit: 10,
      concurrency: [],
      rateLimit: [],
      system: false,
      createdAt: NOW,
      updatedAt: NOW,
      createdBy: 'token:test',
      version: 1,
      nextRunAt: '2026-11-22T02:00:00.000Z',
      scheduleDescription: 'At 02:00 (UTC)',
      lastRun: null,
    });
    expect(made.headers.location).toBe(`/v1/tasks/${made.body.id}`);
    expect(made.headers.etag).toBe('"1"');
    expect((await call({ path: `/v1/tasks/${made.body.id}` })).body).toEqual(made.body);
  });

  it('takes timeout and retries of the queue it names, and lays its own over them', async () => {
    const { create } = makeApiWorld();
    expect(await create({ queue: 'low', retry: { baseSeconds: 7200 } })).toMatchObject({
      timeoutSeconds: 300,
      retry: { strategy: 'exponential', limit: 2, baseSeconds: 7200, maxSeconds: 7200, jitter: 'none' },
    });
  });

  it('sends the hint itself when the task is due at once, and leaves later ones to the tick', async () => {
    const { create, workQueues } = makeApiWorld();
    const now = await create({ schedule: { kind: 'now' }, queue: 'high' });
    await create({ schedule: { kind: 'once', delaySeconds: 30 } });
    await create({ schedule: { kind: 'once', delaySeconds: 3600 } });
    expect(now.nextRunAt).toBe(NOW);
    expect(workQueues.sent.map(({ queue, delaySeconds }) => ({ queue, delaySeconds }))).toEqual([
      { queue: 'high', delaySeconds: 0 },
      { queue: 'default', delaySeconds: 30 },
    ]);
  });

  it('succeeds although the queue refuses the hint: the tick will send it', async () => {
    const { create, workQueues } = makeApiWorld();
    workQueues.refuse(() => true);
    expect(await create({ schedule: { kind: 'now' } })).toMatchObject({ status: 'active' });
  });

  it('keeps any JSON as payload, members called __proto__ included', async () => {
    const { call } = makeApiWorld();
    const body = `{"name":"n","handler":"demo.echo","schedule":{"kind":"now"},"payload":{"__proto__":{"a":1},"constructor":[null,1e-7,"\\u0000"]}}`;
    const made = await call({ method: 'POST', path: '/v1/tasks', body });
    expect(made.status).toBe(201);
    expect(JSON.stringify(made.body.payload)).toBe(
      '{"__proto__":{"a":1},"constructor":[null,1e-7,"\\u0000"]}',
    );
  });

  it('counts characters, not UTF-16 units', async () => {
    const { create } = makeApiWorld();
    expect((await create({ name: '🕰'.repeat(128) })).name).toHaveLength(256);
  });
});

describe('Idempotency-Key', () => {
  const headers = { 'Idempotency-Key': 'order-1' };
  it('gives the same task for the same request, also when the request would be refused by now', async () => {
    const { call, advance, tables } = makeApiWorld();
    const body = { ...TASK, schedule: { kind: 'once', at: '2026-11-21T09:00:10.000Z' } };
    const first = await call({ method: 'POST', path: '/v1/tasks', body, headers });
    const again = await call({ method: 'POST', path: '/v1/tasks', body, headers });
    await advance(3_600_000);
    const late = await call({ method: 'POST', path: '/v1/tasks', body, headers });
    expect([again.status, late.status]).toEqual([201, 201]);
    expect([again.body.id, late.body.id]).toEqual([first.body.id, first.body.id]);
    expect(tables.states.all()).toHaveLength(1);
  });
  it('refuses another request under the same key, and forgets the key after a day', async () => {
    const { call, advance } = makeApiWorld();
    await call({ method: 'POST', path: '/v1/tasks', body: TASK, headers });
    const other = { method: 'POST', path: '/v1/tasks', body: { ...TASK, name: 'other' }, headers };
    const refused = await call(other);
    expect([refused.status, refused.body.code]).toEqual([409, 'idempotency-conflict']);
    await advance(86_400_001);
    expect((await call(other)).status).toBe(201);
  });
  it('does not use the key up for a request that was refused', async () => {
    const { call } = makeApiWorld();
    const bad = await call({ method: 'POST', path: '/v1/tasks', body: { ...TASK, handler: 'x' }, headers });
    expect(bad.status).toBe(422);
    expect((await call({ method: 'POST', path: '/v1/tasks', body: TASK, headers })).status).toBe(201);
  });
  it('makes one task of two requests at the same time, and of one that died in between', async () => {
    const world = makeApiWorld();
    const request = { method: 'POST', path: '/v1/tasks', body: TASK, headers };
    world.hooks.before = (operation) => {
      if (operation === 'tasks.create') throw new Error('crash');
    };
    expect((await world.call(request)).status).toBe(500);
    world.hooks.before = undefined;
    const [a, b] = await Promise.all([world.call(request), world.call(request)]);
    expect([a.status, b.status, b.body.id]).toEqual([201, 201, a.body.id]);
    expect(world.tables.states.all()).toHaveLength(1);
  });
  it('says that the task has been deleted since', async () => {
    const { call } = makeApiWorld();
    const { body } = await call({ method: 'POST', path: '/v1/tasks', body: TASK, headers });
    await call({ method: 'DELETE', path: `/v1/tasks/${body.id}` });
    expect((await call({ method: 'POST', path: '/v1/tasks', body: TASK, headers })).status).toBe(409);
  });
});

describe('PUT', () => {
  const put = { method: 'PUT', path: '/v1/tasks/nightly' };
  it('creates, then replaces, and does nothing when told the same again', async () => {
    const { call } = makeApiWorld();
    const made = await call({ ...put, body: TASK });
    expect([made.status, made.headers.location, made.body.id]).toEqual([201, '/v1/tasks/nightly', 'nightly']);
    const same = await call({ ...put, body: { ...TASK, id: 'nightly' } });
    expect([same.status, same.headers.etag]).toEqual([200, '"1"']);
    const renamed = await call({ ...put, body: { ...TASK, name: 'Renamed' } });
    expect([renamed.status, renamed.body.name, renamed.headers.etag]).toEqual([200, 'Renamed', '"2"']);
  });
  it('shows with dryRun what would become of it, and writes nothing', async () => {
    const { call } = makeApiWorld();
    const dry = (body: object) => call({ ...put, query: 'dryRun=true', body });
    expect(await dry(TASK)).toMatchObject({
      status: 200,
      body: { id: 'nightly', version: 1, nextRunAt: '2026-11-22T02:00:00.000Z' },
    });
    expect((await call({ path: put.path })).status).toBe(404);
    await call({ ...put, body: TASK });
    const before = (await call({ path: put.path })).body;
    expect((await dry(TASK)).body).toEqual(before);
    const later = { kind: 'cron', expressions: ['0 3 * * *'] };
    expect((await dry({ ...TASK, schedule: later })).body).toMatchObject({
      version: 2,
      nextRunAt: '2026-11-22T03:00:00.000Z',
    });
    expect((await dry({ ...TASK, handler: 'no.such' })).status).toBe(422);
    expect((await call({ path: put.path })).body).toEqual(before);
  });
  it('checks with dryRun all but the tasks that it would trigger, which may come with the same plan', async () => {
    const { call } = makeApiWorld();
    const body = { ...TASK, onSuccess: [{ taskId: 'comes-later' }] };
    expect((await call({ ...put, query: 'dryRun=true', body })).status).toBe(200);
    expect((await call({ ...put, body })).status).toBe(422);
  });
  it('takes back what GET gave', async () => {
    const { call } = makeApiWorld();
    const made = await call({
      ...put,
      body: { ...TASK, description: 'd', schedule: { kind: 'interval', seconds: 30 } },
    });
    const back = await call({ ...put, body: { ...made.body, tags: ['billing'] } });
    expect(back.body).toEqual({ ...made.body, tags: ['billing'], version: 2 });
  });
  it('keeps the beat of an interval and does not run `now` again', async () => {
    const { call, advance, workQueues } = makeApiWorld();
    const body = { ...TASK, schedule: { kind: 'interval', seconds: 600 } };
    const made = await call({ ...put, body });
    await call({ method: 'PUT', path: '/v1/tasks/once', body: { ...TASK, schedule: { kind: 'now' } } });
    const hints = workQueues.sent.length;
    await advance(60_000);
    expect((await call({ ...put, body })).body).toEqual(made.body);
    await call({ method: 'PUT', path: '/v1/tasks/once', body: { ...TASK, schedule: { kind: 'now' } } });
    expect(workQueues.sent).toHaveLength(hints);
  });
  it('honours If-Match and If-None-Match', async () => {
    const { call } = makeApiWorld();
    const status = async (headers: Record<string, string>, name: string) =>
      (await call({ ...put, body: { ...TASK, name }, headers })).status;
    expect(await status({ 'If-Match': '*' }, 'a')).toBe(412);
    expect(await status({ 'If-Match': '"1"' }, 'a')).toBe(412);
    expect(await status({ 'If-None-Match': '*' }, 'a')).toBe(201);
    expect(await status({ 'If-None-Match': '*' }, 'b')).toBe(412);
    expect(await status({ 'If-Match': '"1"' }, 'b')).toBe(200);
    expect(await status({ 'If-Match': '"1"' }, 'c')).toBe(412);
    expect(await status({ 'If-Match': '"7", "2"' }, 'c')).toBe(200);
    expect(await status({ 'If-Match': 'W/"3"' }, 'd')).toBe(412);
    expect(await status({ 'If-Match': '*' }, 'd')).toBe(200);
    expect(await status({ 'If-Match': 'xyz' }, 'e')).toBe(400);
  });
  it('gives a deleted task a new life, and generations go on counting', async () => {
    const { call, tables } = makeApiWorld();
    await call({ ...put, body: TASK });
    await call({ method: 'DELETE', path: put.path });
    expect((await call({ path: put.path })).status).toBe(404);
    expect((await call({ ...put, body: TASK })).status).toBe(201);
    expect(tables.states.all()).toMatchObject([{ generation: 3, status: 'active' }]);
    expect(tables.states.all()[0]).not.toHaveProperty('ttl');
  });
  it('survives others who write at the same time', async () => {
    const { call } = makeApiWorld();
    await call({ ...put, body: TASK });
    const answers = await Promise.all(
      ['a', 'b', 'c'].map((name) => call({ ...put, body: { ...TASK, name } })),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await call({ path: put.path })).body.version).toBe(4);
  });
});

describe('PATCH', () => {
  it('merges, takes a field back to its default on null, and leaves the rest', async () => {
    const { call, create } = makeApiWorld();
    const made = await create({ tags: ['a'], timeoutSeconds: 7, payload: { a: { b: 1, c: 2 } } });
    const patched = await call({
      method: 'PATCH',
      path: `/v1/tasks/${made.id}`,
      body: { tags: null, timeoutSeconds: null, payload: { a: { b: null, d: 3 } } },
      headers: { 'content-type': 'application/merge-patch+json', 'if-match': '"1"' },
    });
    expect(patched.status).toBe(200);
    expect(patched.body).toEqual({
      ...made,
      tags: [],
      timeoutSeconds: 60,
      payload: { a: { c: 2, d: 3 } },
      version: 2,
    });
  });
  it('adds heartbeats to a task and takes them away again', async () => {
    const { call, create } = makeApiWorld();
    const { id, heartbeatSeconds } = await create();
    expect(heartbeatSeconds).toBeUndefined();
    const patch = (body: object) => call({ method: 'PATCH', path: `/v1/tasks/${id}`, body });
    expect((await patch({ heartbeatSeconds: 30 })).body.heartbeatSeconds).toBe(30);
    expect((await patch({ timeoutSeconds: 20 })).body.errors).toEqual([
      { path: 'heartbeatSeconds', message: 'must not be above timeoutSeconds (20)' },
    ]);
    expect((await patch({ heartbeatSeconds: null })).body).not.toHaveProperty('heartbeatSeconds');
  });

  it('moves the next run only when the schedule changes, and fences older runs then', async () => {
    const { call, create, tables, advance } = makeApiWorld();
    const { id, nextRunAt } = await create({ schedule: { kind: 'interval', seconds: 600 } });
    await advance(60_000);
    const patch = (body: object) => call({ method: 'PATCH', path: `/v1/tasks/${id}`, body });
    expect((await patch({ name: 'n' })).body.nextRunAt).toBe(nextRunAt);
    expect(tables.states.all()[0]?.generation).toBe(1);
    expect((await patch({ overlap: 'allow' })).body.nextRunAt).toBe(nextRunAt);
    expect(tables.states.all()[0]?.generation).toBe(2);
    const moved = await patch({ schedule: { kind: 'cron', expressions: ['30 9 * * *'] } });
    expect(moved.body.nextRunAt).toBe('2026-11-21T09:30:00.000Z');
    expect(moved.body.schedule).toEqual({
      kind: 'cron',
      expressions: ['30 9 * * *'],
      timezone: 'UTC',
      jitterSeconds: 0,
    });
  });
  it('leaves a paused task paused', async () => {
    const { call, create } = makeApiWorld();
    const { id } = await create();
    await call({ method: 'POST', path: `/v1/tasks/${id}/pause` });
    const patched = await call({
      method: 'PATCH',
      path: `/v1/tasks/${id}`,
      body: { schedule: { kind: 'once', delaySeconds: 60 } },
    });
    expect(patched.body).toMatchObject({ status: 'paused', nextRunAt: null });
  });
});

describe('pause, resume, delete', () => {
  it('can be repeated', async () => {
    const { call, create } = makeApiWorld();
    const { id, nextRunAt } = await create();
    const post = (action: string) => call({ method: 'POST', path: `/v1/tasks/${id}/${action}` });
    expect((await post('pause')).body).toMatchObject({ status: 'paused', nextRunAt: null, version: 2 });
    expect((await post('pause')).body).toMatchObject({ status: 'paused', version: 2 });
    expect((await post('resume')).body).toMatchObject({ status: 'active', nextRunAt, version: 3 });
    expect((await post('resume')).body).toMatchObject({ status: 'active', version: 3 });
  });
  it('resumes a one-time task with its own instant though it has passed, and sends the hint', async () => {
    const { call, create, advance, workQueues } = makeApiWorld();
    const { id, nextRunAt } = await create({ schedule: { kind: 'once', delaySeconds: 3600 } });
    await call({ method: 'POST', path: `/v1/tasks/${id}/pause` });
    await advance(7_200_000);
    const resumed = await call({ method: 'POST', path: `/v1/tasks/${id}/resume` });
    expect(resumed.body).toMatchObject({ status: 'active', nextRunAt });
    expect(workQueues.sent).toMatchObject([{ delaySeconds: 0 }]);
  });
  it('refuses to pause or resume what is completed', async () => {
    const { call, create, tables } = makeApiWorld();
    const { id } = await create();
    const [state] = tables.states.all();
    if (!state) throw new Error('no state');
    const { index: _index, nextRunAt: _next, ...rest } = state;
    tables.states.put({ ...rest, status: 'completed' });
    for (const action of ['pause', 'resume']) {
      const answer = await call({ method: 'POST', path: `/v1/tasks/${id}/${action}` });
      expect([answer.status, answer.body.code]).toEqual([409, 'state-conflict']);
    }
  });
  it('answers 204 without a body, then 404', async () => {
    const { call, create } = makeApiWorld();
    const { id } = await create();
    const remove = (headers = {}) => call({ method: 'DELETE', path: `/v1/tasks/${id}`, headers });
    expect((await remove({ 'if-match': '"9"' })).status).toBe(412);
    const gone = await remove();
    expect([gone.status, gone.body, gone.headers['content-type']]).toEqual([204, '', undefined]);
    expect((await remove()).status).toBe(404);
    expect((await call({ path: '/v1/tasks' })).body.items).toEqual([]);
  });
  it('lets only an admin change a system task, and anybody see it', async () => {
    const { call, create } = makeApiWorld();
    const { id } = await create({ system: true });
    const as = (method: string, path: string, body?: object) =>
      call({ method, path, role: 'operator', ...(body ? { body } : {}) });
    expect((await as('POST', `/v1/tasks/${id}/pause`)).status).toBe(403);
    expect((await as('PATCH', `/v1/tasks/${id}`, { system: false })).status).toBe(403);
    expect((await as('PUT', `/v1/tasks/${id}`, TASK)).status).toBe(403);
    expect((await as('DELETE', `/v1/tasks/${id}`)).status).toBe(403);
    expect((await as('POST', '/v1/tasks', { ...TASK, system: true })).status).toBe(403);
    expect((await as('GET', `/v1/tasks/${id}`)).body.system).toBe(true);
  });
});

describe('listing tasks', () => {
  it('goes through all of them by name, a page at a time', async () => {
    const { call, create } = makeApiWorld();
    const names = Array.from({ length: 23 }, (_, at) => `task ${String(at).padStart(2, '0')}`);
    for (const name of names.toReversed()) await create({ name });
    const seen: string[] = [];
    let query = 'limit=5';
    for (let pages = 1; ; pages++) {
      const { body } = await call({ path: '/v1/tasks', query });
      seen.push(...body.items.map((task: { name: string }) => task.name));
      if (body.nextCursor === null) {
        expect(pages).toBe(5);
        break;
      }
      query = `limit=5&cursor=${body.nextCursor}`;
    }
    expect(seen).toEqual(names);
  });
  it('filters by status, queue, tag, handler and search, and finds the rare ones behind many others', async () => {
    const { call, create } = makeApiWorld();
    for (let at = 0; at < 120; at++) await create({ name: `a ${at}` });
    const wanted = await create({
      name: 'zebra',
      queue: 'high',
      tags: ['billing'],
      handler: 'demo.fail',
      description: 'Black and White',
    });
    await call({ method: 'POST', path: `/v1/tasks/${wanted.id}/pause` });
    for (const query of [
      'status=paused',
      'status=paused,completed',
      'queue=high',
      'tag=billing',
      'handler=demo.fail',
      'search=ZEB',
      'search=black%20and',
      `search=${wanted.id}`,
      'status=paused&queue=high&tag=billing&handler=demo.fail&search=zebra&limit=1',
    ]) {
      const { body } = await call({ path: '/v1/tasks', query });
      expect([query, body.items.map((task: { id: string }) => task.id)]).toEqual([query, [wanted.id]]);
      expect(body.nextCursor).toBeNull();
    }
    expect((await call({ path: '/v1/tasks', query: 'status=paused&queue=low' })).body.items).toEqual([]);
  });
  it('gives nothing of another tenant', async () => {
    const { call, create } = makeApiWorld();
    const { id } = await create();
    expect((await call({ path: '/v1/tasks', tenant: 'other' })).body.items).toEqual([]);
    expect((await call({ path: `/v1/tasks/${id}`, tenant: 'other' })).status).toBe(404);
  });
});

describe('upcoming', () => {
  it('lists the next occurrences, none while paused', async () => {
    const { call, create } = makeApiWorld();
    const { id } = await create();
    const path = `/v1/tasks/${id}/upcoming`;
    expect((await call({ path, query: 'count=2' })).body.items).toEqual([
      '2026-11-22T02:00:00.000Z',
      '2026-11-23T02:00:00.000Z',
    ]);
    expect((await call({ path })).body.items).toHaveLength(10);
    await call({ method: 'POST', path: `/v1/tasks/${id}/pause` });
    expect((await call({ path })).body.items).toEqual([]);
  });
});
