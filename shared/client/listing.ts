import type { CallOptions, Request, Transport } from './transport.ts';

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/**
 * A list that is read page by page as it is gone through: `for await (const task of client.tasks.list())`.
 * Nothing is requested before.
 */
export interface Listing<T> extends AsyncIterable<T> {
  /** One page; the first without a cursor. It may be short although more follows. */
  page(cursor?: string): Promise<Page<T>>;
  /** All of them, or the first `max`. */
  toArray(max?: number): Promise<T[]>;
}

export function listing<T>(
  send: Transport,
  path: string,
  query: Request['query'] = {},
  { signal }: CallOptions = {},
): Listing<T> {
  const page = (cursor?: string): Promise<Page<T>> =>
    send({ method: 'GET', path, query: { ...query, cursor }, ...(signal ? { signal } : {}) });

  async function* all(): AsyncGenerator<T, void> {
    let cursor: string | undefined;
    do {
      const { items, nextCursor } = await page(cursor);
      yield* items;
      cursor = nextCursor ?? undefined;
    } while (cursor !== undefined);
  }

  return {
    page,
    [Symbol.asyncIterator]: all,
    async toArray(max = Number.POSITIVE_INFINITY) {
      const found: T[] = [];
      if (max <= 0) return found;
      for await (const item of all()) if (found.push(item) >= max) break;
      return found;
    },
  };
}
