import { type Interval, LENGTH_MS, startOf, summedUntil, UNMARKED } from '../../domain/stats-time.ts';
import { mergeSummaries, type Summary, summarize } from '../../domain/summary.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { StatsStore, SummaryAt } from '../../stats-ports.ts';

/** Of what is not summed up yet so much is read, in pages of up to 1 MB: far more than two minutes of most deployments. */
const BATCH_PAGES = 4;

/** From what is the next finer one made. */
const FINER = { day: ['day', 'hour', 'minute'], hour: ['hour', 'minute'], minute: ['minute'] } as const;

/**
 * One tenant's summaries by an interval, with what is not summed up yet: the current day out of its hours, the current
 * hour out of its minutes, the last minutes out of what was written down.
 */
export async function readSummaries(
  stats: StatsStore,
  tenant: string,
  q: { interval: Interval; from: EpochMs; to: EpochMs },
): Promise<{ summaries: ReadonlyMap<EpochMs, Summary>; countedUntil: EpochMs }> {
  // Read first: what is summed up meanwhile is still there as it was before.
  const marks = (await stats.marks()) ?? UNMARKED;
  const parts: SummaryAt[] = [];
  let from = q.from;
  for (const interval of FINER[q.interval]) {
    const until = Math.min(q.to, summedUntil(interval, marks));
    if (from < until) parts.push(...(await stats.read(interval, tenant, { from, to: until })));
    from = Math.max(from, until);
  }
  const open = await readOpen(stats, tenant, { from: Math.max(from, marks.minutes), to: q.to });
  const groups = Map.groupBy([...parts, ...open.parts], ({ at }) => startOf(q.interval, at));
  const summaries = new Map(
    [...groups].map(([at, of]) => [at, mergeSummaries(of.map(({ summary }) => summary))]),
  );
  return { summaries, countedUntil: open.countedUntil };
}

async function readOpen(
  stats: StatsStore,
  tenant: string,
  q: { from: EpochMs; to: EpochMs },
): Promise<{ parts: SummaryAt[]; countedUntil: EpochMs }> {
  const parts: SummaryAt[] = [];
  let after: string | undefined;
  for (let pages = 0; q.from < q.to; pages++) {
    if (pages === BATCH_PAGES) {
      // Of the minute at which it broke off there may be more.
      const countedUntil = parts.at(-1)?.at ?? q.from;
      return { parts: parts.filter(({ at }) => at < countedUntil), countedUntil };
    }
    const page = await stats.batches({ ...q, ...(after === undefined ? {} : { after }) });
    for (const { minute, ends } of page.entries)
      parts.push({ at: minute, summary: summarize(ends.filter((end) => end.tenant === tenant)) });
    if (page.next === undefined) break;
    after = page.next;
  }
  return { parts, countedUntil: q.to };
}

/** Everything since the beginning, up to the last minute that is summed up: never less than before. */
export async function readTotal(stats: StatsStore, tenant: string): Promise<Summary> {
  const marks = (await stats.marks()) ?? UNMARKED;
  const total = await stats.total(tenant);
  const from = Math.max(summedUntil('hour', marks), total?.until ?? 0);
  const to = marks.minutes;
  const minutes = from < to ? await stats.read('minute', tenant, { from, to }) : [];
  const parts = minutes.map(({ summary }) => summary);
  return mergeSummaries(total === undefined ? parts : [total.summary, ...parts]);
}

/** Beginnings of all intervals of a span. */
export const pointsOf = ({
  interval,
  from,
  to,
}: {
  interval: Interval;
  from: EpochMs;
  to: EpochMs;
}): EpochMs[] => {
  const count = Math.max(0, Math.ceil((to - from) / LENGTH_MS[interval]));
  return Array.from({ length: count }, (_, n) => from + n * LENGTH_MS[interval]);
};
