import { STATS_CLOSE_AFTER_MS } from '../domain/limits.ts';
import { mapBounded } from '../domain/map-bounded.ts';
import type { RunEnd } from '../domain/run-end.ts';
import { LENGTH_MS, type Marks, startOf, UNMARKED } from '../domain/stats-time.ts';
import { mergeSummaries, type Summary, summarize } from '../domain/summary.ts';
import type { DurationMs, EpochMs } from '../domain/time.ts';
import type { Clock } from '../ports.ts';
import type { StatsStore, SummaryAt } from '../stats-ports.ts';

export interface SumUpDeps {
  stats: StatsStore;
  clock: Clock;
}

const WRITES_AT_ONCE = 10;
const STOP_BELOW_MS = 5_000;

/**
 * Each minute: what ended in the minutes that are closed becomes one summary a tenant and minute, minutes become hours,
 * hours days, and hours go into the totals. Every summary follows from what lies closed below it, so that it is the same
 * however often and by whomever it is made; the marks move when all before them is written, and a total says up to
 * where it counts. Dying anywhere, or two at the same time, counts nothing twice and loses nothing.
 *
 * `known` is what the caller remembers of the marks, and spares a read where nothing ended; pass on what is returned.
 */
export async function sumUpEnds(
  deps: SumUpDeps,
  known: Marks | undefined,
  remainingMs: () => DurationMs,
): Promise<Marks | undefined> {
  const { stats } = deps;
  const closed = startOf('minute', deps.clock.nowMs() - STATS_CLOSE_AFTER_MS);
  const remembered = known ?? (await stats.marks()) ?? UNMARKED;
  const first = await stats.batches({ from: remembered.minutes, to: closed });
  if (first.entries.length === 0 && !isDue(remembered, closed)) return remembered;

  // Before anything is written the marks are read: another process may have gone further.
  const seen = known === undefined ? remembered : ((await stats.marks()) ?? UNMARKED);
  let marks = seen;
  let page = marks.minutes === remembered.minutes ? first : undefined;
  page ??= await stats.batches({ from: marks.minutes, to: closed });
  let open: { minute: EpochMs; ends: RunEnd[] } | undefined;
  while (remainingMs() > STOP_BELOW_MS) {
    for (const { minute, ends } of page.entries) {
      if (open !== undefined && open.minute !== minute) {
        marks = await closeMinute(stats, marks, open);
        open = undefined;
      }
      open ??= { minute, ends: [] };
      for (const end of ends) open.ends.push(end);
    }
    if (page.next === undefined) {
      if (open) marks = await closeMinute(stats, marks, open);
      marks = await closeLonger(stats, marks, closed);
      break;
    }
    page = await stats.batches({ from: seen.minutes, to: closed, after: page.next });
  }
  if (marks === seen) return seen;
  return (await stats.move(seen === UNMARKED ? undefined : seen, marks)) ? marks : undefined;
}

const isDue = ({ hour, day }: Marks, closed: EpochMs): boolean =>
  (hour !== undefined && hour + LENGTH_MS.hour <= closed) ||
  (day !== undefined && hour === undefined && day + LENGTH_MS.day <= closed);

async function closeMinute(
  stats: StatsStore,
  before: Marks,
  { minute, ends }: { minute: EpochMs; ends: RunEnd[] },
): Promise<Marks> {
  // What is longer and ended before this minute has nothing more to come.
  const marks = await closeLonger(stats, before, minute);
  const tenants = [...Map.groupBy(ends, ({ tenant }) => tenant)];
  await mapBounded(tenants, WRITES_AT_ONCE, ([tenant, of]) =>
    stats.put('minute', tenant, { at: minute, summary: summarize(of) }),
  );
  return { ...marks, minutes: minute + LENGTH_MS.minute, hour: startOf('hour', minute) };
}

/** The hour and the day that are over by `now`. */
async function closeLonger(stats: StatsStore, marks: Marks, now: EpochMs): Promise<Marks> {
  const { minutes } = marks;
  let { hour, day } = marks;
  if (hour !== undefined && hour + LENGTH_MS.hour <= now) {
    await closeHour(stats, hour);
    day = startOf('day', hour);
    hour = undefined;
  }
  if (hour === undefined && day !== undefined && day + LENGTH_MS.day <= now) {
    await closeDay(stats, day);
    day = undefined;
  }
  if (hour === marks.hour && day === marks.day) return marks;
  return { minutes, ...(hour === undefined ? {} : { hour }), ...(day === undefined ? {} : { day }) };
}

async function closeHour(stats: StatsStore, at: EpochMs): Promise<void> {
  for await (const { tenant, summary } of merged(stats, 'minute', at)) {
    await stats.put('hour', tenant, { at, summary });
    await addToTotal(stats, tenant, { at, summary });
  }
}

async function closeDay(stats: StatsStore, at: EpochMs): Promise<void> {
  for await (const { tenant, summary } of merged(stats, 'hour', at))
    await stats.put('day', tenant, { at, summary });
}

/** One summary a tenant of all that it has within an hour or a day. */
async function* merged(
  stats: StatsStore,
  parts: 'minute' | 'hour',
  within: EpochMs,
): AsyncGenerator<{ tenant: string; summary: Summary }> {
  let current: { tenant: string; summaries: Summary[] } | undefined;
  let after: string | undefined;
  do {
    const page = await stats.readAll(parts, within, after);
    for (const { tenant, summary } of page.entries) {
      if (current && current.tenant !== tenant)
        yield { tenant: current.tenant, summary: mergeSummaries(current.summaries) };
      if (current?.tenant !== tenant) current = { tenant, summaries: [] };
      current.summaries.push(summary);
    }
    after = page.next;
  } while (after !== undefined);
  if (current) yield { tenant: current.tenant, summary: mergeSummaries(current.summaries) };
}

async function addToTotal(stats: StatsStore, tenant: string, { at, summary }: SummaryAt): Promise<void> {
  for (;;) {
    const seen = await stats.total(tenant);
    if (seen && seen.until > at) return;
    const next = {
      until: at + LENGTH_MS.hour,
      // Whose tasks led when is a question about a span of time.
      summary: { ...mergeSummaries(seen ? [seen.summary, summary] : [summary]), tasks: [] },
    };
    if (await stats.putTotal(tenant, seen, next)) return;
  }
}
