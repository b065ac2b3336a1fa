import { randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import { type ApiWorld, readAll } from '../support/api-world.ts';
import { pageOf, RunDocument, TaskDocument } from '../support/documents.ts';
import { eventually } from '../support/eventually.ts';
import { inSeconds, it, ms } from './target.ts';

const LATER = { kind: 'once', at: inSeconds(7_200) };
const uniqueTag = () => `tag:${randomUUID()}`;

describe.concurrent('lists of tasks', () => {
  it('find by tag, status, queue, handler and text, and by all of them together', async ({ world }) => {
    const tag = uniqueTag();
    const one = await world.task({
      schedule: LATER,
      tags: [tag, 'extra'],
      queue: 'low',
      name: `Alpha ${tag}`,
    });
    const two = await world.task({
      schedule: LATER,
      tags: [tag],
      name: `Beta ${tag}`,
      handler: 'demo.sleep',
      payload: { seconds: 1 },
    });
    await world.must(200, 'POST', `/v1/tasks/${two.id}/pause`);

    const both = [one.id, two.id];
    await expectTasks(world, { tag }, both);
    await expectTasks(world, { tag, status: 'active' }, [one.id]);
    await expectTasks(world, { tag, status: 'paused' }, [two.id]);
    await expectTasks(world, { tag, status: 'active,paused' }, both);
    await expectTasks(world, { tag, queue: 'low' }, [one.id]);
    await expectTasks(world, { tag, handler: 'demo.sleep' }, [two.id]);
    await expectTasks(world, { tag, kind: 'once' }, both);
    await expectTasks(world, { tag, kind: 'cron' }, []);
    await expectTasks(world, { search: `alpha ${tag}` }, [one.id]);
    await expectTasks(world, { search: one.id.toUpperCase() }, [one.id]);
    await expectTasks(world, { tag, queue: 'low', status: 'paused' }, []);
  });

  it('come in pages that together hold everything once, by name', async ({ world }) => {
    const tag = uniqueTag();
    const names = ['e', 'b', 'd', 'a', 'c'].map((letter) => `${letter} ${tag}`);
    await Promise.all(names.map((name) => world.task({ schedule: LATER, tags: [tag], name })));
    await eventually(async () => {
      const items = await readAll(world, `/v1/tasks?limit=2&tag=${encodeURIComponent(tag)}`, TaskDocument);
      expect(items.map(({ name }) => name)).toEqual(names.toSorted());
    });
    const page = pageOf(TaskDocument).parse(await world.must(200, 'GET', '/v1/tasks?limit=2'));
    expect(page.items.length).toBeLessThanOrEqual(2);
    expect(page.nextCursor).toEqual(expect.any(String));
  });
});

describe.concurrent('lists of executions', () => {
  it('show one task newest first, by status and time, in pages', async ({ world }) => {
    const task = await world.task({ schedule: LATER });
    const waiting = await world.trigger(task.id, { delaySeconds: 3_600 });
    const ran: string[] = [];
    for (let times = 0; times < 3; times++) {
      const run = await world.trigger(task.id);
      await world.reached(run.id, 'success');
      ran.unshift(run.id);
    }
    const path = `/v1/tasks/${task.id}/executions`;
    const ids = async (query: string) =>
      (await readAll(world, path + query, RunDocument)).map(({ id }) => id);
    expect(await ids('?limit=200')).toEqual([waiting.id, ...ran]);
    expect(await ids('?limit=1')).toEqual([waiting.id, ...ran]);
    expect(await ids('?limit=200&status=success')).toEqual(ran);
    expect(await ids('?limit=200&status=queued,dead')).toEqual([waiting.id]);
    const { scheduledAt } = waiting;
    expect(await ids(`?limit=200&from=${scheduledAt}`)).toEqual([waiting.id]);
    expect(await ids(`?limit=200&to=${scheduledAt}`)).toEqual(ran);
  });

  it('find runs of all tasks by tag, queue, task and status', async ({ world }) => {
    const tag = uniqueTag();
    const good = await world.task({ schedule: { kind: 'now' }, tags: [tag], queue: 'low' });
    const bad = await world.task({
      schedule: { kind: 'now' },
      tags: [tag],
      handler: 'demo.fail',
      retry: { limit: 0 },
    });
    const waits = await world.task({ schedule: LATER, tags: [tag] });
    const [success] = await world.ended(good.id);
    const [dead] = await world.ended(bad.id);
    const queued = await world.trigger(waits.id, { delaySeconds: 3_600 });
    const since = new Date(ms(success?.scheduledAt) - 60_000).toISOString();

    await expectRuns(world, { tag, from: since }, [success?.id, dead?.id, queued.id]);
    await expectRuns(world, { tag, from: since, status: 'success' }, [success?.id]);
    await expectRuns(world, { tag, from: since, status: 'dead' }, [dead?.id]);
    await expectRuns(world, { tag, from: since, status: 'queued' }, [queued.id]);
    await expectRuns(world, { tag, from: since, queue: 'low' }, [success?.id]);
    await expectRuns(world, { taskId: bad.id }, [dead?.id]);
  });
});

const queryOf = (filters: Record<string, string>) =>
  new URLSearchParams({ ...filters, limit: '200' }).toString();

/** Lists are read from an index, which follows the table within moments. */
const expectTasks = (world: ApiWorld, filters: Record<string, string>, ids: string[]) =>
  eventually(async () => {
    const items = await readAll(world, `/v1/tasks?${queryOf(filters)}`, TaskDocument);
    expect(items.map(({ id }) => id).sort()).toEqual(ids.toSorted());
  });

const expectRuns = (world: ApiWorld, filters: Record<string, string>, ids: (string | undefined)[]) =>
  eventually(async () => {
    const items = await readAll(world, `/v1/executions?${queryOf(filters)}`, RunDocument);
    expect(items.map(({ id }) => id).sort()).toEqual(ids.toSorted());
  });
