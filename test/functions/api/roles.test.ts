import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Route } from '../../../functions/api/route.ts';
import { routes } from '../../../functions/api/routes.ts';
import { parseExecutionId } from '../../../shared/domain/occurrence.ts';
import { isAtLeast, ROLES } from '../../../shared/domain/principal.ts';
import { type Call, makeApiWorld } from './api-world.ts';

/** All of this reads the table of routes: an endpoint that is added is walked here without a word. */
const named = routes.map((route) => [`${route.method} ${route.path}`, route] as const);
const closed = named.filter(([, { role }]) => role !== 'none' && role !== 'token');

const callOf = ({ method, path, body }: Route, params: Record<string, string> = {}): Call => ({
  method,
  path: path.replaceAll(/\{(\w+)\}/g, (_, name: string) => params[name] ?? 'none'),
  ...(body ? { body: {} } : {}),
});

describe('what a role may do', () => {
  it.each(closed)('%s: the table says', async (_, { role, ...route }) => {
    const { call } = makeApiWorld();
    if (role === 'none' || role === 'token') throw new Error('is open');
    for (const given of ROLES) {
      const { status, body } = await call({ ...callOf({ ...route, role }), role: given });
      const needs = role === 'root' ? 'admin' : role;
      if (isAtLeast(given, needs)) expect([401, 403]).not.toContain(status);
      else {
        expect([status, body.code]).toEqual([403, 'forbidden']);
        expect(body.detail).toMatch(new RegExp(`needs the role ${needs}.*; yours is ${given}$`));
      }
    }
    expect((await call({ ...callOf({ ...route, role }), role: null })).status).toBe(401);
    const stranger = await call({ ...callOf({ ...route, role }), tenant: 'other' });
    expect(stranger.status === 403).toBe(role === 'root');
  });

  it('stands in the description of the API, word for word', async () => {
    const Operation = z.looseObject({ description: z.string(), security: z.array(z.unknown()) });
    const Described = z.looseObject({ paths: z.record(z.string(), z.record(z.string(), Operation)) });
    const { paths } = Described.parse((await makeApiWorld().call({ path: '/v1/openapi.json' })).body);
    for (const [, { method, path, role }] of named) {
      const { description, security } = paths[path]?.[method.toLowerCase()] ?? {};
      expect(security).toEqual(role === 'none' || role === 'token' ? [] : [{ token: [] }]);
      const words = {
        none: 'no credential',
        root: 'role admin of the tenant root',
        token: 'token of a hand-off',
      };
      expect(description).toContain(role in words ? words[role as keyof typeof words] : `role ${role}.`);
    }
    expect(Object.values(paths).flatMap((methods) => Object.keys(methods))).toHaveLength(routes.length);
  });
});

/** What there is of one tenant, with its name in all of it. */
async function makeBelongings() {
  const world = makeApiWorld();
  const tenant = 'acme';
  const must = async (call: Call) => {
    const answer = await world.call({ tenant, ...call });
    if (answer.status >= 300) throw new Error(JSON.stringify(answer.body));
    return answer.body;
  };
  const task = {
    name: 'Private to acme',
    handler: 'demo.echo',
    tags: ['private'],
    payload: { key: 'private' },
    schedule: { kind: 'cron', expressions: ['0 2 * * *'] },
  };
  await must({ method: 'PUT', path: '/v1/tasks/private', body: task });
  const run = await must({ method: 'POST', path: '/v1/tasks/private/trigger' });
  const dead = await must({ method: 'POST', path: '/v1/tasks/private/trigger' });
  const deadRow = world.tables.executions.get({ tenant, ...parseRun(dead.id) });
  if (!deadRow) throw new Error('no run');
  world.tables.executions.put({
    ...deadRow,
    status: 'dead',
    reason: 'exhausted',
    finishedAt: world.clock.nowMs(),
    index: { set: 'dead', shard: 0, at: world.clock.nowMs(), queue: 'default' },
  });
  await must({ method: 'PUT', path: '/v1/variables/private', body: { value: 'private' } });
  await must({ method: 'PUT', path: '/v1/calendars/private', body: { name: 'private' } });
  const window = { from: '2026-11-10T00:00:00.000Z', to: '2026-11-12T00:00:00.000Z' };
  const backfill = await must({ method: 'POST', path: '/v1/tasks/private/backfill', body: window });
  const token = await must({ method: 'POST', path: '/v1/tokens', body: { role: 'viewer', name: 'private' } });
  const theirs: Ids = {
    task: 'private',
    run: run.id,
    token: token.id,
    variable: 'private',
    backfillId: backfill.id,
  };
  // Of the same form.
  const nobodys: Ids = {
    task: 'nothing',
    run: run.id.replace('private', 'nothing'),
    token: token.id.replace(/.$/, 'Z'),
    variable: 'nothing',
    backfillId: backfill.id.replace(/.$/, 'Z'),
  };
  return { world, theirs, nobodys };
}
const parseRun = (id: string) => {
  const key = parseExecutionId(id);
  if (!key) throw new Error(`no id of a run: ${id}`);
  return key;
};

/** What an endpoint needs so that it would do something, did it find anything. */
const BODIES: Record<string, object> = {
  'POST /v1/tasks/{id}/backfill': { from: '2026-11-10T00:00:00.000Z', to: '2026-11-12T00:00:00.000Z' },
  'PATCH /v1/tasks/{id}': { name: 'Taken over' },
};

describe('what is another tenant’s', () => {
  const found = closed.filter(([, { path }]) => path.includes('{') || path.split('/').length === 3);

  it.each(found)('%s: is not there, for any role', async (name, route) => {
    const { world, theirs, nobodys } = await makeBelongings();
    const ask = async (ids: Ids, call: Pick<Call, 'role' | 'tenant'>) => {
      const body = BODIES[name];
      const answer = await world.call({
        ...callOf(route, idsAt(route, ids)),
        ...(body && { body }),
        ...call,
      });
      const text = Object.values(ids).reduce(
        (left, id) => left.replaceAll(id, '…'),
        JSON.stringify(answer.body ?? null),
      );
      return { status: answer.status, text: text.replaceAll(/request-\d+/g, 'request') };
    };
    const before = belongings(world);
    for (const role of ROLES) {
      const there = await ask(theirs, { role, tenant: 'other' });
      // But for the ids that were asked for, nothing tells the two answers apart.
      expect(there).toEqual(await ask(nobodys, { role, tenant: 'other' }));
      expect(there.text).not.toMatch(/private|acme/i);
    }
    expect(belongings(world)).toEqual(before);
    if (route.method === 'GET' && route.role !== 'root')
      expect((await ask(theirs, { tenant: 'acme' })).status).toBe(200);
  });
});

type World = ReturnType<typeof makeApiWorld>;
const belongings = ({ tables }: World) => ({
  states: tables.states.all().filter(({ tenant }) => tenant === 'acme'),
  definitions: tables.definitions.all().filter(({ tenant }) => tenant === 'acme'),
  executions: tables.executions.all().filter(({ tenant }) => tenant === 'acme'),
  variables: tables.variables.get('acme'),
  calendars: [...tables.calendars.values()].filter(({ tenant }) => tenant === 'acme'),
  tokens: [...tables.tokens.values()].filter(({ tenant }) => tenant === 'acme'),
});

type Ids = Record<'task' | 'run' | 'token' | 'variable' | 'backfillId', string>;

/** Path parameters: what an id is of, its path says. */
function idsAt({ path }: Route, ids: Ids): Record<string, string> {
  const { task, run, token, variable, backfillId } = ids;
  if (path.startsWith('/v1/tenants')) return { id: 'acme' };
  const id = path.startsWith('/v1/executions') ? run : path.startsWith('/v1/tokens') ? token : task;
  return { id, name: path.startsWith('/v1/queues') ? 'default' : variable, backfillId };
}
