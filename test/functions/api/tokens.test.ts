import { describe, expect, it } from 'vitest';
import { makeAuthorizer } from '../../../functions/authorizer-handler.ts';
import { TOKEN_USE_STEP_MS } from '../../../shared/domain/limits.ts';
import { tokenVerifier } from '../../../shared/usecases/authenticate.ts';
import { makeApiWorld } from './api-world.ts';

function makeWorld() {
  const world = makeApiWorld();
  const authorize = makeAuthorizer({ verifiers: [tokenVerifier(world)], log: world.log });
  return {
    ...world,
    make: async (body: object = {}, tenant = 'root') =>
      (await world.call({ method: 'POST', path: '/v1/tokens', body: { role: 'viewer', ...body }, tenant }))
        .body,
    list: async (query = '', tenant = 'root') =>
      (await world.call({ path: '/v1/tokens', query, tenant })).body,
    who: async (token: string) =>
      (await authorize({ headers: { authorization: `Bearer ${token}` } })).context,
  };
}
const NOBODY = { authenticated: 'false' };

describe('an API token', () => {
  it('is shown once, and lets in as its role until it is revoked', async () => {
    const { make, list, who, call } = makeWorld();
    const { token, ...shown } = await make({ role: 'operator', name: 'ci' });
    expect(token).toMatch(/^esc_[0-9A-Z]{26}_[0-9a-f]{64}$/);
    expect(shown).toMatchObject({
      name: 'ci',
      tenant: 'root',
      role: 'operator',
      createdBy: 'token:test',
      expiresAt: null,
      lastUsedAt: null,
    });
    expect(await list()).toEqual({ items: [shown], nextCursor: null });
    const actor = `token:${shown.id}`;
    expect(await who(token)).toEqual({ authenticated: 'true', tenant: 'root', role: 'operator', actor });
    expect((await call({ method: 'DELETE', path: `/v1/tokens/${shown.id}` })).status).toBe(204);
    expect(await who(token)).toEqual(NOBODY);
    expect((await call({ method: 'DELETE', path: `/v1/tokens/${shown.id}` })).status).toBe(404);
    expect((await list()).items).toEqual([]);
  });

  it('is not stored: not it, not its secret', async () => {
    const { make, tables } = makeWorld();
    const { token, id } = await make();
    const secret = token.slice(`esc_${id}_`.length);
    expect(JSON.stringify([...tables.tokens])).not.toContain(secret);
  });

  it('is good for nothing with another secret, or under another id', async () => {
    const { make, who } = makeWorld();
    const [one, two] = [await make(), await make()];
    expect(await who(`${one.token}0`)).toEqual(NOBODY);
    expect(await who(one.token.slice(0, -1))).toEqual(NOBODY);
    expect(await who(one.token.replace(one.id, two.id))).toEqual(NOBODY);
    expect(await who(`esc_${one.id}_`)).toEqual(NOBODY);
  });

  it.each([{ expiresInSeconds: 60 }, { expiresAt: '2026-11-21T09:01:00.000Z' }])(
    'ends by itself: %j',
    async (expiry) => {
      const { make, who, advance } = makeWorld();
      const { token, expiresAt } = await make(expiry);
      expect(expiresAt).toBe('2026-11-21T09:01:00.000Z');
      await advance(59_999);
      expect(await who(token)).toMatchObject({ authenticated: 'true' });
      await advance(1);
      expect(await who(token)).toEqual(NOBODY);
    },
  );

  it('tells when it was used last, in few writes', async () => {
    const { make, list, who, advance, hooks } = makeWorld();
    const { token } = await make();
    let writes = 0;
    hooks.before = (operation) => {
      if (operation === 'tokens.used') writes++;
    };
    for (let n = 0; n < 20; n++) await who(token);
    expect(writes).toBe(1);
    expect((await list()).items[0].lastUsedAt).toBe('2026-11-21T09:00:00.000Z');
    await advance(TOKEN_USE_STEP_MS);
    await who(token);
    expect((await list()).items[0].lastUsedAt).toBe('2026-11-21T09:05:00.000Z');
  });

  it('lets in although its use cannot be written down, and not while it cannot be read', async () => {
    const { make, who, hooks } = makeWorld();
    const { token } = await make();
    const fails = (what: string) => (operation: string) => {
      if (operation === what) throw new Error('away');
    };
    hooks.before = fails('tokens.used');
    expect(await who(token)).toMatchObject({ authenticated: 'true' });
    hooks.before = fails('tokens.read');
    expect(await who(token)).toEqual({ authenticated: 'false', unavailable: 'true' });
  });

  it('of another tenant is not there', async () => {
    const { make, list, who, call } = makeWorld();
    const { token, id } = await make();
    expect((await list('', 'other')).items).toEqual([]);
    expect((await call({ method: 'DELETE', path: `/v1/tokens/${id}`, tenant: 'other' })).status).toBe(404);
    expect(await who(token)).toMatchObject({ authenticated: 'true' });
  });

  it('is listed page by page', async () => {
    const { make, list } = makeWorld();
    for (let n = 0; n < 3; n++) await make({ name: `t${n}` });
    const first = await list('limit=2');
    expect(first.items.map(({ name }: { name: string }) => name)).toEqual(['t0', 't1']);
    const rest = await list(`limit=2&cursor=${first.nextCursor}`);
    expect(rest).toMatchObject({ items: [{ name: 't2' }], nextCursor: null });
  });

  it.each([
    [{ role: 'king' }, ['role']],
    [{ expiresAt: '2026-11-21T08:59:59.000Z' }, ['expiresAt']],
    [{ expiresAt: '2026-11-22T00:00:00.000Z', expiresInSeconds: 5 }, ['expiresInSeconds']],
    [{ expiresInSeconds: 0, name: '' }, ['name', 'expiresInSeconds']],
  ])('is not made as %j', async (body, paths) => {
    const { make } = makeWorld();
    const { status, errors } = await make(body);
    expect([status, errors.map(({ path }: { path: string }) => path)]).toEqual([422, paths]);
  });
});
