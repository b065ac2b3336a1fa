import { describe, expect, it } from 'vitest';
import { acrossQueues } from '../../../functions/console/page/src/pages/letters/across-queues.ts';
import type { Listing } from '../../../shared/client/client.ts';

const LISTS: Record<string, number[][]> = { high: [[9, 7], [5]], low: [[8]], none: [[]] };

/** A list of pages, whose cursor is the number of the next one. */
function listOf(queue: string): Pick<Listing<number>, 'page'> {
  const pages = LISTS[queue] ?? [];
  return {
    page: async (cursor) => {
      const at = Number(cursor ?? 0);
      return { items: pages[at] ?? [], nextCursor: at + 1 < pages.length ? String(at + 1) : null };
    },
  };
}

describe('the lists of several queues', () => {
  const all = acrossQueues(Object.keys(LISTS), listOf, (a, b) => b - a);

  it('are one list, each page in order, which goes on only where there is more', async () => {
    const first = await all.page();
    expect(first.items).toEqual([9, 8, 7]);
    const second = await all.page(first.nextCursor ?? undefined);
    expect(second).toEqual({ items: [5], nextCursor: null });
  });

  it('are empty without queues', async () => {
    expect(await acrossQueues([], listOf, (a, b) => a - b).page()).toEqual({ items: [], nextCursor: null });
  });
});
