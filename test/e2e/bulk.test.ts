import { describe, expect } from 'vitest';
import * as z from 'zod';
import { eventually } from '../support/eventually.ts';
import { api, it } from './target.ts';

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

  it('that is too large for one call is done in the background', async ({ world }) => {
    const startAt = new Date(Date.now() - 1_100 * MINUTE_MS).toISOString();
    const task = await world.task({
      schedule: { kind: 'interval', seconds: 60, startAt },
      handler: 'demo.sleep',
      payload: { seconds: 60 },
    });
    await world.must(200, 'POST', `/v1/tasks/${task.id}/pause`);
    const window = (from: number, to: number) => ({
      from: new Date(Date.parse(startAt) + from * MINUTE_MS).toISOString(),
      to: new Date(Date.parse(startAt) + to * MINUTE_MS).toISOString(),
      limit: 1_000,
    });
    for (const json of [window(0, 600), window(600, 1_090)])
      await world.must(202, 'POST', `/v1/tasks/${task.id}/backfill`, { json });
    const json = { action: 'cancel', filter: { taskId: task.id } };
    const made = Job.parse(await world.must(202, 'POST', '/v1/bulk', { json }));
    expect(made).toMatchObject({ status: 'running', done: 0, matched: expect.any(Number) });
    const job = await eventually(
      async () => {
        const now = Job.parse(await world.must(200, 'GET', `/v1/bulk/${made.id}`));
        expect(now.status).toBe('done');
        return now;
      },
      { timeoutMs: 3 * MINUTE_MS },
    );
    expect(job.failed).toBe(0);
    expect(job.done + job.unchanged).toBeGreaterThan(1_080);
    const open = await world.must(200, 'GET', `/v1/tasks/${task.id}/executions?status=queued,retrying`);
    expect(open).toMatchObject({ items: [] });
    expect((await api.call('DELETE', `/v1/bulk/${made.id}`)).body).toMatchObject({ status: 'done' });
  });
});
