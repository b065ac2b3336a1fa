import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ListPosition, type ListSource, readPage } from '../../../shared/domain/paged-list.ts';

/** A stream of numbers, greatest first; only those that `keep` lets through are values. */
function sourceOf(name: string, numbers: number[], keep: (n: number) => boolean = () => true) {
  const fetched: number[] = [];
  const source: ListSource<number, number> = {
    name,
    async fetch(from, limit) {
      fetched.push(limit);
      const start = from === undefined ? 0 : Number(from);
      const end = start + limit;
      return {
        entries: numbers.slice(start, end),
        next: end < numbers.length ? String(end) : undefined,
      };
    },
    keyOf: String,
    load: async (entries) => entries.map((entry) => (keep(entry) ? entry : undefined)),
  };
  return { source, fetched, numbers };
}
const descending = (count: number, step = 1, from = count * step) =>
  Array.from({ length: count }, (_, at) => from - at * step);
const order = { rank: (n: number) => n, bytesOf: () => 10 };

async function readAll(sources: ListSource<number, number>[], limit: number) {
  const items: number[] = [];
  let position: ListPosition | undefined;
  let pages = 0;
  do {
    const page = await readPage(sources, { limit, position, ...order });
    items.push(...page.items);
    position = page.next;
    if (++pages > 10_000) throw new Error('no end');
  } while (position);
  return { items, pages };
}

describe('pages', () => {
  it('give every value once and in order, however streams, filters and page sizes fall', async () => {
    const numbers = fc.uniqueArray(fc.integer({ min: 0, max: 5_000 }), { maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(
        numbers,
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 9 }),
        async (all, streams, limit, modulus) => {
          const sorted = all.toSorted((a, b) => b - a);
          const keep = (n: number) => n % modulus === 0;
          const sources = Array.from(
            { length: streams },
            (_, at) =>
              sourceOf(
                `s${at}`,
                sorted.filter((n) => n % streams === at),
                keep,
              ).source,
          );
          const { items } = await readAll(sources, limit);
          expect(items).toEqual(sorted.filter(keep));
        },
      ),
      { numRuns: 150 },
    );
  });
  it('say that there is no more when all that is left would be left out', async () => {
    const { source } = sourceOf('s', descending(500), (n) => n > 490);
    const page = await readPage([source], { limit: 10, position: undefined, ...order });
    expect([page.items.length, page.next]).toEqual([10, undefined]);
  });
  it('examine a bounded number of entries, and go on from there', async () => {
    const { source, fetched } = sourceOf('s', descending(5_000), (n) => n === 1);
    const page = await readPage([source], { limit: 10, position: undefined, ...order });
    expect(page.items).toEqual([]);
    expect(page.next).toBeDefined();
    expect(fetched.length).toBeLessThanOrEqual(12);
    const { items, pages } = await readAll([source], 10);
    expect(items).toEqual([1]);
    expect(pages).toBeLessThanOrEqual(7);
  });
  it('look for what is rare in few round trips, and read little beyond what is common', async () => {
    const roundTripsOf = async (modulus: number) => {
      const { source, fetched } = sourceOf('s', descending(5_000), (n) => n % modulus === 0);
      const loaded: number[] = [];
      const counted: typeof source = {
        ...source,
        load(entries) {
          loaded.push(entries.length);
          return source.load(entries);
        },
      };
      await readPage([counted], { limit: 10, position: undefined, ...order });
      return { fetches: fetched.length, loaded };
    };
    const rare = await roundTripsOf(6_000);
    expect(rare.fetches).toBeLessThanOrEqual(5);
    expect(rare.loaded.length).toBeLessThanOrEqual(6);
    expect((await roundTripsOf(1)).loaded).toEqual([25]);
  });
  it('never put a value before one that a stream examined too little still holds', async () => {
    const rare = sourceOf('rare', descending(3_000, 1, 10_000), (n) => n === 7_500);
    const common = sourceOf('common', [9_000, 100]);
    expect((await readAll([rare.source, common.source], 5)).items).toEqual([9_000, 7_500, 100]);
  });
  it('end early when they get too large, but hold one value at least', async () => {
    const { source } = sourceOf('s', descending(9));
    const q = { limit: 9, rank: order.rank, bytesOf: () => 2_000_000 };
    const first = await readPage([source], { ...q, position: undefined });
    expect(first.items).toEqual([9, 8]);
    const second = await readPage([source], { ...q, position: first.next });
    expect(second.items).toEqual([7, 6]);
  });
  it('repeat a value rather than lose one when the list moves while a page is cut', async () => {
    const { source, numbers } = sourceOf('s', descending(20));
    const load = source.load;
    source.load = async (entries) => {
      const values = await load(entries);
      numbers.unshift((numbers[0] ?? 0) + 1);
      return values;
    };
    const first = await readPage([source], { limit: 5, position: undefined, ...order });
    source.load = load;
    const rest = await readPage([source], { limit: 50, position: first.next, ...order });
    expect(first.items).toEqual([20, 19, 18, 17, 16]);
    expect(rest.items).toEqual(descending(15));
  });
});
