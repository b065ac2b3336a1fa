import { describe, expect, it } from 'vitest';
import handlers from '#handlers';
import { routes } from '../../../functions/api/routes.ts';
import { makeApiWorld, queueDefaults } from './api-world.ts';

describe('health', () => {
  it('answers without a credential, before and after the first tick', async () => {
    const { call, heartbeat, clock, advance } = makeApiWorld();
    const health = () => call({ path: '/v1/health', role: null });
    expect((await health()).body).toEqual({
      status: 'ok',
      version: '0.1.0',
      tick: { lastAt: null, lagMs: null },
    });
    await heartbeat.record(clock.nowMs());
    await advance(1_234);
    expect((await health()).body.tick).toEqual({ lastAt: '2026-11-21T09:00:00.000Z', lagMs: 1_234 });
  });
  it('answers 503 while the store does not answer', async () => {
    const { call, hooks } = makeApiWorld();
    hooks.before = () => {
      throw new Error('away');
    };
    const answer = await call({ path: '/v1/health', role: null });
    expect([answer.status, answer.body.status]).toEqual([503, 'unavailable']);
  });
});

describe('handlers', () => {
  it('are listed with the JSON Schema of their payload', async () => {
    const { call } = makeApiWorld();
    const { body } = await call({ path: '/v1/handlers', role: 'viewer' });
    expect(body.items.map(({ name }: { name: string }) => name)).toEqual(
      handlers.map(({ name }) => name).toSorted(),
    );
    expect(body.items.find(({ name }: { name: string }) => name === 'demo.send-email').payload).toMatchObject(
      {
        type: 'object',
        required: ['to'],
      },
    );
  });
});

describe('the preview of a schedule', () => {
  const preview = (schedule: object, count?: number) => ({
    method: 'POST',
    path: '/v1/schedules/preview',
    role: 'viewer' as const,
    body: { schedule, ...(count === undefined ? {} : { count }) },
  });
  it('shows the next occurrences and says them in words', async () => {
    const { call } = makeApiWorld();
    const schedule = { kind: 'cron', expressions: ['0 9 * * 1-5'], timezone: 'Europe/Paris' };
    expect((await call(preview(schedule, 2))).body).toEqual({
      items: ['2026-11-23T08:00:00.000Z', '2026-11-24T08:00:00.000Z'],
      description: expect.stringContaining('Monday through Friday'),
    });
    expect((await call(preview({ kind: 'interval', seconds: 30 }))).body.items).toHaveLength(10);
    expect((await call(preview({ kind: 'once', delaySeconds: 60 }))).body.items).toEqual([
      '2026-11-21T09:01:00.000Z',
    ]);
  });
});

describe('the description of the API', () => {
  it('has every route, with unique names', async () => {
    const { call } = makeApiWorld();
    const { status, body } = await call({ path: '/v1/openapi.json', role: null });
    expect([status, body.openapi, body.info.version]).toEqual([200, '3.1.0', '0.1.0']);
    const operations = routes.map(({ method, path }) => body.paths[path][method.toLowerCase()]);
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(routes.length);
  });
  it('documents filters, bodies, conditions and problems', async () => {
    const { body } = await makeApiWorld().call({ path: '/v1/openapi.json', role: null });
    const names = (operation: { parameters: { name: string }[] }) =>
      operation.parameters.map(({ name }) => name);
    expect(names(body.paths['/v1/executions'].get)).toEqual([
      'status',
      'from',
      'to',
      'queue',
      'taskId',
      'tag',
      'limit',
      'cursor',
    ]);
    expect(names(body.paths['/v1/tasks/{id}'].put)).toEqual(['id', 'dryRun', 'If-Match', 'If-None-Match']);
    expect(Object.keys(body.paths['/v1/tasks/{id}'].patch.requestBody.content)).toEqual([
      'application/merge-patch+json',
      'application/json',
    ]);
    const { responses } = body.paths['/v1/tasks'].post;
    expect(Object.keys(responses).map(Number)).toEqual([
      201, 400, 401, 403, 405, 408, 409, 413, 415, 422, 429, 431, 500, 503,
    ]);
    const { schema } =
      body.components.responses[responses[422].$ref.split('/').at(-1)].content['application/problem+json'];
    expect(schema).toMatchObject({
      $ref: '#/components/schemas/Problem',
      properties: { code: { enum: ['validation-failed'] } },
    });
    expect(body.components.schemas.TaskInput.required).toEqual(['name', 'schedule']);
  });
  it('is a page without scripts or anything foreign', async () => {
    const { call } = makeApiWorld();
    const { status, headers, body } = await call({ path: '/docs', role: null });
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(body).toContain('/v1/tasks/{id}/trigger');
    for (const told of ['backlog-full', 'Idempotency-Key', 'Nightly report', 'admin of root', 'merge-patch'])
      expect(body, `it tells of ${told}`).toContain(told);
    const places = new Set([...body.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    for (const [, to] of body.matchAll(/ href="#([^"]+)"/g)) expect(places, `${to} is there`).toContain(to);
    expect(body).not.toMatch(/<script|<(img|link|a) [^>]*(src|href)="https?:|src=/);
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'/);
  });
});

describe('the address of the console with a slash', () => {
  it('leads to the one without, and keeps what it asks for', async () => {
    const { call } = makeApiWorld();
    for (const [query, location] of [
      ['', '/console'],
      ['range=7d', '/console?range=7d'],
    ] as const) {
      const { status, headers } = await call({ path: '/console/', query, role: null });
      expect([status, headers.location]).toEqual([308, location]);
    }
  });
});

describe('every answer', () => {
  it('carries the request id and headers that keep browsers from guessing', async () => {
    const { call } = makeApiWorld();
    const { headers } = await call({ path: '/v1/queues' });
    expect(headers).toMatchObject({
      'x-request-id': 'request-1',
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
  });
  it('takes a context that is not complete for no credential at all', async () => {
    const { makeApiHandler } = await import('../../../functions/api/app.ts');
    const { eventOf } = await import('./api-world.ts');
    const { makeRegistry } = await import('../../../shared/contract/handler.ts');
    const world = makeApiWorld();
    const handler = makeApiHandler({
      ...world,
      handlers: makeRegistry([]),
      queueDefaults,
      shards: 4,
      retentionMs: 1,
      version: '0',
    });
    const contexts = [
      undefined,
      {},
      { lambda: null },
      { lambda: { authenticated: true, tenant: 'root', role: 'admin', actor: 'a' } },
      { lambda: { authenticated: 'true', tenant: 'root', role: 'owner', actor: 'a' } },
      { lambda: { authenticated: 'true', role: 'admin', actor: 'a' } },
    ];
    for (const authorizer of contexts) {
      const event = eventOf({ path: '/v1/tasks' }, 'r');
      Object.assign(event.requestContext, { authorizer });
      expect((await handler(event, {} as never)).statusCode).toBe(401);
    }
    const away = eventOf({ path: '/v1/tasks' }, 'r');
    Object.assign(away.requestContext, {
      authorizer: { lambda: { authenticated: 'false', unavailable: 'true' } },
    });
    expect((await handler(away, {} as never)).statusCode).toBe(503);
  });
});
