import { describe, expect } from 'vitest';
import * as z from 'zod';
import { eventually } from '../support/eventually.ts';
import { api, it } from './target.ts';

const HOUR_MS = 3_600_000;
const Report = z.object({
  id: z.string().nullable(),
  occurrences: z.int(),
  missing: z.int(),
  created: z.int(),
  first: z.string().nullable(),
  last: z.string().nullable(),
});

describe('a backfill', () => {
  it('counts, runs what is missing in order, and makes nothing twice', async ({ world }) => {
    const now = Date.now();
    const hours = (back: number) => new Date(now - back * HOUR_MS).toISOString();
    const task = await world.task({ schedule: { kind: 'interval', seconds: 3_600, startAt: hours(4.5) } });
    const path = `/v1/tasks/${task.id}/backfill`;
    const window = { from: hours(5), to: hours(1) };
    const post = async (json: object) => Report.parse(await world.must(202, 'POST', path, { json }));

    const counted = await post({ ...window, dryRun: true });
    expect(counted).toMatchObject({ id: null, missing: 4, created: 0, first: hours(4.5), last: hours(1.5) });
    const made = await post(window);
    expect(made).toMatchObject({ missing: 4, created: 4 });
    const state = `/v1/tasks/${task.id}/backfills/${made.id}`;
    await eventually(async () =>
      expect(await world.must(200, 'GET', state)).toMatchObject({ runs: 4, success: 4, waiting: 0 }),
    );
    const runs = (await world.runs(task.id)).toReversed();
    expect(runs.map(({ scheduledAt }) => scheduledAt)).toEqual([4.5, 3.5, 2.5, 1.5].map(hours));
    expect(runs.map(({ trigger }) => trigger)).toEqual(Array(4).fill('backfill'));
    const starts = runs.map(({ startedAt }) => startedAt ?? '');
    expect(starts).toEqual(starts.toSorted());
    expect(await post(window)).toMatchObject({ missing: 0, created: 0 });
  });

  it('is aborted', async ({ world }) => {
    const startAt = new Date(Date.now() - 6 * HOUR_MS - 60_000).toISOString();
    const task = await world.task({
      schedule: { kind: 'interval', seconds: 3_600, startAt },
      handler: 'demo.sleep',
      payload: { seconds: 60 },
    });
    const json = { from: startAt, to: new Date().toISOString() };
    const made = Report.parse(await world.must(202, 'POST', `/v1/tasks/${task.id}/backfill`, { json }));
    expect(made.created).toBe(7);
    await world.must(200, 'DELETE', `/v1/tasks/${task.id}/backfills/${made.id}`);
    const runs = await world.ended(task.id, 7, 60_000);
    expect(runs.map(({ status }) => status)).toEqual(Array(7).fill('cancelled'));
  });

  it('refuses a window that is not over, naming the field', async ({ world }) => {
    const task = await world.task({ schedule: { kind: 'interval', seconds: 3_600 } });
    const json = { from: new Date().toISOString(), to: new Date(Date.now() + HOUR_MS).toISOString() };
    const reply = await api.call('POST', `/v1/tasks/${task.id}/backfill`, { json });
    expect(reply.status).toBe(422);
    expect(reply.body).toMatchObject({ errors: [{ path: 'to' }] });
  });
});
