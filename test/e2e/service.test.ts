import { describe, expect } from 'vitest';
import * as z from 'zod';
import { ProblemDocument, pageOf, QueueDocument } from '../support/documents.ts';
import { eventually } from '../support/eventually.ts';
import { api, it, target } from './target.ts';

const OpenApi = z.looseObject({
  openapi: z.string(),
  paths: z.record(z.string(), z.record(z.string(), z.looseObject({}))),
});

const PROMISED = [
  'POST /v1/tasks',
  'GET /v1/tasks',
  'PUT /v1/tasks/{id}',
  'GET /v1/tasks/{id}',
  'PATCH /v1/tasks/{id}',
  'DELETE /v1/tasks/{id}',
  'POST /v1/tasks/{id}/pause',
  'POST /v1/tasks/{id}/resume',
  'POST /v1/tasks/{id}/trigger',
  'POST /v1/tasks/{id}/backfill',
  'GET /v1/tasks/{id}/upcoming',
  'GET /v1/upcoming',
  'GET /v1/tasks/{id}/executions',
  'POST /v1/schedules/preview',
  'GET /v1/executions',
  'GET /v1/executions/{id}',
  'POST /v1/executions/{id}/cancel',
  'POST /v1/executions/{id}/retry',
  'GET /v1/queues',
  'GET /v1/queues/{name}',
  'GET /v1/queues/{name}/dead-letters',
  'POST /v1/queues/{name}/dead-letters/redrive',
  'POST /v1/queues/{name}/dead-letters/purge',
  'GET /v1/tenants',
  'PUT /v1/tenants/{id}',
  'GET /v1/tenants/{id}',
  'DELETE /v1/tenants/{id}',
  'POST /v1/tokens',
  'GET /v1/tokens',
  'DELETE /v1/tokens/{id}',
  'GET /v1/stats',
  'GET /v1/metrics',
  'GET /v1/handlers',
  'GET /v1/health',
  'GET /v1/openapi.json',
];

describe.concurrent('without a credential', () => {
  it('health tells that it works and when the last tick was', async () => {
    await eventually(
      async () => {
        const reply = await api.call('GET', '/v1/health', { credential: false });
        expect(reply).toMatchObject({
          status: 200,
          body: {
            status: 'ok',
            version: expect.any(String),
            tick: { lastAt: expect.any(String), lagMs: expect.any(Number) },
          },
        });
      },
      { timeoutMs: 90_000 },
    );
  });

  it('the API describes itself', async () => {
    const reply = await api.call('GET', '/v1/openapi.json', { credential: false });
    expect(reply.status).toBe(200);
    const { openapi, paths } = OpenApi.parse(reply.body);
    expect(openapi).toMatch(/^3\.1\./);
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(described).toEqual(expect.arrayContaining(PROMISED));
  });

  it('people can read the description in a browser', async () => {
    const reply = await api.call('GET', '/docs', { credential: false });
    expect(reply.status).toBe(200);
    expect(reply.headers.get('content-type')).toMatch(/^text\/html/);
  });

  const closed = PROMISED.filter((route) => !/health|openapi/.test(route));
  it.for(closed)('%s is refused', async (route) => {
    const [method = '', path = ''] = route.replace(/\{\w+\}/g, 'some').split(' ');
    const body = method === 'GET' || method === 'DELETE' ? {} : { json: {} };
    for (const credential of [
      false,
      'Bearer wrong',
      'Bearer esc_admin_wrong',
      'Basic YTpi',
      'Bearer',
    ] as const) {
      const reply = await api.call(method, path, { ...body, credential });
      expect(reply.status).toBe(401);
      expect(reply.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(reply.headers.get('www-authenticate')).toMatch(/^Bearer/);
      expect(ProblemDocument.parse(reply.body)).toMatchObject({ status: 401, code: 'unauthenticated' });
    }
  });

  it('nobody learns which routes there are', async () => {
    expect((await api.call('GET', '/v1/nothing-here', { credential: false })).status).toBe(401);
  });
});

describe.concurrent('with a credential', () => {
  it('the scheme may be written in any case', async () => {
    const reply = await api.call('GET', '/v1/queues', { credential: `bearer ${target.token}` });
    expect(reply.status).toBe(200);
  });

  it('handlers are listed with the schema of their payload', async ({ world }) => {
    const handler = z.looseObject({ name: z.string(), description: z.string(), payload: z.unknown() });
    const { items } = pageOf(handler).parse(await world.must(200, 'GET', '/v1/handlers'));
    expect(items.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'demo.batch',
        'demo.count',
        'demo.crash',
        'demo.echo',
        'demo.fail',
        'demo.send-email',
        'demo.sleep',
      ]),
    );
    expect(items.find(({ name }) => name === 'demo.send-email')?.payload).toMatchObject({
      type: 'object',
      properties: { to: { type: 'string' } },
      required: ['to'],
    });
  });

  it('queues are listed by priority, and each is found by its name', async ({ world }) => {
    const { items } = pageOf(QueueDocument).parse(await world.must(200, 'GET', '/v1/queues'));
    const names = items.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['high', 'default', 'low']));
    expect(names.indexOf('high')).toBeLessThan(names.indexOf('low'));
    const queue = QueueDocument.parse(await world.must(200, 'GET', '/v1/queues/default'));
    expect(queue).toMatchObject({ name: 'default', workers: items[names.indexOf('default')]?.workers });
  });
});
