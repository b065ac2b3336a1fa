import { describe, expect, type TestContext } from 'vitest';
import * as z from 'zod';
import { pageOf } from '../support/documents.ts';
import { eventually } from '../support/eventually.ts';
import { api, it } from './target.ts';

const Token = z.looseObject({ id: z.string(), role: z.string(), lastUsedAt: z.string().nullable() });
const NewToken = Token.extend({ token: z.string().startsWith('esc_') });

async function makeToken({ onTestFinished }: Pick<TestContext, 'onTestFinished'>, body: object) {
  const reply = await api.call('POST', '/v1/tokens', { json: body });
  expect(reply.status).toBe(201);
  const made = NewToken.parse(reply.body);
  onTestFinished(async () => {
    await api.call('DELETE', `/v1/tokens/${made.id}`);
  });
  const as = { credential: `Bearer ${made.token}` };
  return { ...made, as };
}

describe.concurrent('API tokens', () => {
  it('let in as their role, and not any more once they are revoked', async ({ world, onTestFinished }) => {
    const viewer = await makeToken({ onTestFinished }, { role: 'viewer', name: 'e2e' });
    const operator = await makeToken({ onTestFinished }, { role: 'operator' });
    const json = { name: 'By a token', handler: 'demo.echo', schedule: { kind: 'now' } };
    const path = `/v1/tasks/${world.newId()}`;
    expect((await api.call('PUT', path, { json, ...viewer.as })).status).toBe(403);
    const made = await api.call('PUT', path, { json, ...operator.as });
    expect([made.status, made.body]).toEqual([
      201,
      expect.objectContaining({ createdBy: `token:${operator.id}` }),
    ]);
    expect((await api.call('GET', path, viewer.as)).status).toBe(200);
    for (const { as } of [viewer, operator]) {
      expect((await api.call('GET', '/v1/tokens', as)).status).toBe(403);
      expect((await api.call('POST', '/v1/tokens', { json: { role: 'admin' }, ...as })).status).toBe(403);
    }
    await world.must(204, 'DELETE', `/v1/tokens/${viewer.id}`);
    expect((await api.call('GET', path, viewer.as)).status).toBe(401);
    expect((await api.call('GET', path, operator.as)).status).toBe(200);
  });

  it('are listed without their secrets, with their last use', async ({ world, onTestFinished }) => {
    const { id, token, as } = await makeToken(
      { onTestFinished },
      { role: 'viewer', expiresInSeconds: 3_600 },
    );
    await api.call('GET', '/v1/queues', as);
    await eventually(async () => {
      const body = await world.must(200, 'GET', '/v1/tokens?limit=200');
      expect(JSON.stringify(body)).not.toContain(token.split('_').at(-1));
      const own = pageOf(Token)
        .parse(body)
        .items.find((one) => one.id === id);
      expect(own?.lastUsedAt).toEqual(expect.any(String));
    });
  });

  it('that have expired let nobody in', async ({ onTestFinished }) => {
    const { as } = await makeToken({ onTestFinished }, { role: 'viewer', expiresInSeconds: 1 });
    await eventually(async () => {
      expect((await api.call('GET', '/v1/queues', as)).status).toBe(401);
    });
  });
});
