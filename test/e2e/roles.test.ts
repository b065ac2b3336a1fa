import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Route } from '../../functions/api/route.ts';
import { routes } from '../../functions/api/routes.ts';
import { isAtLeast, ROLES, type Role } from '../../shared/domain/principal.ts';
import type { ApiReply } from '../support/api-client.ts';
import { ProblemDocument } from '../support/documents.ts';
import { eventually } from '../support/eventually.ts';
import { type Asked, asksOf, type Ids, TASK } from '../support/every-route.ts';
import { api, target } from './target.ts';

/** The whole table of routes over HTTP: with every credential, and at what another tenant has. */
const Made = z.looseObject({ id: z.string() });
const NewToken = Made.extend({ token: z.string() });
const [owner, other] = [`e2e-owner-${randomUUID()}`, `e2e-other-${randomUUID()}`];

interface Person {
  tenant: string;
  role: Role;
  credential: string;
}
let people: Person[];
let nobodies: Record<string, string | false>;
let theirs: Ids;
let nobodys: Ids;

async function must(credential: string, method: string, path: string, json?: object) {
  const reply = await api.call(method, path, { credential, ...(json && { json }) });
  if (reply.status >= 300)
    throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
  return reply.body;
}
const root = `Bearer ${target.token}`;
const makeToken = async (tenant: string, role: Role, more: object = {}) => {
  const { id, token } = NewToken.parse(await must(root, 'POST', '/v1/tokens', { tenant, role, ...more }));
  return { id, credential: `Bearer ${token}` };
};
const made: string[] = [];

beforeAll(async () => {
  for (const tenant of [owner, other]) await must(root, 'PUT', `/v1/tenants/${tenant}`, {});
  people = [{ tenant: 'root', role: 'admin', credential: root }];
  for (const [tenant, role] of [owner, other, 'root'].flatMap((t) => ROLES.map((r) => [t, r] as const))) {
    if (tenant === 'root' && role === 'admin') continue;
    const { id, credential } = await makeToken(tenant, role);
    made.push(id);
    people.push({ tenant, role, credential });
  }
  const expired = await makeToken(owner, 'admin', { expiresInSeconds: 1 });
  const revoked = await makeToken(owner, 'admin');
  await must(root, 'DELETE', `/v1/tokens/${revoked.id}`);
  const good = credentialOf(owner, 'admin');
  nobodies = {
    'no credential': false,
    garbage: 'Bearer garbage',
    'another scheme': good.replace('Bearer', 'Basic'),
    'a token that there never was': `Bearer esc_${'0'.repeat(26)}_${'0'.repeat(64)}`,
    'a wrong secret': good.replace(/.{64}$/, '0'.repeat(64)),
    'an expired token': expired.credential,
    'a revoked token': revoked.credential,
  };
  theirs = await belongingsOf(good);
  nobodys = Object.fromEntries(
    Object.entries(theirs).map(([name, id]) => [name, nowhere(id)]),
  ) as unknown as Ids;
  await eventually(async () => {
    const { status } = await api.call('GET', '/v1/handlers', { credential: expired.credential });
    expect(status).toBe(401);
  });
});

afterAll(async () => {
  for (const tenant of [owner, other]) {
    const credential = credentialOf(tenant, 'admin');
    const { items } = z
      .looseObject({ items: z.array(Made) })
      .parse(await must(credential, 'GET', '/v1/tasks?limit=200'));
    for (const { id } of items) await must(credential, 'DELETE', `/v1/tasks/${id}`);
    await must(root, 'DELETE', `/v1/tenants/${tenant}`);
  }
  for (const id of made) await api.call('DELETE', `/v1/tokens/${id}`);
});

const credentialOf = (tenant: string, role: Role): string =>
  people.find((one) => one.tenant === tenant && one.role === role)?.credential ?? '';

/** An id of the same form and length that nothing has. */
const nowhere = (id: string): string =>
  id.replaceAll(/[a-f](?=[a-f0-9-]{8})/g, 'f').replace(/(\w)$/, (last) => (last === '7' ? '8' : '7'));

const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString();

/** One of most things; the rest has ids that could be. */
async function belongingsOf(credential: string): Promise<Ids> {
  const id = `private-${randomUUID()}`;
  const variable = `private_${id.replaceAll(/\W/g, '_')}`;
  const put = (path: string, json: object) => must(credential, 'PUT', path, json);
  const post = async (path: string, json: object) =>
    Made.parse(await must(credential, 'POST', path, json)).id;
  await put(`/v1/calendars/${id}`, { name: 'private' });
  await put(`/v1/variables/${variable}`, { value: 'private' });
  await put(`/v1/tasks/${id}`, { ...TASK, name: 'private', tags: ['private'] });
  const failing = { ...TASK, handler: 'demo.fail', payload: { nonRetryable: true }, tags: ['private'] };
  await put(`/v1/tasks/${id}-dead`, failing);
  const run = await post(`/v1/tasks/${id}/trigger`, { delaySeconds: 3_600 });
  const dead = await post(`/v1/tasks/${id}-dead/trigger`, {});
  const { fingerprint } = await eventually(async () => {
    const reply = await must(credential, 'GET', `/v1/executions/${encodeURIComponent(dead)}`);
    expect(reply).toMatchObject({ status: 'dead' });
    return z.looseObject({ fingerprint: z.string() }).parse(reply);
  });
  return {
    tenant: `e2e-nobody-${randomUUID()}`,
    task: id,
    run,
    dead,
    pending: run,
    handOff: `${randomUUID()}-token`,
    backfill: await post(`/v1/tasks/${id}/backfill`, { from: daysAgo(3), to: daysAgo(1) }),
    bulkJob: randomUUID(),
    canary: randomUUID(),
    fingerprint,
    token: (await makeToken(owner, 'viewer', { name: 'private' })).id,
    variable,
    calendar: id,
  };
}

const send = ({ method, path, query, body, headers }: Asked, credential: string | false): Promise<ApiReply> =>
  api.call(method, query === '' ? path : `${path}?${query}`, {
    credential,
    ...(body && { json: body }),
    ...(headers && { headers }),
  });

const isOpen = ({ role }: Route): boolean => role === 'none' || role === 'token';
const mayBy = (route: Route, { role, tenant }: Person): boolean =>
  route.role === 'root'
    ? tenant === 'root' && role === 'admin'
    : isOpen(route) || isAtLeast(role, route.role as Role);

const PASSING = new Set(['date', 'connection', 'keep-alive', 'x-request-id', 'apigw-requestid']);

/** All that is told, but for the ids that were asked for and what differs from one request or second to the next. */
function told({ status, headers, body }: ApiReply, ids: Ids): unknown {
  const isText = typeof body === 'string';
  const kept = [...headers].filter(([name]) => !PASSING.has(name) && !(isText && name === 'content-length'));
  const text = JSON.stringify([status, kept, body])
    .replaceAll(/"requestId":"[^"]+"/g, '')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '(instant)')
    .replaceAll(/lag_seconds [\d.]+/g, 'lag_seconds');
  // The longest first: ids of runs begin with the one of their task.
  const longest = Object.values(ids).toSorted((a, b) => b.length - a.length);
  return longest.reduce((left, id) => left.replaceAll(id, '…').replaceAll(encodeURIComponent(id), '…'), text);
}

const named = routes.map((route) => [`${route.method} ${route.path}`, route] as const);
const [reading, changing] = [
  named.filter(([, route]) => route.method === 'GET' && !isOpen(route)),
  named.filter(([, { method }]) => method !== 'GET'),
];

describe('by HTTP, before anything is changed', () => {
  it.each(named.filter(([, route]) => !isOpen(route)))(
    '%s: is closed to nobodies and lower roles',
    async (_, route) => {
      const [asked] = asksOf(route, nobodys);
      const refusals = new Set<string>();
      for (const [who, credential] of Object.entries(nobodies)) {
        const reply = await send(asked, credential);
        expect([who, reply.status]).toEqual([who, 401]);
        refusals.add(JSON.stringify(told(reply, nobodys)));
      }
      expect(refusals.size).toBe(1);
      for (const person of people.filter((one) => !mayBy(route, one))) {
        const { status, body } = await send(asked, person.credential);
        expect([person, status, ProblemDocument.parse(body).code]).toEqual([person, 403, 'forbidden']);
      }
    },
  );

  it.each(reading)('%s: tells no other tenant anything', async (_, route) => {
    for (const role of ROLES) {
      const credential = credentialOf(other, role);
      const [there, nothing] = [asksOf(route, theirs), asksOf(route, nobodys)];
      for (const [at, asked] of there.entries()) {
        const answer = told(await send(asked, credential), theirs);
        expect(answer).toBe(told(await send(nothing[at] ?? asked, credential), nobodys));
        expect(answer).not.toMatch(/private-|"private"/);
      }
    }
  });
});

describe('by HTTP, what one tenant was given', () => {
  it.each([
    '/v1/tasks',
    '/v1/executions',
    '/v1/queues/default/dead-letters',
    '/v1/tokens',
    '/v1/calendars',
    '/v1/audit',
  ])('a cursor of %s leads nobody else there', async (path) => {
    const own = credentialOf(owner, 'admin');
    const page = z.looseObject({ nextCursor: z.string().nullable() });
    const { nextCursor } = page.parse(await must(own, 'GET', `${path}?limit=1`));
    if (nextCursor === null) return;
    for (const credential of [credentialOf(other, 'admin'), root]) {
      const query = `limit=5&cursor=${encodeURIComponent(nextCursor)}`;
      const { status, body } = await api.call('GET', `${path}?${query}`, { credential });
      expect([200, 422]).toContain(status);
      expect(JSON.stringify(body)).not.toMatch(/private/);
    }
  });

  it('an Idempotency-Key is nobody else’s', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const create = (tenant: string, name: string) =>
      api.call('POST', '/v1/tasks', {
        credential: credentialOf(tenant, 'operator'),
        json: { ...TASK, name },
        headers,
      });
    const [first, second] = [await create(owner, 'private'), await create(other, 'Of the other')];
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(Made.parse(first.body).id).not.toBe(Made.parse(second.body).id);
    expect((await create(owner, 'private too')).status).toBe(409);
    await must(credentialOf(other, 'admin'), 'DELETE', `/v1/tasks/${Made.parse(second.body).id}`);
  });
});

describe('by HTTP, afterwards', () => {
  it.each(changing)('%s: finds nothing of another tenant to change', async (_, route) => {
    const credential = credentialOf(other, 'admin');
    const [there, nothing] = [asksOf(route, theirs), asksOf(route, nobodys)];
    for (const [at, asked] of there.entries()) {
      const answer = await send(asked, credential);
      const same = await send(nothing[at] ?? asked, credential);
      expect([asked, answer.status]).toEqual([asked, same.status]);
      if (answer.status >= 400) expect(told(answer, theirs)).toBe(told(same, nobodys));
    }
  });

  it('what the tenant has is as it was', async () => {
    const credential = credentialOf(owner, 'viewer');
    const read = (path: string) => must(credential, 'GET', path);
    expect(await read(`/v1/tasks/${theirs.task}`)).toMatchObject({
      version: 1,
      name: 'private',
      status: 'active',
    });
    expect(await read(`/v1/executions/${encodeURIComponent(theirs.run)}`)).toMatchObject({
      status: 'queued',
    });
    expect(await read(`/v1/executions/${encodeURIComponent(theirs.dead)}`)).toMatchObject({ status: 'dead' });
    expect(await read(`/v1/variables/${theirs.variable}`)).toMatchObject({ value: 'private' });
    expect(await read(`/v1/calendars/${theirs.calendar}`)).toMatchObject({ name: 'private', version: 1 });
    const tokens = await must(credentialOf(owner, 'admin'), 'GET', '/v1/tokens');
    expect(JSON.stringify(tokens)).toContain(theirs.token);
  });
});
