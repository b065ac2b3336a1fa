import { generateKeyPairSync } from 'node:crypto';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeAuthorizer } from '../../functions/authorizer-handler.ts';
import { FromThreadSchema } from '../../functions/handler-messages.ts';
import { makeJwtClaims } from '../../shared/adapters/oidc/jwt-claims.ts';
import { ProblemSchema } from '../../shared/contract/problem.ts';
import { oidcVerifier } from '../../shared/usecases/authenticate.ts';
import { eventOf, makeApiWorld, TASK } from '../functions/api/api-world.ts';
import { anything, json, jsonText, text } from './values.ts';

/** Events of API Gateway, tokens, and what a handler's thread may say of itself. */
const DOCUMENTED = [400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 429];

describe('an event of API Gateway', () => {
  const { handler } = makeApiWorld();
  const method = fc.oneof(fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'), text);
  const path = fc.oneof(
    fc.constantFrom(
      '/v1/tasks',
      '/v1/tasks/__proto__',
      '/v1/executions/constructor',
      '/v1/health',
      '/console/',
      '',
    ),
    text.map((segment) => `/v1/tasks/${segment}`),
    text.map((segment) => `/v1/queues/${segment}/dead-letters`),
    text,
  );
  const headers = fc.dictionary(
    fc.oneof(fc.constantFrom('content-type', 'if-match', 'idempotency-key', '__proto__'), text),
    text,
    {
      maxKeys: 4,
    },
  );
  const event = fc
    .record({
      method,
      path,
      headers,
      query: text,
      body: fc.oneof(jsonText, fc.constant(JSON.stringify(TASK))),
      base64: fc.boolean(),
    })
    .map((call) => eventOf(call, 'r'));
  /** As it never comes: fields of another type, or none. */
  const broken = fc
    .tuple(
      event,
      fc.constantFrom(
        'version',
        'rawPath',
        'rawQueryString',
        'headers',
        'pathParameters',
        'requestContext',
        'body',
        'isBase64Encoded',
      ),
      fc.constantFrom(undefined, null, 1, [], {}, '\u0000'),
    )
    .map(([sound, field, value]) => ({ ...sound, [field]: value }));

  it('gets an answer that is documented', async () => {
    await fc.assert(
      fc.asyncProperty(event, async (given) =>
        expectAnswer(await handler(given, {} as Context), [200, 201, 202, 204, 308]),
      ),
      { numRuns: 500 },
    );
  });

  it('gets a problem document, too, when it is none', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(broken, anything), async (given) =>
        expectAnswer(
          await handler(given as APIGatewayProxyEventV2, {} as Context),
          [200, 201, 202, 204, 308],
        ),
      ),
      { numRuns: 500 },
    );
  });
});

function expectAnswer(result: APIGatewayProxyStructuredResultV2 | undefined, others: number[]): void {
  expect([...DOCUMENTED, ...others]).toContain(result?.statusCode);
  if ((result?.statusCode ?? 0) < 400 || !result?.body) return;
  const problem = ProblemSchema.parse(JSON.parse(result.body));
  expect(problem.status).toBe(result.statusCode);
  expect(result.body).not.toMatch(/\bat \S+ \(\S+:\d+:\d+\)|node_modules|\.ts:\d+/);
}

describe('a token', () => {
  const part = (value: string) => Buffer.from(value).toString('base64url');
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const keys = JSON.stringify({
    keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k', alg: 'RS256', use: 'sig' }],
  });
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const claimsOf = makeJwtClaims(
    { issuer: 'https://id.example', audiences: ['jobs'], jwksUri: 'https://id.example/keys' },
    {
      clock: { monotonicMs: () => 0 },
      log,
      fetcher: { fetch: async () => new TextEncoder().encode(keys).buffer },
    },
  );
  const rules = { tenantClaim: 'tenant', roleClaim: 'role', roles: { admin: 'admin' as const } };
  const authorize = makeAuthorizer({ verifiers: [oidcVerifier(claimsOf, rules)], log });

  const header = fc.oneof(
    jsonText,
    fc
      .record({
        alg: fc.oneof(fc.constantFrom('none', 'HS256', 'RS256', 'constructor'), json),
        kid: fc.oneof(fc.constant('k'), json),
      })
      .map((made) => JSON.stringify(made)),
  );
  const claims = fc.oneof(
    jsonText,
    fc
      .record({
        iss: fc.oneof(fc.constant('https://id.example'), json),
        aud: fc.oneof(fc.constant('jobs'), json),
        exp: json,
        role: fc.constant('admin'),
        sub: json,
        tenant: json,
      })
      .map((made) => JSON.stringify(made)),
  );

  it('that the issuer did not sign lets nobody in, whatever it is, and is no fault of ours', async () => {
    await fc.assert(
      fc.asyncProperty(header, claims, fc.oneof(text, fc.base64String()), async (head, body, signature) => {
        const jwt = `${part(head.slice(0, 3_000))}.${part(body.slice(0, 3_000))}.${part(signature)}`;
        const { context } = await authorize({ headers: { authorization: `Bearer ${jwt}` } });
        expect(context).toEqual({ authenticated: 'false' });
      }),
      { numRuns: 500 },
    );
  });
});

describe('a word of a handler thread', () => {
  it.each([
    [
      'a result that is no JSON',
      { type: 'done', run: 1, memoryMb: 1, outcome: { kind: 'success', json: '{' } },
    ],
    [
      'a result beyond its bytes',
      { type: 'done', run: 1, memoryMb: 1, outcome: { kind: 'success', json: `"${'x'.repeat(20_000)}"` } },
    ],
    [
      'a time that is none',
      { type: 'done', run: 1, memoryMb: 1, outcome: { kind: 'snoozed', seconds: Number.NaN, reason: '' } },
    ],
    [
      'a line of several lines',
      { type: 'log', line: '{"level":"INFO"}\n{"level":"ERROR","message":"forged"}' },
    ],
    ['a line that is no JSON', { type: 'log', line: '{level}' }],
    ['a line without end', { type: 'log', line: `{"message":"${'x'.repeat(100_000)}"}` }],
    ['progress beyond all', { type: 'progress', run: 1, progress: { percent: 1e9 } }],
    ['a text without end', { type: 'progress', run: 1, progress: { message: 'x'.repeat(1_000_000) } }],
  ])('is not taken: %s', (_, message) => {
    expect(FromThreadSchema.safeParse(message).success).toBe(false);
  });
});
