import { describe, expect, it } from 'vitest';
import type { RunEnd } from '../../shared/domain/run-end.ts';
import { summarize } from '../../shared/domain/summary.ts';
import { type OpenStoreWorld, open } from './store.contract.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const T = Date.UTC(2026, 10, 21, 9, 0, 0);

const anEnd = (over: Partial<RunEnd> = {}): RunEnd => ({
  tenant: 'root',
  taskId: 'nightly',
  kind: 'success',
  durationMs: 1_234,
  latenessMs: 412,
  ...over,
});
const summaryOf = (durationMs: number) =>
  summarize([anEnd({ durationMs }), anEnd({ kind: 'dead', taskId: 'other', durationMs: 7 })]);

/** What ended, its summaries, and how far they are made. */
export function statsContract(name: string, openWorld: OpenStoreWorld): void {
  const world = async () => (await open(openWorld)).stats;

  describe(`${name}: what ended`, () => {
    it('is found by its minute, batch by batch, page by page', async () => {
      const stats = await world();
      for (let n = 0; n < 8; n++)
        await stats.append({ minute: T + (n % 4) * MINUTE_MS, ends: [anEnd({ taskId: `task-${n}` })] });
      const found: string[] = [];
      let after: string | undefined;
      do {
        const q = { from: T + MINUTE_MS, to: T + 3 * MINUTE_MS };
        const page = await stats.batches({ ...q, ...(after === undefined ? {} : { after }) });
        for (const { minute, ends } of page.entries)
          found.push(`${(minute - T) / MINUTE_MS} ${ends.map(({ taskId }) => taskId)}`);
        after = page.next;
      } while (after !== undefined);
      expect(found.map((text) => text[0])).toEqual(['1', '1', '2', '2']);
      expect(found.sort()).toEqual(['1 task-1', '1 task-5', '2 task-2', '2 task-6']);
    });

    it('is as it was, of whatever kind and tenant', async () => {
      const stats = await world();
      const ends: RunEnd[] = [
        anEnd(),
        anEnd({ durationMs: 0, latenessMs: 0 }),
        { tenant: 'root', taskId: 'nightly', kind: 'skipped' },
        { tenant: 'root', taskId: 'other', kind: 'failed', durationMs: 5 },
        { tenant: 'acme', taskId: 'nightly', kind: 'late' },
      ];
      await stats.append({ minute: T, ends });
      const { entries } = await stats.batches({ from: T, to: T + 1 });
      expect(entries).toEqual([{ minute: T, ends }]);
    });
  });

  describe(`${name}: summaries`, () => {
    it.each([
      ['minute', MINUTE_MS],
      ['hour', HOUR_MS],
      ['day', DAY_MS],
    ] as const)('of a %s are read for a span, one tenant’s, by time', async (interval, length) => {
      const stats = await world();
      const count = 70;
      // Days begin where a day begins.
      const first = T - (T % length);
      for (let n = count - 1; n >= 0; n--)
        await stats.put(interval, 'root', { at: first + n * length, summary: summaryOf(n) });
      await stats.put(interval, 'root-2', { at: first, summary: summaryOf(99) });
      const q = { from: first + 2 * length, to: first + 68 * length };
      const found = await stats.read(interval, 'root', q);
      expect(found).toEqual(
        Array.from({ length: 66 }, (_, n) => ({
          at: first + (n + 2) * length,
          summary: summaryOf(n + 2),
        })),
      );
      expect(await stats.read(interval, 'nobody', q)).toEqual([]);
      expect(await stats.read(interval, 'root', { from: T, to: T })).toEqual([]);
    });

    it('take the place of the same ones', async () => {
      const stats = await world();
      await stats.put('minute', 'root', { at: T, summary: summaryOf(1) });
      await stats.put('minute', 'root', { at: T, summary: summaryOf(2) });
      const q = { from: T, to: T + MINUTE_MS };
      expect(await stats.read('minute', 'root', q)).toEqual([{ at: T, summary: summaryOf(2) }]);
    });

    it.each([
      ['minute', MINUTE_MS, HOUR_MS],
      ['hour', HOUR_MS, DAY_MS],
    ] as const)('of a %s are read of all tenants, for what is longer', async (interval, length, longer) => {
      const stats = await world();
      const within = T - (T % longer);
      for (const tenant of ['b', 'a', 'a-1'])
        for (let n = 0; n < 3; n++)
          await stats.put(interval, tenant, { at: within + n * length, summary: summaryOf(n) });
      await stats.put(interval, 'a', { at: within - length, summary: summaryOf(9) });
      await stats.put(interval, 'a', { at: within + longer, summary: summaryOf(9) });
      const found: string[] = [];
      let after: string | undefined;
      do {
        const page = await stats.readAll(interval, within, after);
        found.push(...page.entries.map(({ tenant, at }) => `${tenant} ${(at - within) / length}`));
        after = page.next;
      } while (after !== undefined);
      expect(found).toEqual(['a', 'a-1', 'b'].flatMap((tenant) => [0, 1, 2].map((n) => `${tenant} ${n}`)));
    });
  });

  describe(`${name}: how far is summed up`, () => {
    it('moves from where it was seen, and only from there', async () => {
      const stats = await world();
      expect(await stats.marks()).toBeUndefined();
      const first = { minutes: T, hour: T - HOUR_MS };
      expect(await stats.move(undefined, first)).toBe(true);
      const next = { minutes: T + MINUTE_MS, day: T };
      expect(await stats.move(undefined, next)).toBe(false);
      expect(await stats.move({ minutes: T }, next)).toBe(false);
      expect(await stats.move(first, next)).toBe(true);
      expect(await stats.marks()).toEqual(next);
    });

    it('is one with the totals: one of many adds an hour', async () => {
      const stats = await world();
      expect(await stats.total('root')).toBeUndefined();
      const first = { until: T, summary: summaryOf(1) };
      expect(await stats.putTotal('root', undefined, first)).toBe(true);
      expect(await stats.total('root')).toEqual(first);
      expect(await stats.total('acme')).toBeUndefined();
      const writes = await Promise.all(
        Array.from({ length: 8 }, (_, n) =>
          stats.putTotal('root', first, { until: T + HOUR_MS, summary: summaryOf(10 + n) }),
        ),
      );
      expect(writes.filter(Boolean)).toHaveLength(1);
    });
  });
}
