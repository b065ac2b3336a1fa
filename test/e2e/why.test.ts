import { randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import * as z from 'zod';
import type { ApiWorld } from '../support/api-world.ts';
import { eventually } from '../support/eventually.ts';
import { inSeconds, it } from './target.ts';

const WhyDocument = z.looseObject({
  sentence: z.string().regex(/\.$/),
  gate: z.string(),
  since: z.iso.datetime({ precision: 3 }).optional(),
  until: z.iso.datetime({ precision: 3 }).optional(),
  facts: z.record(z.string(), z.unknown()),
});
const why = async (world: ApiWorld, path: string) =>
  WhyDocument.parse(await world.must(200, 'GET', `/v1/${path}/why`));
const ofRun = (world: ApiWorld, id: string) => why(world, `executions/${encodeURIComponent(id)}`);

describe.concurrent('why', () => {
  it('a task does not run: not due, paused by whom and what for, nothing left', async ({ world }) => {
    const schedule = { kind: 'cron', expressions: ['0 9 * * *'], timezone: 'Asia/Tokyo' };
    const { id } = await world.task({ schedule });
    const waits = await why(world, `tasks/${id}`);
    expect(waits).toMatchObject({
      gate: 'notDue',
      sentence: expect.stringContaining('09:00:00 (Asia/Tokyo)'),
    });
    expect(waits.until).toBe((await world.read(id)).nextRunAt);

    const reason = 'month-end closing';
    await world.must(200, 'POST', `/v1/tasks/${id}/pause`, { json: { reason } });
    const task = await world.read(id);
    expect(task.paused).toMatchObject({ reason, by: expect.any(String) });
    expect(await why(world, `tasks/${id}`)).toMatchObject({
      gate: 'paused',
      sentence: expect.stringContaining(reason),
      facts: { reason },
    });

    const once = await world.task({ schedule: { kind: 'now' } });
    await world.ended(once.id);
    expect(await why(world, `tasks/${once.id}`)).toMatchObject({ gate: 'noOccurrenceLeft' });
  });

  it('a run waits: for its time, for a slot and who holds it; how it ended', async ({ world }) => {
    const concurrency = [{ key: `tag:${randomUUID()}`, limit: 1 }];
    const fields = { concurrency, handler: 'demo.sleep', payload: { seconds: 60 }, overlap: 'allow' };
    const { id } = await world.task({ ...fields, schedule: { kind: 'once', at: inSeconds(3_600) } });
    const later = await world.trigger(id, { delaySeconds: 600 });
    expect(await ofRun(world, later.id)).toMatchObject({ gate: 'delayed' });

    const first = await world.trigger(id);
    await world.reached(first.id, 'running');
    expect(await ofRun(world, first.id)).toMatchObject({ gate: 'running', facts: { attempt: 1 } });
    const second = await world.trigger(id);
    await eventually(async () => {
      expect(await ofRun(world, second.id)).toMatchObject({
        gate: 'concurrency',
        facts: { key: concurrency[0]?.key, limit: 1, heldBy: [first.id] },
      });
    });
    await world.must(202, 'POST', `/v1/executions/${encodeURIComponent(second.id)}/cancel`);
    expect(await ofRun(world, second.id)).toMatchObject({
      gate: 'cancelled',
      facts: { reason: 'requested', askedBy: expect.any(String) },
    });
    await world.must(202, 'POST', `/v1/executions/${encodeURIComponent(first.id)}/cancel`);
    await world.reached(first.id, 'cancelled', 60_000);
  });

  it('a run is tried again, and gives up', async ({ world }) => {
    const retry = { strategy: 'fixed', limit: 1, baseSeconds: 5 };
    const payload = { message: 'no connection' };
    const schedule = { kind: 'now' };
    const { id } = await world.task({ handler: 'demo.fail', payload, retry, schedule });
    const [run] = await eventually(async () => {
      const runs = await world.runs(id);
      expect(runs).toMatchObject([{ status: 'retrying' }]);
      return runs;
    });
    const retrying = await ofRun(world, run?.id ?? '');
    // Whoever looks late finds the next attempt due, or begun.
    expect(['backoff', 'dispatched', 'backlog', 'running', 'dead']).toContain(retrying.gate);
    await world.ended(id);
    expect(await ofRun(world, run?.id ?? '')).toMatchObject({
      gate: 'dead',
      sentence: expect.stringContaining('no connection'),
      facts: { reason: 'exhausted', attempt: 2 },
    });
  });
});
