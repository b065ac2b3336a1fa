import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { routes } from '../../../functions/api/routes.ts';
import { PAGE_LIMIT_MAX } from '../../../shared/domain/limits.ts';
import { asksOf } from '../../support/every-route.ts';
import { makeApiWorld } from './api-world.ts';
import { makeBelongings, OWNER } from './belongings.ts';

/** Whatever answers with items and a cursor is a list, and all lists are read alike. */
const isList = (schema: z.ZodType | undefined): boolean =>
  schema instanceof z.ZodObject && 'items' in schema.shape && 'nextCursor' in schema.shape;
const lists = routes
  .filter(({ replies }) => isList(replies[200]?.schema))
  .map((route) => [`${route.method} ${route.path}`, route] as const);

describe('every list', () => {
  it('is found', () => {
    expect(lists.length).toBeGreaterThanOrEqual(10);
  });

  it.each(lists)('%s: is paged, within bounds', async (_, route) => {
    const { world, ids } = await makeBelongings();
    const [{ headers: _none, ...asked }] = asksOf(route, ids);
    const tenant = route.role === 'root' ? 'root' : OWNER;
    const ask = (query: string) => world.call({ ...asked, query, tenant });
    const whole = (await ask('')).body.items;
    const seen: unknown[] = [];
    let cursor: string | null = null;
    do {
      const from: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const { status, body } = await ask(`limit=1${from}`);
      expect([status, body.items.length <= 1]).toEqual([200, true]);
      seen.push(...body.items);
      cursor = body.nextCursor;
    } while (cursor !== null && seen.length <= whole.length);
    expect(seen).toEqual(whole);
    for (const query of ['limit=0', `limit=${PAGE_LIMIT_MAX + 1}`, 'cursor=nonsense', 'limit=1&limit=2'])
      expect((await ask(query)).status).toBe(422);
  });

  it('that is read as a whole goes on where it was, whatever went or came since', async () => {
    const { call } = makeApiWorld();
    const put = (name: string) =>
      call({ method: 'PUT', path: `/v1/variables/${name}`, body: { value: name } });
    for (const name of ['b', 'd', 'f']) await put(name);
    const first = (await call({ path: '/v1/variables', query: 'limit=2' })).body;
    await call({ method: 'DELETE', path: '/v1/variables/d' });
    for (const name of ['a', 'e']) await put(name);
    const query = `cursor=${first.nextCursor}`;
    const rest = (await call({ path: '/v1/variables', query })).body;
    expect(rest.items.map(({ name }: { name: string }) => name)).toEqual(['e', 'f']);
    expect(rest.nextCursor).toBeNull();
  });
});
