import { describe, expect, it } from 'vitest';
import { routes } from '../../../functions/api/routes.ts';
import { ROLES, type Role } from '../../../shared/domain/principal.ts';
import { type Asked, asksOf, TASK } from '../../support/every-route.ts';
import type { Answer, Call } from './api-world.ts';
import { belongings, makeBelongings, makeNothing, OWNER } from './belongings.ts';

/** What admins of root may do about others, on purpose; everything else is as closed to them as to anybody. */
const LOOKED_AFTER_BY_ROOT = new Set([
  'listTenants',
  'getTenant',
  'putTenant',
  'deleteTenant',
  'revokeToken',
  // Queues serve all tenants: who runs the deployment sees what waits in them.
  'listQueues',
  'getQueue',
  'patchQueue',
  'purgeDeadLetters',
  'purgeDeadLettersOfQueue',
]);

const named = routes.map((route) => [`${route.method} ${route.path}`, route] as const);
const strangers = [
  ...ROLES.map((role) => ({ tenant: 'other', role })),
  ...ROLES.map((role) => ({ tenant: 'root', role })),
];

/** Status, headers and body, to the byte: the two worlds have seen the same requests, so even request ids agree. */
const ask = (
  { headers, ...asked }: Asked,
  { world }: { world: { call(call: Call): Promise<Answer> } },
  by: By,
) => world.call({ ...asked, ...(headers && { headers }), ...by });
interface By {
  tenant: string;
  role: Role;
}

describe('what is another tenant’s', () => {
  it.each(named)('%s: is answered as if it did not exist, to the byte', async (_, route) => {
    for (const by of strangers) {
      if (by.tenant === 'root' && LOOKED_AFTER_BY_ROOT.has(route.operationId)) continue;
      // What a hand-off's token allows it allows to anybody; without it there is nothing to see.
      const guess = (asked: Asked): Asked =>
        route.role === 'token' ? { ...asked, body: { ...asked.body, token: `hof_${OWNER}_guess` } } : asked;
      const [there, nowhere] = [await makeBelongings(), await makeNothing()];
      const before = belongings(there.world);
      for (const asked of asksOf(route, there.ids).map(guess)) {
        const answer = await ask(asked, there, by);
        expect([by, asked, answer]).toEqual([by, asked, await ask(asked, nowhere, by)]);
      }
      expect(belongings(there.world)).toEqual(before);
    }
  });

  it('is not found by a cursor of that tenant', async () => {
    const [there, nowhere] = [await makeBelongings(), await makeNothing()];
    for (const path of [
      '/v1/tasks',
      '/v1/executions',
      '/v1/queues/default/dead-letters',
      '/v1/tokens',
      '/v1/calendars',
    ]) {
      for (const n of [1, 2, 3]) {
        const call = { method: 'PUT', path: `/v1/tasks/more-${n}`, body: TASK, tenant: OWNER };
        await there.world.call(call);
        await there.world.call({
          method: 'PUT',
          path: `/v1/calendars/more-${n}`,
          body: { name: 'x' },
          tenant: OWNER,
        });
        await there.world.call({ method: 'POST', path: `/v1/tasks/more-${n}/trigger`, tenant: OWNER });
        await there.world.call({
          method: 'POST',
          path: '/v1/tokens',
          body: { role: 'viewer' },
          tenant: OWNER,
        });
      }
      const page = await there.must({ path, query: 'limit=1' });
      if (page.nextCursor === null) continue;
      const query = `cursor=${page.nextCursor}`;
      for (const tenant of ['other', 'root']) {
        const [a, b] = [
          await there.world.call({ path, query, tenant }),
          await nowhere.world.call({ path, query, tenant }),
        ];
        expect([a.status, a.body.items]).toEqual([b.status, b.body.items]);
        expect(JSON.stringify(a.body)).not.toMatch(/private|more-\d/);
      }
    }
  });

  it('does not hold an Idempotency-Key against anybody else', async () => {
    const { world, must } = await makeBelongings();
    const headers = { 'idempotency-key': 'same' };
    const own = await must({ method: 'POST', path: '/v1/tasks', body: TASK, headers });
    const call = { method: 'POST', path: '/v1/tasks', body: { ...TASK, name: 'Another' }, headers };
    const other = await world.call({ ...call, tenant: 'other' });
    expect([other.status, other.body.id === own.id]).toEqual([201, false]);
    expect((await world.call({ ...call, tenant: OWNER })).status).toBe(409);
  });

  it.each([
    ['onSuccess', (id: string) => ({ onSuccess: [{ taskId: id }] })],
    ['onFailure', (id: string) => ({ onFailure: [{ taskId: id }] })],
    ['onDead', (id: string) => ({ onDead: [{ taskId: id }] })],
    ['a calendar', (id: string) => ({ schedule: { ...TASK.schedule, calendars: [{ id }] } })],
  ])('cannot be named by %s of a task', async (_, fields) => {
    const { world } = await makeBelongings();
    const create = async (id: string) => {
      const body = { ...TASK, ...fields(id) };
      const answer = await world.call({ method: 'PUT', path: '/v1/tasks/mine', body, tenant: 'other' });
      return [answer.status, JSON.stringify(answer.body.errors).replaceAll(id, '…')];
    };
    const [status, errors] = await create('private');
    expect([status, errors]).toEqual(await create('nothing'));
    expect(status).toBe(422);
  });
});
