import { randomUUID } from 'node:crypto';
import { describe, expect, type TestContext } from 'vitest';
import * as z from 'zod';
import { openApi } from '../support/api-client.ts';
import { openWorld } from '../support/api-world.ts';
import { ProblemDocument, pageOf } from '../support/documents.ts';
import { api, it, ms, target } from './target.ts';

const NewToken = z.looseObject({ token: z.string() });

/** A tenant of its own, as its admin sees it; gone when the test ends. */
async function makeTenant({ onTestFinished }: Pick<TestContext, 'onTestFinished'>, limits: object = {}) {
  const id = `e2e-${randomUUID()}`;
  const path = `/v1/tenants/${id}`;
  expect((await api.call('PUT', path, { json: limits })).status).toBe(201);
  const made = await api.call('POST', '/v1/tokens', { json: { tenant: id, role: 'admin' } });
  const { token } = NewToken.parse(made.body);
  const its = openApi({ url: target.url, token });
  const world = openWorld(its);
  onTestFinished(async () => {
    await api.call('PUT', path, { json: {} });
    await world.cleanUp();
    expect((await api.call('DELETE', path)).status).toBe(204);
    expect((await its.call('GET', '/v1/tasks')).status).toBe(401);
  });
  /** Once, whatever the answer. */
  const ask = async (method: string, where: string, body?: object) => {
    const reply = await fetch(`${target.url}${where}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: reply.status, retryAfter: reply.headers.get('retry-after'), body: await reply.json() };
  };
  return { id, its, world, ask };
}
const TASK = {
  name: 'Of a tenant',
  handler: 'demo.echo',
  schedule: { kind: 'cron', expressions: ['0 2 * * *'] },
};

describe.concurrent('tenants', () => {
  it('see nothing of each other, and the same id is another task', async ({ world, onTestFinished }) => {
    const [a, b] = [await makeTenant({ onTestFinished }), await makeTenant({ onTestFinished })];
    const taskId = a.world.newId();
    const json = { ...TASK, payload: { of: a.id } };
    expect((await a.its.call('PUT', `/v1/tasks/${taskId}`, { json })).status).toBe(201);
    const run = await a.world.trigger(taskId);
    await a.world.reached(run.id, 'success');
    for (const other of [b.its, api]) {
      for (const path of [`/v1/tasks/${taskId}`, `/v1/executions/${encodeURIComponent(run.id)}`])
        expect((await other.call('GET', path)).status).toBe(404);
      const lists = await Promise.all(['/v1/tasks', '/v1/executions'].map((path) => other.call('GET', path)));
      expect(JSON.stringify(lists)).not.toContain(taskId);
    }
    expect((await b.its.call('GET', '/v1/tenants')).status).toBe(403);
    const all = pageOf(z.looseObject({ id: z.string() })).parse(
      await world.must(200, 'GET', '/v1/tenants?limit=200'),
    );
    expect(all.items.map(({ id }) => id)).toEqual(expect.arrayContaining([a.id, b.id]));
  });

  it('have as many tasks as they may', async ({ onTestFinished }) => {
    const { world, ask } = await makeTenant({ onTestFinished }, { maxTasks: 2 });
    const made = await Promise.all(
      Array.from({ length: 5 }, () => ask('PUT', `/v1/tasks/${world.newId()}`, TASK)),
    );
    expect(made.map(({ status }) => status).toSorted()).toEqual([201, 201, 429, 429, 429]);
    const refused = made.find(({ status }) => status === 429);
    expect(ProblemDocument.parse(refused?.body)).toMatchObject({ status: 429, code: 'limit-reached' });
    expect(Number(refused?.retryAfter)).toBeGreaterThan(0);
  });

  it('send as many requests in a minute as they may', async ({ onTestFinished }) => {
    const { ask } = await makeTenant({ onTestFinished }, { ratePerMinute: 5 });
    // So many do not fit, whenever the minute ends.
    const answers = await Promise.all(Array.from({ length: 11 }, () => ask('GET', '/v1/handlers')));
    const refused = answers.filter(({ status }) => status === 429);
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(10);
    expect(refused.length).toBeGreaterThan(0);
    for (const { retryAfter, body } of refused) {
      expect(Number(retryAfter)).toBeGreaterThan(0);
      expect(Number(retryAfter)).toBeLessThanOrEqual(60);
      expect(ProblemDocument.parse(body)).toMatchObject({ code: 'limit-reached' });
    }
  });

  it('run as much at the same time as they may', async ({ onTestFinished }) => {
    const { world } = await makeTenant({ onTestFinished }, { maxConcurrency: 1 });
    const soon = { kind: 'once', delaySeconds: 1 };
    const sleep = { handler: 'demo.sleep', payload: { seconds: 1 }, schedule: soon };
    const tasks = [await world.task(sleep), await world.task(sleep)];
    const runs = (await Promise.all(tasks.map(({ id }) => world.ended(id, 1, 60_000)))).flat();
    expect(runs.map(({ status }) => status)).toEqual(['success', 'success']);
    const [first, second] = runs.toSorted((a, b) => ms(a.startedAt) - ms(b.startedAt));
    expect(ms(second?.startedAt)).toBeGreaterThanOrEqual(ms(first?.finishedAt));
  });
});
