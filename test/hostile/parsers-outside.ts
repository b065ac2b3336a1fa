import fc from 'fast-check';
import * as z from 'zod';
import { bodyOf, decodeParams, principalOf, queryOf } from '../../functions/api/event.ts';
import { readIdempotencyKey } from '../../functions/api/idempotency-key.ts';
import { taskIdOf } from '../../functions/api/task-id.ts';
import { makeAuthorizer } from '../../functions/authorizer-handler.ts';
import { makeDeclareHandler } from '../../functions/declaration.ts';
import { describeError } from '../../functions/describe-error.ts';
import { type EnvName, readEnv } from '../../functions/env.ts';
import { recordsOf } from '../../functions/sqs-records.ts';
import { judged } from '../../shared/adapters/targets/http-answer.ts';
import { redactor } from '../../shared/adapters/targets/redact.ts';
import { parseTargetSecret, TargetSecretError } from '../../shared/adapters/targets/target-secret.ts';
import { makeRegistry } from '../../shared/contract/handler.ts';
import { tokenVerifier } from '../../shared/usecases/authenticate.ts';
import { principalOfClaims } from '../../shared/usecases/credentials/principal-of-claims.ts';
import { eventOf } from '../functions/api/api-world.ts';
import { makeMemoryWorld } from '../support/memory-world.ts';
import { type Parser, parser, refusesWith, says } from './parser.ts';
import { anything, json, jsonText, nest, text } from './values.ts';

/** What a function gets from AWS, from its settings and from receivers of webhooks. */

const ENV_NAMES: EnvName[] = [
  'ESCAPEMENT_QUEUES',
  'ESCAPEMENT_EVENT_RULES',
  'ESCAPEMENT_SHARDS',
  'ESCAPEMENT_STATS',
  'ESCAPEMENT_RECYCLE_ABOVE_MB',
  'ESCAPEMENT_QUEUE_DEFAULTS',
  'ESCAPEMENT_TARGETS',
  'ESCAPEMENT_EVENT_SOURCES',
  'ESCAPEMENT_OIDC',
  'ESCAPEMENT_CONSOLE_OIDC',
  'ESCAPEMENT_SUCCESS_EVENTS',
];
const environment = fc.record(Object.fromEntries(ENV_NAMES.map((name) => [name, fc.oneof(jsonText, text)])), {
  requiredKeys: [],
});

const record = fc.record(
  {
    messageId: fc.oneof(text, anything),
    receiptHandle: anything,
    body: fc.oneof(jsonText, anything),
    attributes: fc.oneof(fc.record({ ApproximateReceiveCount: fc.oneof(text, anything) }), anything),
  },
  { requiredKeys: [] },
);

const plain = eventOf({ method: 'POST', path: '/v1/tasks', body: {} }, 'r');
const withBody = fc
  .tuple(fc.oneof(jsonText, text), fc.boolean(), text)
  .map(([body, isBase64Encoded, contentType]) => ({
    event: { ...plain, body, isBase64Encoded },
    contentType,
  }));

const world = makeMemoryWorld();
const { tokens, clock, log } = world;
const authorize = makeAuthorizer({ verifiers: [tokenVerifier({ tokens, clock, log })], log });
const credential = fc.oneof(
  text,
  text.map((secret) => `Bearer ${secret}`),
  fc.constant(`Bearer esc_${'0'.repeat(26)}_x`),
);

const declare = makeDeclareHandler({
  ...world,
  handlers: makeRegistry([]),
  queueDefaults: {},
  shards: 1,
  retentionMs: 1,
  answer: async () => {},
});
const declaration = fc.record({
  RequestType: fc.oneof(fc.constantFrom('Create', 'Update', 'Delete'), anything),
  RequestId: fc.oneof(text, anything),
  ResponseURL: fc.oneof(fc.constant('https://example.com/answer'), anything),
  StackId: fc.oneof(text, anything),
  LogicalResourceId: text,
  PhysicalResourceId: text,
  ResourceProperties: fc.oneof(fc.record({ Id: text, Task: fc.oneof(jsonText, text) }), anything),
});

const reply = fc.record({
  status: fc.oneof(fc.integer({ min: 100, max: 999 }), fc.constantFrom(0, -1, 1e9)),
  headers: fc.dictionary(
    fc.oneof(fc.constantFrom('retry-after', 'date', 'content-type', '__proto__'), text),
    text,
    {
      maxKeys: 4,
    },
  ),
  body: fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    jsonText.map((body) => Buffer.from(body).subarray(0, 16_384)),
  ),
  isWhole: fc.boolean(),
});

export const outsideParsers: Parser[] = [
  parser(
    'functions/sqs-records.ts recordsOf',
    fc.oneof(anything, fc.record({ Records: fc.array(fc.oneof(record, anything)) })),
    recordsOf,
    {
      refuses: says(/^not an event of SQS/),
    },
  ),
  parser('functions/declaration.ts makeDeclareHandler', fc.oneof(declaration, anything), declare, {
    refuses: (error) => error instanceof z.ZodError,
  }),
  parser('functions/env.ts readEnv', environment, (source) => readEnv(ENV_NAMES, source), {
    refuses: says(/^Bad environment:/),
    worst: [{ ESCAPEMENT_EVENT_RULES: nest(200_000), ESCAPEMENT_TARGETS: `{"__proto__":${nest(5_000)}}` }],
  }),
  parser(
    'functions/api/event.ts bodyOf',
    withBody,
    ({ event, contentType }) => bodyOf(event, { 'content-type': contentType }, ['application/json']),
    {
      refuses: refusesWith(
        'malformed-json',
        'validation-failed',
        'payload-too-large',
        'unsupported-media-type',
      ),
    },
  ),
  parser('functions/api/event.ts queryOf', text, (rawQueryString) => queryOf({ ...plain, rawQueryString }), {
    refuses: refusesWith('validation-failed'),
    worst: ['a=1&'.repeat(100_000), '%'.repeat(100_000)],
  }),
  parser('functions/api/event.ts decodeParams', fc.dictionary(text, text), decodeParams),
  parser(
    'functions/api/event.ts principalOf',
    anything,
    (lambda) =>
      principalOf({ ...plain, requestContext: { ...plain.requestContext, ...{ authorizer: { lambda } } } }),
    {
      refuses: refusesWith('unavailable'),
    },
  ),
  parser(
    'functions/api/idempotency-key.ts readIdempotencyKey',
    text,
    (key) => readIdempotencyKey({ 'idempotency-key': key }),
    {
      refuses: refusesWith('precondition-invalid'),
    },
  ),
  parser('functions/api/task-id.ts taskIdOf', text, (id) => taskIdOf({ params: { id } }), {
    refuses: refusesWith('not-found'),
  }),
  parser(
    'functions/authorizer-handler.ts makeAuthorizer',
    fc.oneof(
      anything,
      credential.map((authorization) => ({ headers: { authorization } })),
      credential.map((Authorization) => ({ headers: { Authorization, __proto__: null } })),
    ),
    async (event) => {
      const answer = await authorize(event as Parameters<typeof authorize>[0]);
      if (JSON.stringify(answer.context) !== '{"authenticated":"false"}')
        throw new Error('somebody was let in');
    },
  ),
  parser('functions/describe-error.ts describeError', anything, describeError),
  parser(
    'shared/usecases/credentials/principal-of-claims.ts principalOfClaims',
    fc.dictionary(fc.oneof(fc.constantFrom('sub', 'tenant', 'role'), text), json),
    (claims) =>
      principalOfClaims(claims, {
        tenantClaim: 'tenant',
        roleClaim: 'role.__proto__.a',
        roles: { admin: 'admin' },
      }),
  ),
  parser(
    'shared/adapters/targets/target-secret.ts parseTargetSecret',
    fc.oneof(jsonText, text),
    parseTargetSecret,
    {
      refuses: (error) => error instanceof TargetSecretError,
    },
  ),
  parser(
    'shared/adapters/targets/http-answer.ts judged',
    reply,
    (answer) => judged({}, answer, 0, redactor(['secret-secret'])),
    {
      worst: [{ status: 500, headers: {}, body: Buffer.from(' \u0000'.repeat(8_192)), isWhole: false }],
    },
  ),
  parser(
    'shared/adapters/targets/redact.ts redactor',
    fc.record({ secrets: fc.array(text), said: text }),
    ({ secrets, said }) => redactor(secrets)(said, true),
    { worst: [{ secrets: ['a'.repeat(8_000), `${'a'.repeat(7_999)}b`], said: 'a'.repeat(16_384) }] },
  ),
];
