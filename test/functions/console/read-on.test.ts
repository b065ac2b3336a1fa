import { describe, expect, it } from 'vitest';
import { firstFound, readsOn } from '../../../functions/console/page/src/data/read-on.ts';

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

  it('gives what is found first, and asks for no more than it takes', async () => {
    const asked: (string | undefined)[] = [];
    const list = {
      page: async (cursor?: string) => {
        asked.push(cursor);
        const n = Number(cursor ?? 0);
        return { items: n < 2 ? [] : [n], nextCursor: String(n + 1) };
      },
    };
    expect(await firstFound(list)).toEqual([2]);
    expect(asked).toEqual([undefined, '1', '2']);
    expect(await firstFound({ page: async () => ({ items: [], nextCursor: null }) })).toEqual([]);
    expect(await firstFound({ page: async () => ({ items: [], nextCursor: 'on' }) })).toEqual([]);
  });
});
