import { randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import { createClient, type LiveEvent } from '../../../shared/client/client.ts';
import { eventually } from '../../support/eventually.ts';
import { api, it, target } from '../target.ts';
import { startOwnEngine } from './own-engine.ts';

/** What one reader was told, from the moment on that this resolves. */
async function follow(credentials: { url: string; token: string }) {
  const leaving = new AbortController();
  const events = await createClient(credentials).events({ signal: leaving.signal });
  if (!events) throw new Error('there is no stream');
  const told: LiveEvent[] = [];
  const ended = (async () => {
    for await (const event of events) told.push(event);
  })().catch((error: unknown) => {
    if (!leaving.signal.aborted) throw error;
  });
  const leave = async () => {
    leaving.abort();
    await ended;
  };
  return { told, ended, leave };
}

describe('live changes', () => {
  it('are told to the tenant whose they are, and to nobody else', async ({ world }) => {
    const tenant = `t${randomUUID()}`.slice(0, 30);
    await world.must(201, 'PUT', `/v1/tenants/${tenant}`, { json: {} });
    const made = await world.must(201, 'POST', '/v1/tokens', { json: { tenant, role: 'viewer' } });
    const token = String(Object(made).token);
    const [root, other] = await Promise.all([follow(target), follow({ url: target.url, token })]);

    const { id } = await world.task({ schedule: { kind: 'now' } });
    const [run] = await world.ended(id);
    const ours = () => root.told.filter((event) => 'taskId' in event && event.taskId === id);
    await eventually(() => {
      expect(ours()).toContainEqual({ type: 'task.changed', taskId: id, status: 'completed' });
      for (const status of ['running', 'success'])
        expect(ours()).toContainEqual({ type: 'run.changed', taskId: id, executionId: run?.id, status });
    });
    expect(other.told.filter(({ type }) => type !== 'queue.changed')).toEqual([]);
    await Promise.all([root.leave(), other.leave()]);
    await api.call('DELETE', `/v1/tokens/${Object(made).id}`);
    await api.call('DELETE', `/v1/tenants/${tenant}`);
  });

  it('are for who has a credential, and for who asks for a stream', async () => {
    const headers = { accept: 'text/event-stream' };
    expect(await api.call('GET', '/v1/events', { credential: false, headers })).toMatchObject({
      status: 401,
      body: { code: 'unauthenticated' },
    });
    expect(await api.call('GET', '/v1/events?since=1', { headers })).toMatchObject({ status: 422 });
    expect(await api.call('GET', '/v1/events')).toMatchObject({ status: 204, body: '' });
  });

  it('end when the engine stops, which does not wait for its readers', async () => {
    const engine = await startOwnEngine();
    try {
      const { ended } = await follow(engine.process);
      expect(await engine.process.stop()).toBe(0);
      await ended;
      expect(engine.process.output()).not.toContain('cut off');
    } finally {
      await engine.dispose();
    }
  });
});
