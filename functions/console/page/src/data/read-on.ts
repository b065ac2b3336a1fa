import type { Listing, Page } from '../../../../../shared/client/client.ts';

/**
 * A page of the API may be short, even empty, although more follows: it looks through so many at a time. Whoever asks for a
 * list wants to see something, and no list is read to its end unasked.
 */

/** About what fits a window. */
const ENOUGH = 25;
/** Looked through at a stretch; beyond that somebody asks for more. */
export const STRETCH_PAGES = 20;

/** Whether the next page is read without being asked for. */
export function readsOn(pages: readonly Pick<Page<unknown>, 'items'>[]): boolean {
  const stretch = pages.slice(-STRETCH_PAGES);
  const found = stretch.reduce((sum, { items }) => sum + items.length, 0);
  return pages.length > 0 && found < ENOUGH && pages.length % STRETCH_PAGES !== 0;
}

/** What the first page holds that is not empty, as far as one stretch goes: for those who choose one and can say more. */
export async function firstFound<T>(list: Pick<Listing<T>, 'page'>): Promise<T[]> {
  let cursor: string | undefined;
  for (let pages = 0; pages < STRETCH_PAGES; pages++) {
    const { items, nextCursor } = await list.page(cursor);
    if (items.length > 0 || nextCursor === null) return items;
    cursor = nextCursor;
  }
  return [];
}
