import { type Interval, type Marks, startOf } from '../../shared/domain/stats-time.ts';
import type { EndBatch, StatsStore, SummaryAt, Total } from '../../shared/stats-ports.ts';

/** A page of batches or summaries, so small that tests turn pages. */
const PAGE = 3;

export interface MemoryStats {
  batches: EndBatch[];
  summaries: Record<Interval, (SummaryAt & { tenant: string })[]>;
  totals: Map<string, Total>;
  marks: Marks | undefined;
}

export const makeMemoryStatsTables = (): MemoryStats => ({
  batches: [],
  summaries: { minute: [], hour: [], day: [] },
  totals: new Map(),
  marks: undefined,
});

/** Copies in and out. A cursor is the number of entries before the page. */
export const makeMemoryStats = (tables: MemoryStats): StatsStore => {
  const pageOf = <E>(all: E[], after = '0') => {
    const end = Number(after) + PAGE;
    const entries = structuredClone(all.slice(Number(after), end));
    return { entries, next: end < all.length ? String(end) : undefined };
  };
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  return {
    async append(batch) {
      tables.batches.push(structuredClone(batch));
    },
    async batches({ from, to, after }) {
      const all = tables.batches
        .filter(({ minute }) => minute >= from && minute < to)
        .sort((a, b) => a.minute - b.minute);
      return pageOf(all, after);
    },
    async put(interval, tenant, { at, summary }) {
      const others = tables.summaries[interval].filter((one) => one.tenant !== tenant || one.at !== at);
      tables.summaries[interval] = [...others, structuredClone({ tenant, at, summary })];
    },
    async read(interval, tenant, { from, to }) {
      const found = tables.summaries[interval]
        .filter((one) => one.tenant === tenant && one.at >= from && one.at < to)
        .map(({ at, summary }) => ({ at, summary }));
      return structuredClone(found.sort((a, b) => a.at - b.at));
    },
    async readAll(interval, within, after) {
      const longer = interval === 'minute' ? 'hour' : 'day';
      const all = tables.summaries[interval]
        .filter(({ at }) => startOf(longer, at) === startOf(longer, within))
        .sort((a, b) => (a.tenant === b.tenant ? a.at - b.at : a.tenant < b.tenant ? -1 : 1));
      return pageOf(all, after);
    },
    async total(tenant) {
      return structuredClone(tables.totals.get(tenant));
    },
    async putTotal(tenant, seen, next) {
      if (!same(tables.totals.get(tenant), seen)) return false;
      tables.totals.set(tenant, structuredClone(next));
      return true;
    },
    async marks() {
      return structuredClone(tables.marks);
    },
    async move(seen, next) {
      if (!same(tables.marks, seen)) return false;
      tables.marks = structuredClone(next);
      return true;
    },
  };
};
