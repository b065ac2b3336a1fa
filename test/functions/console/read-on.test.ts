import { describe, expect, it } from 'vitest';
import { firstOf, readsOn } from '../../../functions/console/page/src/data/read-on.ts';

const full = { items: Array.from({ length: 50 }, (_, n) => n) };
const none = { items: [] };

describe('a list whose pages may be short', () => {
  it('is read on while there is next to nothing to see', () => {
    expect(readsOn([none])).toBe(true);
    expect(readsOn([none, { items: [1] }])).toBe(true);
    expect(readsOn([none, none, full])).toBe(false);
    expect(readsOn([full])).toBe(false);
    expect(readsOn([])).toBe(false);
  });

  it('is not read to its end unasked: whoever asks for more has it looked through for another stretch', () => {
    let pages = [none];
    while (readsOn(pages)) pages = [...pages, none];
    const stretch = pages.length;
    expect(stretch).toBe(20);
    pages = [...pages, none];
    while (readsOn(pages)) pages = [...pages, none];
    expect(pages).toHaveLength(2 * stretch);
  });

  it('gives the first so many across pages, and asks for no more than it takes', async () => {
    const asked: (string | undefined)[] = [];
    const list = {
      page: async (cursor?: string) => {
        asked.push(cursor);
        const n = Number(cursor ?? 0);
        return { items: n % 2 === 0 ? [] : [n, n + 100], nextCursor: String(n + 1) };
      },
    };
    expect(await firstOf(list, 3)).toEqual([1, 101, 3]);
    expect(asked).toEqual([undefined, '1', '2', '3']);
    expect(await firstOf({ page: async () => ({ items: [], nextCursor: null }) }, 3)).toEqual([]);
    expect(await firstOf({ page: async () => ({ items: [], nextCursor: 'on' }) }, 3)).toEqual([]);
  });
});
