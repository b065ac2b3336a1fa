import { randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import type { ApiWorld } from '../support/api-world.ts';
import type { Run } from '../support/documents.ts';
import { inSeconds, it, ms } from './target.ts';

/** Its start is what it was permitted, or later by as much as messages and workers take. */
const SLACK_MS = 2_000;

describe.concurrent('tasks that name one key', () => {
  it('run one at a time under a cap of one, and each at its first attempt', async ({ world }) => {
    const concurrency = [{ key: `tag:${randomUUID()}`, limit: 1 }];
    const runs = oldestFirst(await runTogether(world, 4, { seconds: 2 }, { concurrency }));
    expect(runs.map(({ status, attempt }) => ({ status, attempt }))).toEqual(
      runs.map(() => ({ status: 'success', attempt: 1 })),
    );
    runs.slice(1).forEach((run, index) => {
      expect(ms(run.startedAt)).toBeGreaterThanOrEqual(ms(runs[index]?.finishedAt));
    });
  });

  it('run two at a time under a cap of two', async ({ world }) => {
    const concurrency = [{ key: `tag:${randomUUID()}`, limit: 2 }];
    const runs = oldestFirst(await runTogether(world, 4, { seconds: 4 }, { concurrency }));
    const together = (at: number) =>
      runs.filter(({ startedAt, finishedAt }) => ms(startedAt) <= at && at < ms(finishedAt)).length;
    const most = Math.max(...runs.map(({ startedAt }) => together(ms(startedAt))));
    expect(most).toBe(2);
  });

  it('wait for a slot as manual runs too, and end when they are cancelled', async ({ world }) => {
    const concurrency = [{ key: `tag:${randomUUID()}`, limit: 1 }];
    const fields = { concurrency, handler: 'demo.sleep', payload: { seconds: 30 }, overlap: 'allow' };
    const task = await world.task({ ...fields, schedule: { kind: 'once', at: inSeconds(3_600) } });
    const first = await world.trigger(task.id);
    await world.reached(first.id, 'running');
    const second = await world.trigger(task.id);
    await world.must(202, 'POST', `/v1/executions/${encodeURIComponent(second.id)}/cancel`);
    expect(await world.run(second.id)).toMatchObject({ status: 'cancelled', attempt: 0 });
    await world.must(202, 'POST', `/v1/executions/${encodeURIComponent(first.id)}/cancel`);
    await world.reached(first.id, 'cancelled', 60_000);
  });

  it('show what holds the slots of their key', async ({ world }) => {
    const key = `tag:${randomUUID()}`;
    const fields = { concurrency: [{ key, limit: 1 }], handler: 'demo.sleep', payload: { seconds: 30 } };
    const { id } = await world.task({ ...fields, schedule: { kind: 'once', at: inSeconds(3_600) } });
    const run = await world.trigger(id);
    await world.reached(run.id, 'running');
    expect(await world.must(200, 'GET', '/v1/limits?limit=200')).toMatchObject({
      items: expect.arrayContaining([
        {
          kind: 'concurrency',
          key,
          limit: 1,
          perSeconds: null,
          used: 1,
          waiting: 0,
          opensAt: null,
          heldBy: [run.id],
          taskIds: [id],
        },
      ]),
    });
    await world.must(202, 'POST', `/v1/executions/${encodeURIComponent(run.id)}/cancel`);
  });

  it('start as often as a rate limit lets them, and not more often', async ({ world }) => {
    const rateLimit = [{ key: `api:${randomUUID()}`, limit: 2, perSeconds: 10 }];
    const runs = oldestFirst(await runTogether(world, 5, { seconds: 0 }, { rateLimit }));
    expect(runs.every(({ status, attempt }) => status === 'success' && attempt === 1)).toBe(true);
    runs.slice(2).forEach((run, index) => {
      expect(ms(run.startedAt) - ms(runs[index]?.startedAt)).toBeGreaterThan(10_000 - SLACK_MS);
    });
  });
});

it('shows its caps as they were given', async ({ world }) => {
  const caps = {
    concurrency: [{ key: 'tag:shown', limit: 5 }],
    rateLimit: [{ key: 'api:shown', limit: 10, perSeconds: 60 }],
  };
  const { id } = await world.task({ ...caps, schedule: { kind: 'once', at: inSeconds(3_600) } });
  expect(await world.read(id)).toMatchObject(caps);
  await world.must(200, 'PATCH', `/v1/tasks/${id}`, { json: { concurrency: null } });
  expect(await world.read(id)).toMatchObject({ ...caps, concurrency: [] });
});

/** Tasks that are all due at the same moment. */
async function runTogether(
  world: ApiWorld,
  count: number,
  payload: { seconds: number },
  caps: object,
): Promise<Run[]> {
  const schedule = { kind: 'once', at: inSeconds(2) };
  const tasks = await Promise.all(
    Array.from({ length: count }, () => world.task({ ...caps, handler: 'demo.sleep', payload, schedule })),
  );
  return (await Promise.all(tasks.map(({ id }) => world.ended(id, 1, 150_000)))).flat();
}

const oldestFirst = (runs: Run[]): Run[] => runs.toSorted((a, b) => ms(a.startedAt) - ms(b.startedAt));
