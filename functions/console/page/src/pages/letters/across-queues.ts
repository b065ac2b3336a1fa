import type { Listing } from '../../../../../../shared/client/client.ts';

/** Where each queue's list goes on; those that are over are absent. */
type Cursors = Record<string, string | undefined>;

/** The lists of several queues as one: each page is one of each. */
export function acrossQueues<T>(
  queues: readonly string[],
  list: (queue: string) => Pick<Listing<T>, 'page'>,
  inOrder: (a: T, b: T) => number,
): Pick<Listing<T>, 'page'> {
  return {
    async page(cursor) {
      const from: Cursors = cursor
        ? JSON.parse(cursor)
        : Object.fromEntries(queues.map((name) => [name, '']));
      const pages = await Promise.all(
        Object.entries(from).map(async ([queue, at]) => ({
          queue,
          ...(await list(queue).page(at || undefined)),
        })),
      );
      const next = pages.flatMap(({ queue, nextCursor }) => (nextCursor ? [[queue, nextCursor]] : []));
      return {
        items: pages.flatMap(({ items }) => items).sort(inOrder),
        nextCursor: next.length === 0 ? null : JSON.stringify(Object.fromEntries(next)),
      };
    },
  };
}
