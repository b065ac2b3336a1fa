import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect } from 'vitest';
import { ProblemDocument, QueueDocument } from '../support/documents.ts';
import { eventually } from '../support/eventually.ts';
import { api, inSeconds, it } from './target.ts';

/** Lambda needs up to a minute or so to begin and to stop to feed a queue. */
const FEED_MS = 120_000;
const QUEUE = 'low';
const WORKLESS = { kind: 'once', at: inSeconds(7_200) };

const patch = async (json: object) => {
  const { status, body } = await api.call('PATCH', `/v1/queues/${QUEUE}`, { json });
  expect({ status, body }).toMatchObject({ status: 200 });
  return QueueDocument.parse(body);
};

/** These tests steer a queue that no other test uses meanwhile: one after another. */
describe('a queue steered at run time', () => {
  afterEach(() =>
    patch({ paused: null, workers: null, maxBacklog: null, timeoutSeconds: null, retry: null }),
  );

  it('shows what is in force beside what the deployment says', async ({ world }) => {
    const { deployed } = await patch({ workers: 7, timeoutSeconds: 77, retry: { limit: 1 } });
    expect(await world.must(200, 'GET', `/v1/queues/${QUEUE}`)).toMatchObject({
      workers: 7,
      timeoutSeconds: 77,
      retry: { limit: 1 },
      paused: false,
      deployed,
    });
    const task = await world.task({ schedule: WORKLESS, queue: QUEUE });
    expect(task).toMatchObject({ timeoutSeconds: 77, retry: { limit: 1 } });
    expect(await patch({ workers: null })).toMatchObject({ workers: deployed.workers });
  });

  it('starts nothing while it is paused, and all that waits when it goes on', async ({ world }) => {
    await patch({ paused: true });
    const byHand = await world.task({ schedule: WORKLESS, queue: QUEUE, overlap: 'allow' });
    const elsewhere = await world.task({ schedule: WORKLESS, overlap: 'allow' });
    /** Triggered at once with a run on another queue, which has ended by now: this one had its chance. */
    const left = async () => {
      const run = await world.trigger(byHand.id);
      await world.reached((await world.trigger(elsewhere.id)).id, 'success');
      expect(await world.run(run.id)).toMatchObject({ status: 'queued', attempt: 0 });
      return run;
    };
    await eventually(left, { timeoutMs: FEED_MS });
    const scheduled = await world.task({ schedule: { kind: 'once', at: inSeconds(1) }, queue: QUEUE });
    await world.reached((await world.trigger(elsewhere.id, { delaySeconds: 3 })).id, 'success');
    expect(await world.runs(scheduled.id)).toEqual([]);
    const run = await left();
    await patch({ paused: false });
    expect(await world.ended(scheduled.id, 1, FEED_MS)).toMatchObject([{ status: 'success', attempt: 1 }]);
    await world.reached(run.id, 'success', FEED_MS);
  });

  it('refuses more by hand than its limit, with 429, and still runs what is scheduled', async ({ world }) => {
    await patch({ paused: true, maxBacklog: 2 });
    const task = await world.task({ schedule: WORKLESS, queue: QUEUE, overlap: 'allow' });
    const answers: number[] = [];
    await eventually(
      async () => {
        const { status, headers, body } = await api.call('POST', `/v1/tasks/${task.id}/trigger`);
        answers.push(status);
        expect(status).toBe(429);
        expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
        expect(ProblemDocument.parse(body)).toMatchObject({ code: 'backlog-full', status: 429 });
      },
      { timeoutMs: FEED_MS },
    );
    expect(answers.filter((status) => status === 202).length).toBeGreaterThanOrEqual(2);
    const fields = { name: 'n', handler: 'demo.echo', schedule: WORKLESS, queue: QUEUE };
    const refused = await api.call('PUT', `/v1/tasks/e2e-${randomUUID()}`, { json: fields });
    expect(refused.status).toBe(429);
    await patch({ paused: null, maxBacklog: null });
    await world.ended(task.id, answers.length - 1, FEED_MS);
  });
});

it('a flood on the queue of the highest priority does not keep the one of the lowest from its work', async ({
  world,
}) => {
  const flood = await world.task({
    handler: 'demo.sleep',
    payload: { seconds: 3 },
    overlap: 'allow',
    queue: 'high',
    schedule: WORKLESS,
  });
  const runs = await Promise.all(Array.from({ length: 60 }, () => world.trigger(flood.id)));
  const low = await world.task({ queue: 'low', schedule: { kind: 'now' } });
  const [done] = await world.ended(low.id, 1, 60_000);
  const waiting = (await world.runs(flood.id)).filter(
    ({ status }) => status === 'queued' || status === 'running',
  );
  expect(done).toMatchObject({ status: 'success' });
  expect(waiting.length).toBeGreaterThan(0);
  await world.ended(flood.id, runs.length, 170_000);
});
