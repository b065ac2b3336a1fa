import { describe, expect } from 'vitest';
import * as z from 'zod';
import { eventually } from '../support/eventually.ts';
import { it } from './target.ts';

const MINUTE_MS = 60_000;
const Outcomes = z.object({
  matched: z.int(),
  done: z.int(),
  unchanged: z.int(),
  failed: z.int(),
  items: z.array(z.object({ id: z.string(), outcome: z.string() })),
});
const Job = z.object({
  id: z.string(),
  status: z.string(),
  matched: z.int().nullable(),
  done: z.int(),
  unchanged: z.int(),
  failed: z.int(),
});
const DAILY = { kind: 'cron', expressions: ['0 2 * * *'] };

describe('a bulk request', () => {
  it('pauses, triggers and deletes what its filter takes, after saying so', async ({ world }) => {
    const tag = `bulk-${Date.now()}`;
    const tasks = [
      await world.task({ schedule: DAILY, tags: [tag] }),
      await world.task({ schedule: DAILY, tags: [tag] }),
    ];
    const post = async (json: object) => Outcomes.parse(await world.must(200, 'POST', '/v1/bulk', { json }));
    const filter = { tag };
    // The list follows within moments.
    await eventually(async () =>
      expect(await post({ action: 'pause', filter, dryRun: true })).toMatchObject({ matched: 2, done: 2 }),
    );
    expect((await world.read(tasks[0]?.id ?? '')).status).toBe('active');
    expect(await post({ action: 'pause', filter })).toMatchObject({ done: 2, failed: 0 });
    expect(await post({ action: 'pause', filter })).toMatchObject({ done: 0, unchanged: 2 });
    expect(await post({ action: 'trigger', ids: tasks.map(({ id }) => id) })).toMatchObject({ done: 2 });
    for (const { id } of tasks) expect((await world.ended(id))[0]).toMatchObject({ status: 'success' });
    expect(await post({ action: 'delete', filter })).toMatchObject({ done: 2, failed: 0 });
    expect(await post({ action: 'delete', filter })).toMatchObject({ matched: 0 });
  });

  it('that is a job goes on in the background, and is aborted when it is not wanted any more', async ({
    world,
  }) => {
    const tag = `bulk-${Date.now()}`;
    for (let n = 0; n < 3; n++) await world.task({ schedule: DAILY, tags: [tag] });
    await eventually(async () =>
      expect(await world.must(200, 'GET', `/v1/tasks?tag=${tag}`)).toMatchObject({ items: { length: 3 } }),
    );
    const make = async (action: string) =>
      Job.parse(
        await world.must(202, 'POST', '/v1/bulk', {
          json: { action, filter: { tag }, background: true },
        }),
      );
    const aborted = await make('delete');
    await world.must(200, 'DELETE', `/v1/bulk/${aborted.id}`);
    const made = await make('pause');
    expect(made).toMatchObject({ status: 'running', matched: 3, done: 0 });
    await eventually(
      async () =>
        expect(await world.must(200, 'GET', `/v1/bulk/${made.id}`)).toMatchObject({
          status: 'done',
          done: 3,
          failed: 0,
        }),
      { timeoutMs: 2 * MINUTE_MS },
    );
    const paused = await world.must(200, 'GET', `/v1/tasks?tag=${tag}&status=paused`);
    expect(paused).toMatchObject({ items: { length: 3 } });
    expect(await world.must(200, 'GET', `/v1/bulk/${aborted.id}`)).toMatchObject({
      status: 'aborted',
      done: 0,
    });
  });
});
