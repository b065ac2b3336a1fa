import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Route } from '../../../functions/api/route.ts';
import { routes } from '../../../functions/api/routes.ts';
import { isAtLeast, ROLES, type Role } from '../../../shared/domain/principal.ts';
import { asksOf, staleAsks } from '../../support/every-route.ts';
import { makeApiWorld } from './api-world.ts';
import { type Belongings, makeBelongings, OWNER } from './belongings.ts';

/** All of this reads the table of routes: an endpoint that is added is walked here, or the test says what is missing. */
const named = routes.map((route) => [`${route.method} ${route.path}`, route] as const);
const needsCredential = ({ role }: Route) => role !== 'none' && role !== 'token';
const closed = named.filter(([, route]) => needsCredential(route));
const open = named.filter(([, route]) => !needsCredential(route));

const TENANTS = [OWNER, 'other', 'root'] as const;

/** Authorization headers: of every role of every tenant, and of nobody. */
async function credentialsIn({ world, must }: Belongings) {
  const make = async (tenant: string, role: Role, more: object = {}) => {
    const body = { role, ...more };
    const made = await must({ method: 'POST', path: '/v1/tokens', body, tenant });
    return { id: made.id, header: `Bearer ${made.token}` };
  };
  const people: { tenant: string; role: Role; header: string }[] = [];
  for (const tenant of TENANTS)
    for (const role of ROLES) people.push({ tenant, role, header: (await make(tenant, role)).header });
  const expired = await make(OWNER, 'admin', { expiresInSeconds: 1 });
  const revoked = await make(OWNER, 'admin');
  await must({ method: 'DELETE', path: `/v1/tokens/${revoked.id}` });
  await world.advance(1_000);
  const whole = people[0]?.header ?? '';
  const nobodies: Record<string, string | undefined> = {
    'no credential': undefined,
    'another scheme': whole.replace('Bearer', 'Basic'),
    garbage: 'Bearer garbage',
    'a token that there never was': `Bearer esc_${'0'.repeat(26)}_${'0'.repeat(64)}`,
    'the right id with a wrong secret': whole.replace(/.{64}$/, '0'.repeat(64)),
    'an expired token': expired.header,
    'a revoked token': revoked.header,
  };
  return { people, nobodies };
}

const mayBy = (route: Route, { role, tenant }: { role: Role; tenant: string }): boolean =>
  route.role === 'root'
    ? tenant === 'root' && role === 'admin'
    : isAtLeast(role, route.role === 'none' || route.role === 'token' ? 'viewer' : route.role);

describe('every endpoint', () => {
  it('is walked, and none that is gone', () => {
    expect(staleAsks()).toEqual([]);
  });

  it.each(named)('%s: does what it is for, when whoever may ask it does', async (_, route) => {
    const made = await makeBelongings();
    const [{ headers, ...asked }] = asksOf(route, made.ids);
    const tenant = route.role === 'root' ? 'root' : OWNER;
    const role = route.role === 'root' || !needsCredential(route) ? 'admin' : (route.role as Role);
    const answer = await made.world.call({ ...asked, ...(headers && { headers }), role, tenant });
    expect([answer.status < 300, answer.body]).toEqual([true, answer.body]);
  });

  it.each(closed)('%s: lets in by tenant and role as the table says, and nobody else', async (_, route) => {
    const made = await makeBelongings();
    const [asked] = asksOf(route, made.ids);
    const { people, nobodies } = await credentialsIn(made);
    for (const [who, header] of Object.entries(nobodies)) {
      const { status, headers, body } = await made.ask(asked, header);
      // The same words for all of them: nothing says why.
      expect([who, status, headers['www-authenticate'], body], who).toEqual([
        who,
        401,
        'Bearer',
        expect.objectContaining({
          code: 'unauthenticated',
          detail: 'A valid credential is needed: Authorization: Bearer <token>',
        }),
      ]);
    }
    for (const person of people.filter((one) => !mayBy(route, one))) {
      const { status, body } = await made.ask(asked, person.header);
      expect([person, status, body.code]).toEqual([person, 403, 'forbidden']);
    }
    for (const person of people.filter((one) => mayBy(route, one))) {
      const { status } = await made.ask(asked, person.header);
      expect([person, [401, 403].includes(status)]).toEqual([person, false]);
    }
  });

  it.each(open)('%s: answers everybody alike', async (_, route) => {
    const answers = new Set<string>();
    const made = await makeBelongings();
    const { people, nobodies } = await credentialsIn(made);
    const [{ body, ...asked }] = asksOf(route, made.ids);
    // A hand-off's token decides, whoever sends it; here nobody has it.
    const wrong = body && { ...body, token: 'x' };
    for (const header of [...Object.values(nobodies), ...people.map((one) => one.header)]) {
      const answer = await made.ask({ ...asked, ...(wrong && { body: wrong }) }, header);
      answers.add(JSON.stringify([answer.status, answer.body]).replaceAll(/request-\d+/g, 'request'));
    }
    expect(answers.size).toBe(1);
  });

  it('says in the description of the API what it needs, word for word', async () => {
    const Operation = z.looseObject({ description: z.string(), security: z.array(z.unknown()) });
    const Described = z.looseObject({ paths: z.record(z.string(), z.record(z.string(), Operation)) });
    const { paths } = Described.parse((await makeApiWorld().call({ path: '/v1/openapi.json' })).body);
    for (const [, { method, path, role }] of named) {
      const { description, security } = paths[path]?.[method.toLowerCase()] ?? {};
      expect(security).toEqual(
        role === 'none' || role === 'token' ? [] : [{ token: [role === 'root' ? 'admin of root' : role] }],
      );
      const words = {
        none: 'no credential',
        root: 'role admin of the tenant root',
        token: 'token of a hand-off',
      };
      expect(description).toContain(role in words ? words[role as keyof typeof words] : `role ${role}.`);
    }
    const described = Object.values(paths).flatMap((methods) => Object.keys(methods));
    expect(described.filter((method) => method !== 'head')).toHaveLength(routes.length);
    expect(described.filter((method) => method === 'head')).toHaveLength(
      routes.filter(({ method }) => method === 'GET').length,
    );
  });
});
