import { describe, expect, it } from 'vitest';
import { makeAuthorizer } from '../../../functions/authorizer-handler.ts';
import { tokenVerifier } from '../../../shared/usecases/authenticate.ts';
import { type Call, makeApiWorld, TASK } from './api-world.ts';

function makeWorld() {
  const world = makeApiWorld();
  const authorize = makeAuthorizer({ verifiers: [tokenVerifier(world)], log: world.log });
  const tenant = (method: string, id: string, body?: object) =>
    world.call({ method, path: `/v1/tenants/${id}`, ...(body && { body }) });
  return {
    ...world,
    put: (id: string, body: object = {}) => tenant('PUT', id, body),
    get: (id: string) => tenant('GET', id),
    remove: (id: string) => tenant('DELETE', id),
    make: (id: string) => world.call({ method: 'PUT', path: `/v1/tasks/${id}`, body: TASK, tenant: 'new' }),
    token: (body: object, call: Partial<Call> = {}) =>
      world.call({ method: 'POST', path: '/v1/tokens', body: { role: 'viewer', ...body }, ...call }),
    who: async (token: string) =>
      (await authorize({ headers: { authorization: `Bearer ${token}` } })).context,
  };
}

describe('tenants', () => {
  it('are made, changed, listed and deleted by root', async () => {
    const { put, get, remove, call } = makeWorld();
    const made = await put('new', { name: 'New', maxTasks: 5 });
    expect([made.status, made.body]).toEqual([
      201,
      expect.objectContaining({ id: 'new', name: 'New', maxTasks: 5, maxConcurrency: null, tasks: 0 }),
    ]);
    const changed = await put('new', { ratePerMinute: 60 });
    expect([changed.status, changed.body]).toEqual([
      200,
      expect.objectContaining({ name: null, maxTasks: null, ratePerMinute: 60 }),
    ]);
    expect((await get('new')).body).toEqual(changed.body);
    const ids = (await call({ path: '/v1/tenants' })).body.items.map(({ id }: { id: string }) => id);
    expect(ids).toEqual(['acme', 'new', 'other']);
    expect((await remove('new')).status).toBe(204);
    expect((await remove('new')).status).toBe(404);
    expect((await get('new')).status).toBe(404);
  });

  it.each([
    ['root', {}, ['id']],
    ['No', {}, ['id']],
    ['a#b', {}, ['id']],
    [
      'new',
      { maxTasks: 0, maxConcurrency: 1.5, ratePerMinute: 'many' },
      ['maxTasks', 'maxConcurrency', 'ratePerMinute'],
    ],
  ])('are refused: %s %j', async (id, body, paths) => {
    const answer = await makeWorld().put(encodeURIComponent(id), body);
    const named = answer.body.errors.map(({ path }: { path: string }) => path);
    expect([answer.status, named]).toEqual([422, paths]);
  });

  it('that do not exist let nobody in', async () => {
    const { call, put } = makeWorld();
    expect((await call({ path: '/v1/tasks', tenant: 'new' })).status).toBe(401);
    await put('new');
    expect((await call({ path: '/v1/tasks', tenant: 'new' })).status).toBe(200);
  });

  it('get their first token from root, which may also list and revoke it', async () => {
    const { put, token, who, call } = makeWorld();
    expect((await token({ tenant: 'new' })).body.errors).toMatchObject([{ path: 'tenant' }]);
    await put('new');
    const { body } = await token({ tenant: 'new', role: 'admin' });
    expect(await who(body.token)).toMatchObject({ tenant: 'new', role: 'admin' });
    expect((await call({ path: '/v1/tokens', query: 'tenant=new' })).body.items).toHaveLength(1);
    expect((await call({ path: '/v1/tokens' })).body.items).toEqual([]);
    expect((await call({ method: 'DELETE', path: `/v1/tokens/${body.id}` })).status).toBe(204);
    expect(await who(body.token)).toMatchObject({ authenticated: 'false' });
  });

  it.each(['root', 'acme', 'none'])('have no say over tokens of %s', async (tenant) => {
    const { token, call } = makeWorld();
    expect((await token({ tenant }, { tenant: 'other' })).status).toBe(403);
    expect((await call({ path: '/v1/tokens', query: `tenant=${tenant}`, tenant: 'other' })).status).toBe(403);
  });

  it('go only when their tasks are gone, and take tokens, variables and calendars along', async () => {
    const { put, remove, make, token, who, call } = makeWorld();
    await put('new');
    await make('a');
    await call({ method: 'PUT', path: '/v1/variables/v', body: { value: 1 }, tenant: 'new' });
    await call({ method: 'PUT', path: '/v1/calendars/c', body: { name: 'c' }, tenant: 'new' });
    const { body } = await token({}, { tenant: 'new' });
    const refused = await remove('new');
    expect([refused.status, refused.body.code]).toEqual([409, 'state-conflict']);
    await call({ method: 'DELETE', path: '/v1/tasks/a', tenant: 'new' });
    expect((await remove('new')).status).toBe(204);
    await put('new');
    expect(await who(body.token)).toMatchObject({ authenticated: 'false' });
    expect((await call({ path: '/v1/variables', tenant: 'new' })).body.items).toEqual([]);
    expect((await call({ path: '/v1/calendars', tenant: 'new' })).body.items).toEqual([]);
  });
});

describe('limits of a tenant', () => {
  it('maxTasks: no more tasks than that, until one is deleted', async () => {
    const { put, get, make, call } = makeWorld();
    await put('new', { maxTasks: 2 });
    expect([(await make('a')).status, (await make('b')).status]).toEqual([201, 201]);
    const refused = await make('c');
    expect([refused.status, refused.body.code, refused.headers['retry-after']]).toEqual([
      429,
      'limit-reached',
      '60',
    ]);
    expect((await make('a')).status).toBe(200);
    await call({ method: 'DELETE', path: '/v1/tasks/b', tenant: 'new' });
    expect((await get('new')).body.tasks).toBe(1);
    expect((await make('c')).status).toBe(201);
    expect((await make('b')).status).toBe(429);
    await put('new', { maxTasks: 3 });
    expect((await make('b')).status).toBe(201);
  });

  it('ratePerMinute: no more requests than that in a minute of the clock', async () => {
    const { put, call, advance } = makeWorld();
    await put('new', { ratePerMinute: 3 });
    const ask = (tenant = 'new') => call({ path: '/v1/handlers', tenant });
    await advance(20_000);
    for (let n = 0; n < 3; n++) expect((await ask()).status).toBe(200);
    const refused = await ask();
    expect([refused.status, refused.body.code, refused.headers['retry-after']]).toEqual([
      429,
      'limit-reached',
      '40',
    ]);
    expect((await ask('other')).status).toBe(200);
    await advance(40_000);
    expect((await ask()).status).toBe(200);
  });
});
