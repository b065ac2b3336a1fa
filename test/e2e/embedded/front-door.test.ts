import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProblemDocument } from '../../support/documents.ts';
import { eventually } from '../../support/eventually.ts';
import {
  ecKey,
  type IdentityProvider,
  jwt,
  openIdentityProvider,
  rsaKey,
  type SigningKey,
} from '../../support/identity-provider.ts';
import { type OwnEngine, startOwnEngine } from './own-engine.ts';

/** An engine with an identity provider, pages of another origin, and limits that can be reached. */
const ORIGIN = 'https://console.example.com';
const [OURS, NEXT, FOREIGN] = [rsaKey('k1'), ecKey('k2'), rsaKey('k1')];
let provider: IdentityProvider;
let engine: OwnEngine;

beforeAll(async () => {
  provider = await openIdentityProvider(OURS);
  engine = await startOwnEngine({
    NODE_EXTRA_CA_CERTS: provider.certificateFile,
    ESCAPEMENT_AUTH: JSON.stringify({
      oidc: {
        issuer: provider.issuer,
        audiences: ['jobs'],
        tenantClaim: 'org.id',
        roleClaim: 'groups',
        roles: { watchers: 'viewer', schedulers: 'operator', platform: 'admin' },
      },
    }),
    ESCAPEMENT_API: JSON.stringify({
      corsOrigins: [ORIGIN],
      routes: { 'POST /v1/schedules/preview': { requestsPerSecond: 1, burst: 2 } },
    }),
  });
  for (const tenant of ['acme', 'other'])
    await engine.world.must(201, 'PUT', `/v1/tenants/${tenant}`, { json: {} });
});
afterAll(async () => {
  await engine?.dispose();
  await provider?.close();
});

const seconds = () => Math.floor(Date.now() / 1_000);
const claims = (over: object = {}) => ({
  iss: provider.issuer,
  aud: 'jobs',
  sub: 'ada',
  org: { id: 'acme' },
  groups: ['staff', 'schedulers'],
  iat: seconds(),
  exp: seconds() + 600,
  ...over,
});
const as = (token: string) => ({ authorization: `Bearer ${token}` });
const tasks = (token: string) => engine.process.api('GET', '/v1/tasks', undefined, as(token));
const task = {
  name: 'By an engineer',
  handler: 'demo.echo',
  schedule: { kind: 'cron', expressions: ['0 2 * * *'] },
};

describe('the tokens of an identity provider', () => {
  it('cannot be checked before its keys were ever seen, which is said', async () => {
    provider.away(true);
    const { status, headers, body } = await tasks(jwt(claims(), OURS));
    expect([status, headers.get('retry-after')]).toEqual([503, '2']);
    expect(ProblemDocument.parse(body).code).toBe('unavailable');
    provider.away(false);
  });

  it('let in by their claims: as whom, of which tenant, with which role', async () => {
    const operator = as(jwt(claims(), OURS));
    const made = await engine.process.api('PUT', '/v1/tasks/of-ada', task, operator);
    expect([made.status, made.body]).toEqual([201, expect.objectContaining({ createdBy: 'oidc:ada' })]);
    expect((await engine.process.api('GET', '/v1/tokens', undefined, operator)).status).toBe(403);
    const viewer = as(jwt(claims({ groups: 'watchers' }), OURS));
    expect((await engine.process.api('GET', '/v1/tasks/of-ada', undefined, viewer)).status).toBe(200);
    expect((await engine.process.api('DELETE', '/v1/tasks/of-ada', undefined, viewer)).status).toBe(403);
    const stranger = as(jwt(claims({ org: { id: 'other' }, groups: ['platform'] }), OURS));
    expect((await engine.process.api('GET', '/v1/tasks/of-ada', undefined, stranger)).status).toBe(404);
    expect((await engine.process.api('GET', '/v1/tokens', undefined, stranger)).status).toBe(200);
    expect((await engine.process.api('GET', '/v1/tenants', undefined, stranger)).status).toBe(403);
    expect(provider.asked).toEqual(
      expect.arrayContaining(['/.well-known/openid-configuration', '/oauth/keys']),
    );
  });

  it.each<[string, () => string]>([
    ['has expired', () => jwt(claims({ exp: seconds() - 60 }), OURS)],
    ['is not valid yet', () => jwt(claims({ nbf: seconds() + 600 }), OURS)],
    ['is of another issuer', () => jwt(claims({ iss: 'https://localhost:1' }), OURS)],
    ['is meant for others', () => jwt(claims({ aud: ['console'] }), OURS)],
    ['is meant for nobody', () => jwt(claims({ aud: undefined }), OURS)],
    ['is signed by another key of the same name', () => jwt(claims(), FOREIGN)],
    ['is signed by nobody', () => jwt(claims(), OURS, 'nobody')],
    ['takes the public key for a password', () => jwt(claims(), OURS, 'public key as a password')],
    ['names a key that there is not', () => jwt(claims(), { ...OURS, kid: 'k9' })],
    ['names no tenant', () => jwt(claims({ org: {} }), OURS)],
    ['names a tenant that there is not', () => jwt(claims({ org: { id: 'nobody' } }), OURS)],
    ['names no role', () => jwt(claims({ groups: ['staff'] }), OURS)],
    ['names no person', () => jwt(claims({ sub: undefined }), OURS)],
    ['was changed', () => changed(jwt(claims(), OURS))],
    ['is none', () => 'a.b.c'],
  ])('let nobody in who %s, and never say why', async (_, token) => {
    const { status, headers, body } = await tasks(token());
    expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect({ ...ProblemDocument.parse(body), requestId: '' }).toEqual({
      type: 'urn:escapement:problem:unauthenticated',
      title: 'Not authenticated',
      status: 401,
      detail: 'A valid credential is needed: Authorization: Bearer <token>',
      code: 'unauthenticated',
      requestId: '',
    });
  });

  it('go on while it is away, as far as its keys are known', async () => {
    provider.away(true);
    expect((await tasks(jwt(claims(), OURS))).status).toBe(200);
    provider.away(false);
  });

  it('may be signed by the next key, of another kind, as soon as it is published', async () => {
    await signedBy(NEXT, 401);
    provider.turn(NEXT);
    await signedBy(NEXT, 200);
    await signedBy(OURS, 200);
  });
});

/** After a key that nobody knows, the keys are not asked for again for ten seconds. */
async function signedBy(key: SigningKey, status: number): Promise<void> {
  await eventually(
    async () => {
      expect((await tasks(jwt(claims(), key))).status).toBe(status);
    },
    { timeoutMs: 30_000 },
  );
}
const changed = (token: string): string => {
  const [header, , signature] = token.split('.');
  return `${header}.${Buffer.from(JSON.stringify(claims({ groups: ['platform'] }))).toString('base64url')}.${signature}`;
};

describe('pages of other origins', () => {
  const send = (path: string, init: RequestInit) => fetch(engine.process.url + path, init);

  it('may ask what they may do, where their origin is configured', async () => {
    const ask = (origin: string) =>
      send('/v1/tasks/a', {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'PATCH',
          'access-control-request-headers': 'if-match',
        },
      });
    const allowed = await ask(ORIGIN);
    expect([allowed.status, allowed.headers.get('access-control-allow-origin')]).toEqual([204, ORIGIN]);
    expect(allowed.headers.get('access-control-allow-headers')).toContain('if-match');
    expect(
      (await ask('https://elsewhere.example.com')).headers.get('access-control-allow-origin'),
    ).toBeNull();
  });

  it('read answers and refusals, and what their headers say', async () => {
    for (const path of ['/v1/health', '/v1/tasks', '/v1/nothing']) {
      const { headers } = await send(path, { headers: { origin: ORIGIN } });
      expect(headers.get('access-control-allow-origin')).toBe(ORIGIN);
      expect(headers.get('access-control-expose-headers')).toContain('retry-after');
      expect(headers.get('access-control-allow-credentials')).toBeNull();
    }
  });
});

const HARDENED = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

describe('whatever is answered', () => {
  it('by a route over its limit: says when to come again, in a problem document', async () => {
    const preview = () =>
      engine.process.api('POST', '/v1/schedules/preview', { schedule: { kind: 'interval', seconds: 60 } });
    const answers = await Promise.all(Array.from({ length: 12 }, preview));
    const refused = answers.filter(({ status }) => status !== 200);
    expect(answers.length - refused.length).toBeGreaterThanOrEqual(2);
    expect(refused.length).toBeGreaterThan(0);
    for (const { status, headers, body } of refused) {
      expect([status, headers.get('retry-after')]).toEqual([429, '1']);
      expect(ProblemDocument.parse(body).code).toBe('throttled');
      expect(Object.fromEntries(headers)).toMatchObject(HARDENED);
    }
    expect((await engine.process.api('GET', '/v1/handlers')).status).toBe(200);
  });

  it.each(['/v1/health', '/v1/openapi.json', '/docs', '/v1/tasks', '/v1/nothing', '/', '/%E0%A4%A'])(
    'by %s: carries the headers that keep browsers from harm',
    async (path) => {
      const { headers } = await fetch(engine.process.url + path);
      expect(Object.fromEntries(headers)).toMatchObject(HARDENED);
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    },
  );

  it.each([
    ['no HTTP', 'hello\r\n\r\n', 400],
    ['a path that does not decode', 'GET /%E0%A4%A HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n', 400],
    ['headers beyond all measure', `GET / HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    [
      'a query beyond all measure',
      `GET /v1/tasks?search=${'x'.repeat(20_000)} HTTP/1.1\r\nhost: a\r\n\r\n`,
      431,
    ],
  ])('to %s: is a problem document', async (_, bytes, status) => {
    const [head = '', body = ''] = (await raw(bytes)).split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head).toContain('content-type: application/problem+json');
    expect(ProblemDocument.parse(JSON.parse(body)).status).toBe(status);
  });
});

/** Sends bytes as they are; resolves with all that comes back once the connection is over. */
function raw(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(engine.process.url).port), '127.0.0.1', () => socket.write(bytes));
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(received));
  });
}
