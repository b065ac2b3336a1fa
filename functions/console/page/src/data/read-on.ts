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

/** The first so many of a list, as far as one stretch goes. */
export async function firstOf<T>(list: Pick<Listing<T>, 'page'>, count: number): Promise<T[]> {
  const found: T[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < STRETCH_PAGES && found.length < count; pages++) {
    const { items, nextCursor } = await list.page(cursor);
    found.push(...items);
    if (nextCursor === null) break;
    cursor = nextCursor;
  }
  return found.slice(0, count);
}
