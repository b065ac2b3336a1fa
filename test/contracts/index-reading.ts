import { vi } from 'vitest';
import type { IndexPage } from '../../shared/ports.ts';

/** An index lags behind its table in AWS; whoever asserts on it looks again for a while. */
export const soon = (look: () => Promise<void>) => vi.waitFor(look, { timeout: 10_000, interval: 20 });

/** Page after page, until there is none. */
export async function pages<E>(read: (from?: string) => Promise<IndexPage<E>>): Promise<E[][]> {
  const all: E[][] = [];
  let from: string | undefined;
  do {
    const page = await read(from);
    all.push(page.entries);
    from = page.next;
  } while (from !== undefined && all.length < 100);
  return all;
}
