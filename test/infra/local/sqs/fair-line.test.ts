import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FairLine } from '../../../../infra/local/sqs/fair-line.ts';

interface Item {
  groupId: string | undefined;
  n: number;
}
const lineOf = (...groups: (string | undefined)[]) => {
  const line = new FairLine<Item>();
  for (const [n, groupId] of groups.entries()) line.push({ groupId, n });
  return line;
};
const drain = (line: FairLine<Item>): Item[] => {
  const items: Item[] = [];
  for (let item = line.shift(); item; item = line.shift()) items.push(item);
  return items;
};

describe('a fair line', () => {
  it('serves the groups in turn, whatever one of them has to say', () => {
    const served = drain(lineOf('noisy', 'noisy', 'noisy', 'noisy', 'quiet', undefined));
    expect(served.map(({ groupId }) => groupId)).toEqual([
      'noisy',
      'quiet',
      undefined,
      'noisy',
      'noisy',
      'noisy',
    ]);
  });

  it('forgets all when it is cleared', () => {
    const line = lineOf('a', 'b');
    line.clear();
    expect([line.shift(), [...line.values()]]).toEqual([undefined, []]);
  });

  it('loses and doubles nothing, keeps the order within a group, and lets nobody wait for more than a round', () => {
    const groups = fc.array(fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined }), {
      maxLength: 60,
      size: 'max',
    });
    fc.assert(
      fc.property(groups, (given) => {
        expect([...lineOf(...given).values()]).toHaveLength(given.length);
        const served = drain(lineOf(...given));
        expect(served.map(({ n }) => n).sort((a, b) => a - b)).toEqual(given.map((_, n) => n));
        for (const groupId of new Set(given)) {
          const own = served.filter((item) => item.groupId === groupId).map(({ n }) => n);
          expect(own).toEqual(own.toSorted((a, b) => a - b));
          // Between two of a group there is at most one of each other group.
          const places = served.flatMap((item, at) => (item.groupId === groupId ? [at] : []));
          places.slice(1).forEach((at, i) => {
            const between = served.slice((places[i] ?? 0) + 1, at).map((item) => item.groupId);
            expect(new Set(between).size).toBe(between.length);
          });
        }
      }),
    );
  });
});
