import { describe, expect } from 'vitest';
import type { ApiWorld } from '../support/api-world.ts';
import { type Run, RunDocument, type Task } from '../support/documents.ts';
import { eventually } from '../support/eventually.ts';
import { api, inSeconds, it, ms } from './target.ts';

describe.concurrent('runs by hand', () => {
  it('run at once beside the schedule, with the payload of the task', async ({ world }) => {
    const task = await idle(world, { payload: { own: true } });
    const run = await world.trigger(task.id);
    expect(run).toMatchObject({ taskId: task.id, trigger: 'manual', attempt: 0 });
    expect(await world.reached(run.id, 'success')).toMatchObject({ result: { own: true } });
    expect(await world.read(task.id)).toMatchObject({ status: 'active', nextRunAt: task.nextRunAt });
  });

  it('take a payload for this one run', async ({ world }) => {
    const task = await idle(world, { payload: { own: true } });
    const run = await world.trigger(task.id, { payload: { other: [1, 'é', '🚀'] } });
    expect(await world.reached(run.id, 'success')).toMatchObject({ result: { other: [1, 'é', '🚀'] } });
    expect(await world.read(task.id)).toMatchObject({ payload: { own: true } });
  });

  it('carry a payload and a result that do not fit into the run itself', async ({ world }) => {
    const task = await idle(world);
    const text = 'x'.repeat(12_000);
    const run = await world.trigger(task.id, { payload: { text } });
    expect(await world.reached(run.id, 'success')).toMatchObject({ result: { text } });
  });

  it('wait for their delay', async ({ world }) => {
    const task = await idle(world);
    const run = await world.trigger(task.id, { delaySeconds: 3 });
    expect(run.status).toBe('queued');
    expect(ms(run.scheduledAt)).toBeGreaterThan(Date.now() + 1_000);
    const done = await world.reached(run.id, 'success');
    expect(ms(done.startedAt)).toBeGreaterThanOrEqual(ms(run.scheduledAt));
    expect(done.latenessMs).toBeLessThanOrEqual(1_500);
  });

  it('are made once under one Idempotency-Key', async ({ world }) => {
    const task = await idle(world);
    const headers = { 'Idempotency-Key': `key-of-${task.id}` };
    const path = `/v1/tasks/${task.id}/trigger`;
    const first = RunDocument.parse(await world.must(202, 'POST', path, { headers }));
    const second = RunDocument.parse(await world.must(202, 'POST', path, { headers }));
    expect(second.id).toBe(first.id);
    await world.must(409, 'POST', path, { headers, json: { payload: 'another' } });
    await world.reached(first.id, 'success');
    expect(await world.runs(task.id)).toHaveLength(1);
  });

  it('run for a paused task too, for somebody asked for them', async ({ world }) => {
    const task = await idle(world);
    await world.must(200, 'POST', `/v1/tasks/${task.id}/pause`);
    const run = await world.trigger(task.id);
    await world.reached(run.id, 'success');
    expect(await world.read(task.id)).toMatchObject({ status: 'paused' });
  });

  it('are cancelled while they wait, and never start then', async ({ world }) => {
    const task = await idle(world);
    const run = await world.trigger(task.id, { delaySeconds: 2 });
    expect(await cancel(world, run)).toMatchObject({ status: 'cancelled', attempt: 0 });
    const witness = await world.trigger((await idle(world)).id, { delaySeconds: 3 });
    await world.reached(witness.id, 'success');
    expect(await world.run(run.id)).toMatchObject({ status: 'cancelled', attempt: 0, startedAt: null });
    expect((await api.call('POST', `/v1/executions/${run.id}/cancel`)).status).toBe(409);
  });

  it('run after all, at once, when a cancelled one is retried before its instant', async ({ world }) => {
    const task = await idle(world);
    const run = await world.trigger(task.id, { delaySeconds: 60 });
    await cancel(world, run);
    await world.must(202, 'POST', `/v1/executions/${run.id}/retry`);
    const done = await world.reached(run.id, 'success');
    expect(done.attempt).toBe(1);
    expect(ms(done.startedAt)).toBeLessThan(ms(run.scheduledAt));
  });

  it('stop soon when they are cancelled while running', async ({ world }) => {
    const task = await idle(world, { handler: 'demo.sleep', payload: { seconds: 60 } });
    const run = await world.trigger(task.id);
    await world.reached(run.id, 'running');
    await eventually(async () => expect((await world.run(run.id)).progress).not.toBeNull());
    await cancel(world, run);
    expect(await world.reached(run.id, 'cancelled', 30_000)).toMatchObject({
      reason: 'requested',
      attempt: 1,
    });
  });

  it('are refused a second life after success', async ({ world }) => {
    const run = await world.trigger((await idle(world)).id);
    await world.reached(run.id, 'success');
    expect((await api.call('POST', `/v1/executions/${run.id}/retry`)).status).toBe(409);
    expect((await api.call('POST', `/v1/executions/${run.id}/cancel`)).status).toBe(409);
  });

  it('report their progress while they run', async ({ world }) => {
    const task = await idle(world, { handler: 'demo.sleep', payload: { seconds: 5 } });
    const run = await world.trigger(task.id);
    await eventually(async () =>
      expect(await world.run(run.id)).toMatchObject({
        status: 'running',
        progress: { percent: expect.any(Number), message: expect.any(String) },
      }),
    );
    expect(await world.reached(run.id, 'success')).toMatchObject({ result: { sleptSeconds: 5 } });
  });

  it('return what a batch did', async ({ world }) => {
    const payload = { items: 100, batchSize: 10, concurrency: 4, failEvery: 25 };
    const task = await idle(world, { handler: 'demo.batch', payload });
    const run = await world.trigger(task.id);
    expect(await world.reached(run.id, 'success')).toMatchObject({ result: { total: 100, fail: 4 } });
  });
});

/** A task that does nothing by itself for an hour. */
const idle = (world: ApiWorld, fields: object = {}): Promise<Task> =>
  world.task({ schedule: { kind: 'once', at: inSeconds(3_600) }, ...fields });

const cancel = async (world: ApiWorld, { id }: Run): Promise<Run> =>
  RunDocument.parse(await world.must(202, 'POST', `/v1/executions/${id}/cancel`));
