import { describe, expect } from 'vitest';
import type { ApiWorld } from '../support/api-world.ts';
import { type Run, RunDocument, type Task } from '../support/documents.ts';
import { eventually } from '../support/eventually.ts';
import { api, inSeconds, it } from './target.ts';

/** As whoever was given the work would call: with the token and nothing else. */
const say = (run: Run, action: string, json: object) =>
  api.call('POST', `/v1/executions/${encodeURIComponent(run.id)}/${action}`, { json, credential: false });

const handsOff = (world: ApiWorld, fields: object = {}): Promise<Task> =>
  world.task({
    handler: 'demo.hand-off',
    schedule: { kind: 'once', at: inSeconds(3_600) },
    retry: { strategy: 'fixed', limit: 1, baseSeconds: 1, jitter: 'none' },
    ...fields,
  });

/** Waits until attempt `attempt` was handed off; its token is what it shows as progress. */
const pending = (world: ApiWorld, id: string, attempt = 1) =>
  eventually(
    async () => {
      const run = await world.run(id);
      expect(run).toMatchObject({ status: 'running', pending: true, attempt });
      const token = (run.progress as { message?: string } | null)?.message ?? '';
      expect(token).not.toBe('');
      return { run, token };
    },
    { timeoutMs: 20_000 },
  );

describe.concurrent('a run that goes on elsewhere', () => {
  it('ends when the holder of its token completes it', async ({ world }) => {
    const { run, token } = await pending(world, (await world.trigger((await handsOff(world)).id)).id);
    expect((await say(run, 'complete', { token: 'guess' })).status).toBe(401);
    expect((await say(run, 'heartbeat', { token, progress: { percent: 50 } })).status).toBe(200);
    expect(await world.run(run.id)).toMatchObject({ status: 'running', progress: { percent: 50 } });
    expect((await say(run, 'complete', { token, result: { rows: 7 } })).status).toBe(200);
    expect(await world.run(run.id)).toMatchObject({ status: 'success', result: { rows: 7 }, pending: false });
    expect((await say(run, 'complete', { token, result: { rows: 7 } })).status).toBe(200);
    expect((await say(run, 'complete', { token, result: { rows: 8 } })).status).toBe(409);
  });

  it('is tried again when the holder fails it, with a new token', async ({ world }) => {
    const first = await pending(world, (await world.trigger((await handsOff(world)).id)).id);
    const error = { type: 'Elsewhere', message: 'the other side is down' };
    const failed = await say(first.run, 'fail', { token: first.token, error });
    expect(RunDocument.parse(failed.body)).toMatchObject({ status: 'retrying' });
    const second = await pending(world, first.run.id, 2);
    expect(second.token).not.toBe(first.token);
    expect((await say(first.run, 'complete', { token: first.token })).status).toBe(409);
    expect((await say(second.run, 'fail', { token: second.token, error })).status).toBe(200);
    expect(await world.reached(first.run.id, 'dead')).toMatchObject({
      reason: 'exhausted',
      errorMessage: 'the other side is down',
    });
  });

  it('times out when nobody says anything', async ({ world }) => {
    const task = await handsOff(world, {
      payload: { timeoutSeconds: 1 },
      retry: { strategy: 'fixed', limit: 0, baseSeconds: 1, jitter: 'none' },
    });
    const run = await world.trigger(task.id);
    expect(await world.reached(run.id, 'dead', 150_000)).toMatchObject({ reason: 'timedOut' });
  });

  it('ends at once when it is cancelled, and its holder is told so', async ({ world }) => {
    const { run, token } = await pending(world, (await world.trigger((await handsOff(world)).id)).id);
    const cancelled = await world.must(202, 'POST', `/v1/executions/${encodeURIComponent(run.id)}/cancel`);
    expect(RunDocument.parse(cancelled)).toMatchObject({ status: 'cancelled', reason: 'requested' });
    expect((await say(run, 'heartbeat', { token })).status).toBe(409);
  });

  it('holds up the next run of its task', async ({ world }) => {
    const task = await handsOff(world, { overlap: 'queue' });
    const first = await pending(world, (await world.trigger(task.id)).id);
    const second = await world.trigger(task.id);
    await say(first.run, 'complete', { token: first.token });
    const next = await pending(world, second.id);
    await say(next.run, 'complete', { token: next.token });
    expect((await world.ended(task.id, 2)).map(({ status }) => status)).toEqual(['success', 'success']);
  });
});
