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

  it('that is a job goes on in the background, unless it is aborted', async ({ world }) => {
    const stamp = Date.now();
    const calendar = await world.calendar({});
    const calendars = [{ id: calendar.id }];
    const tagged = async (action: string, more: object = {}) => {
      const tag = `bulk-${action}-${stamp}`;
      const task = await world.task({ schedule: { ...DAILY, ...more }, tags: [tag] });
      await eventually(async () =>
        expect(await world.must(200, 'GET', `/v1/tasks?tag=${tag}`)).toMatchObject({ items: { length: 1 } }),
      );
      return { tag, id: task.id };
    };
    const make = async (action: string, filter: object) => {
      const json = { action, filter, background: true };
      return Job.parse(await world.must(202, 'POST', '/v1/bulk', { json }));
    };
    const [unwanted, paused, triggered, deleted, waiting] = [
      await tagged('none'),
      await tagged('pause'),
      await tagged('trigger'),
      await tagged('delete', { calendars }),
      await tagged('cancel'),
    ];
    const run = await world.trigger(waiting.id, { delaySeconds: 3_600 });
    const aborted = await make('delete', { tag: unwanted.tag });
    expect(await world.must(200, 'DELETE', `/v1/bulk/${aborted.id}`)).toMatchObject({ status: 'aborted' });
    const jobs = [
      await make('pause', { tag: paused.tag }),
      await make('trigger', { tag: triggered.tag }),
      await make('delete', { tag: deleted.tag }),
      await make('cancel', { taskId: waiting.id }),
    ];
    for (const job of jobs) {
      expect(job).toMatchObject({ status: 'running', matched: 1, done: 0 });
      await eventually(
        async () =>
          expect(await world.must(200, 'GET', `/v1/bulk/${job.id}`)).toMatchObject({
            status: 'done',
            done: 1,
            failed: 0,
          }),
        { timeoutMs: 2 * MINUTE_MS },
      );
    }
    expect((await world.read(paused.id)).status).toBe('paused');
    expect((await world.ended(triggered.id))[0]).toMatchObject({ trigger: 'manual', status: 'success' });
    await world.must(404, 'GET', `/v1/tasks/${deleted.id}`);
    expect((await world.run(run.id)).status).toBe('cancelled');
    expect((await world.read(unwanted.id)).status).toBe('active');
  });
});
