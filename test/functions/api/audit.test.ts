import { describe, expect, it } from 'vitest';
import { routes } from '../../../functions/api/routes.ts';
import type { AuditEntry } from '../../../shared/domain/audit.ts';
import { asksOf } from '../../support/every-route.ts';
import { type Call, makeApiWorld, TASK } from './api-world.ts';
import { belongings, makeBelongings, OWNER } from './belongings.ts';

const NOW = '2026-11-21T09:00:00.000Z';
const DAY_MS = 86_400_000;
/** What changes nothing, with the reason; everything else that is not a GET names what the trail calls it. */
const HARMLESS: Record<string, string> = {
  previewSchedule: 'only reckons',
  heartbeatExecution: 'only tells that somebody is still at work',
};

const changing = routes.flatMap((route) =>
  route.method === 'GET' || route.audit === 'harmless' ? [] : [{ ...route, audit: route.audit }],
);
const named = changing.map((route) => [`${route.method} ${route.path}`, route] as const);

function makeWorld() {
  const world = makeApiWorld();
  const put = (path: string, body: object, more: Partial<Call> = {}) =>
    world.call({ method: 'PUT', path, body, ...more });
  const post = (path: string, body?: object, more: Partial<Call> = {}) =>
    world.call({ method: 'POST', path, ...(body && { body }), ...more });
  const trail = async (query = '', by: Partial<Call> = {}) => {
    const { body } = await world.call({ path: '/v1/audit', query, ...by });
    return body.items;
  };
  return {
    ...world,
    put,
    post,
    trail,
    task: (over: object = {}) => put('/v1/tasks/nightly', { ...TASK, ...over }),
    told: async (query = '') =>
      (await trail(query)).map(({ action, resource, outcome }: Record<string, string>) =>
        [action, resource, outcome].join(' '),
      ),
  };
}

describe('every line of the route table', () => {
  it('that is not a GET says what the audit trail calls it, or why it is harmless', () => {
    const silent = routes.filter((route) => route.method !== 'GET' && route.audit === 'harmless');
    expect(silent.map(({ operationId }) => operationId).sort()).toEqual(Object.keys(HARMLESS).sort());
    for (const { operationId, audit } of changing) {
      expect(audit.action, operationId).toMatch(/^[a-z][A-Za-z]+\.[a-z]+$/);
      expect(audit.resource, operationId).toMatch(/^[a-z-]+\/\{\w+\}/);
    }
  });

  it.each(named)('%s: leaves an entry with what it is about', async (_, route) => {
    const { world, ids } = await makeBelongings();
    world.tables.audit.clear();
    const tenant = route.role === 'root' ? 'root' : OWNER;
    const [asked] = asksOf(route, ids);
    const answer = await world.call({ ...asked, role: route.role === 'token' ? null : 'admin', tenant });
    expect(answer.status).toBeLessThan(300);
    const [entry, ...more] = [...world.tables.audit.values()];
    // Of many it tells one by one as well.
    if (route.operationId !== 'bulk') expect(more).toEqual([]);
    expect(entry).toMatchObject({
      tenant,
      actor: route.role === 'token' ? `handOff:${ids.pending}/1` : 'token:test',
      action: route.audit.action,
      requestId: answer.headers['x-request-id'],
      at: world.clock.nowMs(),
    });
    expect(entry?.outcome).toMatch(/^(done|unchanged)$/);
    expect(entry?.resource).not.toMatch(/[{}]/);
    expect(JSON.stringify(entry)).not.toContain(ids.handOff);
  });

  it.each(named)('%s: leaves no change without an entry, wherever the process dies', async (_, route) => {
    const tenant = route.role === 'root' ? 'root' : OWNER;
    for (const side of ['before', 'after'] as const)
      for (let crashAt = 1, reached = true; reached; crashAt++) {
        const { world, ids } = await makeBelongings();
        world.tables.audit.clear();
        const { audit: _before, ...before } = everything(world);
        const [asked] = asksOf(route, ids);
        const call = { ...asked, role: route.role === 'token' ? null : ('admin' as const), tenant };
        reached = await dying(world, side, crashAt, () => world.call(call));
        const { audit, ...after } = everything(world);
        if (JSON.stringify(after) === JSON.stringify(before)) continue;
        const [entry] = audit;
        expect([side, crashAt, entry?.action]).toEqual([side, crashAt, route.audit.action]);
      }
  });
});

/** True when it died: what was under way then never goes on. */
async function dying(
  { hooks }: Pick<ReturnType<typeof makeApiWorld>, 'hooks'>,
  side: 'before' | 'after',
  crashAt: number,
  work: () => Promise<unknown>,
): Promise<boolean> {
  let operations = 0;
  let die = () => {};
  const dead = new Promise<true>((resolve) => {
    die = () => resolve(true);
  });
  hooks[side] = () => {
    if (++operations !== crashAt) return;
    die();
    return new Promise<never>(() => {});
  };
  const hasDied = await Promise.race([work().then(() => false), dead]);
  hooks[side] = undefined;
  return hasDied;
}

/** All that people see of what is stored. */
function everything(world: ReturnType<typeof makeApiWorld>) {
  const { tables } = world;
  const { requests: _, ...stored } = belongings(world);
  return {
    ...stored,
    audit: [...tables.audit.values()],
    tenants: [...tables.tenants.values()],
    queues: structuredClone(tables.queues),
  };
}

describe('an entry', () => {
  it('tells who did what, when, and how it was before and after', async () => {
    const { task, call, trail } = makeWorld();
    await task({ payload: { key: 'first' } });
    const { headers } = await call({ method: 'POST', path: '/v1/tasks/nightly/pause' });
    const [paused, created] = await trail();
    expect(created).toMatchObject({ action: 'task.put', outcome: 'done', before: null });
    expect(created.after).toMatchObject({ id: 'nightly', status: 'active', handler: 'demo.echo' });
    expect(paused).toEqual({
      id: expect.any(String),
      at: NOW,
      actor: 'token:test',
      action: 'task.pause',
      resource: 'tasks/nightly',
      outcome: 'done',
      code: null,
      before: expect.objectContaining({ status: 'active', version: 1 }),
      after: expect.objectContaining({ status: 'paused', version: 2 }),
      requestId: headers['x-request-id'],
    });
    expect(paused.before.payload).toEqual({ masked: expect.any(String), bytes: 15 });
    expect(paused.after.payload).toEqual(paused.before.payload);
  });

  it('is named by what the answer names, where the request could not', async () => {
    const { create, post, told } = makeWorld();
    const { id } = await create();
    const { body } = await post('/v1/tokens', { role: 'viewer' });
    expect(await told()).toEqual([`token.create tokens/${body.id} done`, `task.create tasks/${id} done`]);
  });

  it('never holds the secret of a token that was made, nor its hash', async () => {
    const { post, tables, trail } = makeWorld();
    const { body } = await post('/v1/tokens', { role: 'viewer', name: 'ci' });
    const [made] = await trail();
    expect(made.after).toMatchObject({ id: body.id, name: 'ci', role: 'viewer', tenant: 'root' });
    const stored = JSON.stringify([...tables.audit.values()]);
    expect(stored).not.toContain(body.token.split('_').at(-1));
    expect(stored).not.toContain(tables.tokens.get(body.id)?.hash);
  });

  it('of a deletion tells what is gone', async () => {
    const { put, call, trail } = makeWorld();
    await put('/v1/variables/region', { value: 'eu' });
    await call({ method: 'DELETE', path: '/v1/variables/region' });
    const [gone] = await trail();
    expect(gone).toMatchObject({ action: 'variable.delete', outcome: 'done', after: null });
    expect(gone.before).toEqual({ name: 'region', value: { masked: expect.any(String), bytes: 4 } });
  });

  it('of an action that is done to many tells what was done', async () => {
    const { task, post, trail } = makeWorld();
    await task();
    const { body: run } = await post('/v1/tasks/nightly/trigger', { payload: { key: 'private' } });
    await post('/v1/queues/default/dead-letters/redrive');
    const [redriven, triggered] = await trail();
    expect(redriven).toMatchObject({
      resource: 'queues/default/dead-letters',
      before: null,
      outcome: 'unchanged',
    });
    expect(redriven.after).toMatchObject({ count: 0, items: [] });
    expect(triggered).toMatchObject({ resource: 'tasks/nightly', before: null, after: { id: run.id } });
  });
});

describe('a bulk request', () => {
  it('leaves an entry of its own, and one for each as its own endpoint would', async () => {
    const { task, put, post, trail } = makeWorld();
    await task({ payload: { key: 'private' } });
    await put('/v1/tasks/other', TASK);
    await post('/v1/tasks/other/pause');
    const ids = ['nightly', 'other', 'nothing'];
    const { headers } = await post('/v1/bulk', { action: 'pause', ids });
    const requestId = headers['x-request-id'];
    const entries = (await trail()).filter((entry: { requestId: string }) => entry.requestId === requestId);
    const told = entries.map(({ action, resource, outcome }: Record<string, string>) => [
      action,
      resource,
      outcome,
    ]);
    expect(told.sort()).toEqual([
      ['bulk.request', 'bulk', 'done'],
      ['task.pause', 'tasks/nightly', 'done'],
      ['task.pause', 'tasks/nothing', 'refused'],
      ['task.pause', 'tasks/other', 'unchanged'],
    ]);
    const nightly = entries.find(({ resource }: { resource: string }) => resource === 'tasks/nightly');
    expect(nightly).toMatchObject({ before: { status: 'active' }, after: { status: 'paused' } });
    expect(JSON.stringify(entries)).not.toContain('private');
  });

  it('that only looks leaves none', async () => {
    const { task, post, tables } = makeWorld();
    await task();
    tables.audit.clear();
    await post('/v1/bulk', { action: 'pause', ids: ['nightly'], dryRun: true });
    expect(tables.audit.size).toBe(0);
  });
});

describe('a dry run', () => {
  it('that the endpoint does not know is no way past the trail', async () => {
    const { task, call, tables } = makeWorld();
    await task();
    tables.audit.clear();
    for (const [method, body] of [
      ['PATCH', { name: 'Another', dryRun: true }],
      ['PUT', { ...TASK, name: 'Another', dryRun: true }],
    ] as const)
      expect((await call({ method, path: '/v1/tasks/nightly', body })).status).toBe(422);
    expect((await call({ path: '/v1/tasks/nightly' })).body.name).toBe(TASK.name);
  });
});

describe('what changed nothing', () => {
  it.each<[string, (world: ReturnType<typeof makeWorld>) => Promise<unknown>, string]>([
    ['the same task again', ({ task }) => task(), 'task.put tasks/nightly unchanged'],
    [
      'a second pause',
      async ({ post }) => {
        await post('/v1/tasks/nightly/pause');
        return post('/v1/tasks/nightly/pause');
      },
      'task.pause tasks/nightly unchanged',
    ],
    [
      'the same variable again',
      async ({ put }) => {
        await put('/v1/variables/region', { value: 'eu' });
        return put('/v1/variables/region', { value: 'eu' });
      },
      'variable.put variables/region unchanged',
    ],
    [
      'the same calendar again',
      async ({ put }) => {
        await put('/v1/calendars/days', { name: 'Days' });
        return put('/v1/calendars/days', { name: 'Days' });
      },
      'calendar.put calendars/days unchanged',
    ],
    [
      'the same limits of a tenant again',
      async ({ put, advance }) => {
        await put('/v1/tenants/new', { maxTasks: 5 });
        await advance(1_000);
        return put('/v1/tenants/new', { maxTasks: 5 });
      },
      'tenant.put tenants/new unchanged',
    ],
    [
      'the same settings of a queue again',
      async ({ call, task }) => {
        const patch = { method: 'PATCH', path: '/v1/queues/default', body: { workers: 7 } };
        await call(patch);
        await task({ schedule: { kind: 'now' } });
        return call(patch);
      },
      'queue.patch queues/default unchanged',
    ],
    [
      'a repeated Idempotency-Key of a trigger',
      async ({ post }) => {
        const headers = { 'idempotency-key': 'k' };
        await post('/v1/tasks/nightly/trigger', {}, { headers });
        return post('/v1/tasks/nightly/trigger', {}, { headers });
      },
      'task.trigger tasks/nightly unchanged',
    ],
  ])('claims no change: %s', async (_, change, last) => {
    const world = makeWorld();
    await world.task();
    await change(world);
    const [newest, before] = await world.told();
    expect(newest).toBe(last);
    if (!last.startsWith('task.put')) expect(before).toMatch(/ done$/);
  });

  it('claims no change: a repeated Idempotency-Key of a creation', async () => {
    const { post, told } = makeWorld();
    const headers = { 'idempotency-key': 'k' };
    const { body } = await post('/v1/tasks', TASK, { headers });
    await post('/v1/tasks', TASK, { headers });
    expect(await told()).toEqual([
      `task.create tasks/${body.id} unchanged`,
      `task.create tasks/${body.id} done`,
    ]);
  });

  it('claims no change: a hand-off that is ended twice with the same words', async () => {
    const { world, ids } = await makeBelongings();
    world.tables.audit.clear();
    const call = {
      method: 'POST',
      path: `/v1/executions/${ids.pending}/complete`,
      body: { token: ids.handOff, result: { secret: 'private result' } },
      role: null,
    };
    await world.call(call);
    await world.call(call);
    const entries = [...world.tables.audit.values()];
    expect(entries.map(({ outcome, tenant }) => [outcome, tenant])).toEqual([
      ['done', OWNER],
      ['unchanged', OWNER],
    ]);
    expect(JSON.stringify(entries)).not.toContain('private result');
  });
});

describe('a change that was refused', () => {
  it.each<[string, Call, string, string]>([
    [
      'a version that moved on',
      {
        method: 'PUT',
        path: '/v1/tasks/nightly',
        body: { ...TASK, name: 'X' },
        headers: { 'if-match': '"9"' },
      },
      'task.put tasks/nightly',
      'version-mismatch',
    ],
    [
      'a task that is not there',
      { method: 'POST', path: '/v1/tasks/nothing/pause' },
      'task.pause tasks/nothing',
      'not-found',
    ],
    [
      'what only the use case can check',
      { method: 'PATCH', path: '/v1/tasks/nightly', body: { handler: 'no.such' } },
      'task.patch tasks/nightly',
      'validation-failed',
    ],
  ])('says so, with the code of its problem: %s', async (_, call, about, code) => {
    const { task, call: ask, trail } = makeWorld();
    await task();
    await ask(call);
    const [newest] = await trail();
    expect(`${newest.action} ${newest.resource}`).toBe(about);
    expect(newest).toMatchObject({ outcome: 'refused', code, after: null });
  });

  it.each<[string, Call]>([
    ['no credential', { method: 'PUT', path: '/v1/tasks/nightly', body: TASK, role: null }],
    ['the wrong role', { method: 'PUT', path: '/v1/tasks/nightly', body: TASK, role: 'viewer' }],
    ['a body of another form', { method: 'POST', path: '/v1/tokens', body: { role: 'king' } }],
    ['a query that is not known', { method: 'PUT', path: '/v1/tasks/nightly', body: TASK, query: 'force=1' }],
    ['a dry run', { method: 'PUT', path: '/v1/tasks/nightly', body: TASK, query: 'dryRun=true' }],
    ['a preview', { method: 'POST', path: '/v1/schedules/preview', body: { schedule: TASK.schedule } }],
    [
      'a hand-off token of nobody',
      { method: 'POST', path: '/v1/executions/x/complete', body: { token: 'cm9vdA.x' } },
    ],
  ])('leaves nothing when it was not attempted: %s', async (_, call) => {
    const { call: ask, tables } = makeWorld();
    await ask(call);
    expect(tables.audit.size).toBe(0);
  });
});

describe('an entry that cannot be written', () => {
  it('keeps the change from being made', async () => {
    const { hooks, task, tables } = makeWorld();
    hooks.before = (operation) => {
      if (operation === 'audit.begin') throw new Error('no table');
    };
    expect((await task()).status).toBe(500);
    expect(tables.states.all()).toEqual([]);
  });

  it('after the change does not hide the answer, and reads as unknown', async () => {
    const { hooks, task, told, lines } = makeWorld();
    hooks.before = (operation) => {
      if (operation === 'audit.complete') throw new Error('no table');
    };
    expect((await task()).status).toBe(201);
    expect(await told()).toEqual(['task.put tasks/nightly unknown']);
    expect(lines.filter(({ level }) => level === 'warn').map(({ message }) => message)).toEqual([
      'audit entry not completed; its outcome reads as unknown',
    ]);
  });

  it('and a failure that may have changed something reads as unknown, too', async () => {
    const { hooks, task, told } = makeWorld();
    hooks.after = (operation) => {
      if (operation === 'tasks.create') throw new Error('the answer was lost');
    };
    expect((await task()).status).toBe(500);
    expect(await told()).toEqual(['task.put tasks/nightly unknown']);
  });
});

describe('the trail', () => {
  const anEntry = (over: Partial<AuditEntry>): AuditEntry & { expiresAt: number } => ({
    tenant: 'root',
    id: 'e',
    at: Date.parse(NOW),
    actor: 'token:a',
    action: 'task.pause',
    resource: 'tasks/a',
    requestId: 'r',
    outcome: 'done',
    expiresAt: 0,
    ...over,
  });
  function makeTrail(...entries: Partial<AuditEntry>[]) {
    const world = makeWorld();
    for (const [n, over] of entries.entries())
      world.tables.audit.set(`e${n}`, anEntry({ id: `e${n}`, ...over }));
    return {
      ...world,
      ids: async (query = '', by = {}) => (await world.trail(query, by)).map(({ id }: AuditEntry) => id),
    };
  }

  it('is filtered by actor, action and resource', async () => {
    const { ids } = makeTrail(
      { at: 3 + Date.parse(NOW) },
      { actor: 'event:order', action: 'task.create', at: 2 + Date.parse(NOW) },
      { resource: 'tasks/b', at: 1 + Date.parse(NOW) },
    );
    expect(await ids('actor=token')).toEqual(['e0', 'e2']);
    expect(await ids('actor=event:order')).toEqual(['e1']);
    expect(await ids('action=task')).toEqual(['e0', 'e1', 'e2']);
    expect(await ids('action=task.create&resource=tasks/a')).toEqual(['e1']);
    expect(await ids('resource=tasks/b')).toEqual(['e2']);
    expect(await ids('resource=calendars')).toEqual([]);
  });

  it('is bounded by instants, and by how long it is kept', async () => {
    const at = (days: number) => ({ at: Date.parse(NOW) - days * DAY_MS });
    const { ids } = makeTrail(at(0), at(1), at(40), at(364), at(366));
    expect(await ids()).toEqual(['e0', 'e1', 'e2', 'e3']);
    expect(await ids('from=2026-11-20T09:00:00.000Z')).toEqual(['e0', 'e1']);
    expect(await ids('to=2026-11-20T09:00:00.000Z')).toEqual(['e2', 'e3']);
    expect(await ids('from=2026-11-21T00:00:00Z&to=2026-11-01T00:00:00Z')).toEqual([]);
    expect(await ids('to=2100-01-01T00:00:00Z')).toEqual(['e0', 'e1', 'e2', 'e3']);
  });

  it('is paged newest first, filtered pages as well', async () => {
    const { call } = makeTrail(
      ...Array.from({ length: 450 }, (_, n) => ({
        at: Date.parse(NOW) - n * 1_000,
        resource: n % 3 === 0 ? 'tasks/a' : 'tasks/b',
      })),
    );
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body } = await call({ path: '/v1/audit', query: `resource=tasks/a&limit=40${cursor}` });
      seen.push(...body.items.map(({ id }: AuditEntry) => id));
      cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`;
    } while (cursor !== '');
    expect(seen).toEqual(Array.from({ length: 150 }, (_, n) => `e${n * 3}`));
  });

  it('is each tenant’s own, and begins with it', async () => {
    const { ids, tables } = makeTrail({ tenant: 'acme', at: 5 }, { tenant: 'acme' }, {});
    const acme = tables.tenants.get('acme');
    if (!acme) throw new Error('no tenant');
    tables.tenants.set('acme', { ...acme, createdAt: Date.parse(NOW) - DAY_MS });
    expect(await ids('', { tenant: 'acme' })).toEqual(['e1']);
    expect(await ids('', { tenant: 'other' })).toEqual([]);
    expect(await ids()).toEqual(['e2']);
  });

  it('is for admins', async () => {
    const { call } = makeWorld();
    expect((await call({ path: '/v1/audit', role: 'operator' })).status).toBe(403);
  });

  it('refuses a cursor of another list', async () => {
    const { call } = makeWorld();
    expect((await call({ path: '/v1/audit', query: 'cursor=abc' })).status).toBe(422);
  });
});
