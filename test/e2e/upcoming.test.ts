import { randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import * as z from 'zod';
import { inSeconds, it } from './target.ts';

const Firings = z.looseObject({
  items: z.array(z.looseObject({ at: z.string(), count: z.int(), taskIds: z.array(z.string()) })),
  counted: z.int(),
  nextCursor: z.string().nullable(),
});

describe.concurrent('what is due when', () => {
  it('shows tasks of a tag that meet in one minute, page by page', async ({ world }) => {
    const tag = `meet-${randomUUID()}`;
    const hour = Math.ceil(Date.now() / 3_600_000) * 3_600_000 + 3_600_000;
    const startAt = new Date(hour).toISOString();
    const schedule = { kind: 'interval', seconds: 3_600, startAt };
    const tasks = await Promise.all([
      world.task({ schedule, tags: [tag] }),
      world.task({ schedule, tags: [tag] }),
    ]);
    const query = `tag=${tag}&from=${inSeconds(0)}&to=${new Date(hour + 60_000).toISOString()}`;
    const met = new Set<string>();
    let cursor = '';
    do {
      const page = Firings.parse(await world.must(200, 'GET', `/v1/upcoming?${query}&limit=1${cursor}`));
      for (const { at, taskIds } of page.items) {
        expect(at).toBe(startAt);
        for (const id of taskIds) met.add(id);
      }
      cursor = page.nextCursor === null ? '' : `&cursor=${page.nextCursor}`;
    } while (cursor !== '');
    expect(met).toEqual(new Set(tasks.map(({ id }) => id)));
  });
});
