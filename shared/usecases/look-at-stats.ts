import type { StatsQuery, StatsWire, TaskFigures } from '../contract/stats.ts';
import { type FieldProblem, SchedulerError } from '../domain/errors.ts';
import { type Histogram, quantile } from '../domain/histogram.ts';
import { MAX_STATS_POINTS, STATS_TASKS_SHOWN } from '../domain/limits.ts';
import type { Principal } from '../domain/principal.ts';
import { INTERVALS, type Interval, LENGTH_MS, startAfter, startOf } from '../domain/stats-time.ts';
import { mergeSummaries, type Ranking, ranked, type Summary } from '../domain/summary.ts';
import { DAY_MS, type DurationMs, type EpochMs, fromIso, HOUR_MS, toIso } from '../domain/time.ts';
import type { Clock, Listings } from '../ports.ts';
import type { StatsStore } from '../stats-ports.ts';
import { pointsOf, readSummaries, readTotal } from './stats/read-summaries.ts';

export interface LookAtStatsDeps {
  clock: Clock;
  listings: Listings;
  /** Absent where statistics are switched off. */
  stats?: StatsStore;
  /** How long each interval is kept. */
  statsKept?: Readonly<Record<Interval, DurationMs>> | undefined;
}

/** Shown when nothing else is asked for. */
const SPAN_MS: Readonly<Record<Interval, DurationMs>> = {
  minute: HOUR_MS,
  hour: DAY_MS,
  day: 30 * DAY_MS,
};
/** Up to which span an interval is chosen. */
const CHOSEN_UP_TO_MS: Readonly<Record<Interval, DurationMs>> = {
  minute: 6 * HOUR_MS,
  hour: 14 * DAY_MS,
  day: Number.POSITIVE_INFINITY,
};

type Kept = Readonly<Record<Interval, DurationMs>>;
/** Where nothing is counted, nothing expires. */
const FOR_EVER: Kept = {
  minute: Number.POSITIVE_INFINITY,
  hour: Number.POSITIVE_INFINITY,
  day: Number.POSITIVE_INFINITY,
};
interface Span {
  interval: Interval;
  from: EpochMs;
  to: EpochMs;
}

export async function lookAtStats(
  deps: LookAtStatsDeps,
  { tenant }: Principal,
  query: StatsQuery,
): Promise<Omit<StatsWire, 'backlog'>> {
  const { stats, statsKept = FOR_EVER } = deps;
  const nowMs = deps.clock.nowMs();
  const span = spanOf(query, statsKept, nowMs);
  const { summaries, countedUntil } = stats
    ? await readSummaries(stats, tenant, span)
    : { summaries: new Map<EpochMs, Summary>(), countedUntil: undefined };
  const totals = mergeSummaries([...summaries.values()]);
  const top = (by: Ranking) => ranked(totals.tasks, by, STATS_TASKS_SHOWN);
  const lists = { mostRuns: top('runs'), mostFailures: top('failures'), slowest: top('maxDurationMs') };
  const shown = { ...lists, latest: top('maxLatenessMs') };
  const names = await namesOf(deps, tenant, Object.values(shown).flat());
  const named = (tasks: Summary['tasks']): TaskFigures[] =>
    tasks.map(({ taskId, runs, failures, maxDurationMs, maxLatenessMs }) => ({
      taskId,
      taskName: names.get(taskId) ?? null,
      runs,
      failedAttempts: failures,
      maxDurationMs,
      maxLatenessMs,
    }));
  const nothing = mergeSummaries([]);
  return {
    from: toIso(span.from),
    to: toIso(span.to),
    interval: span.interval,
    countedUntil: countedUntil === undefined ? null : toIso(Math.min(countedUntil, nowMs)),
    totals: figuresOf(totals),
    series: pointsOf(span).map((at) => ({ at: toIso(at), ...figuresOf(summaries.get(at) ?? nothing) })),
    tasks: {
      mostRuns: named(shown.mostRuns),
      mostFailures: named(shown.mostFailures),
      slowest: named(shown.slowest),
      latest: named(shown.latest),
    },
  };
}

/** Undefined where statistics are switched off. */
export const lookAtTotal = async (
  { stats }: LookAtStatsDeps,
  { tenant }: Principal,
): Promise<Summary | undefined> => (stats ? readTotal(stats, tenant) : undefined);

/** What is asked for, made whole: whole intervals that are kept, and not too many. */
function spanOf(query: StatsQuery, kept: Kept, nowMs: EpochMs): Span {
  const to = query.to === undefined ? nowMs + 1 : fromIso(query.to);
  const usual = query.interval ?? 'minute';
  const from = query.from === undefined ? startAfter(usual, to) - SPAN_MS[usual] : fromIso(query.from);
  if (from >= to) throw refused('from', 'must be before to');
  const isKept = (interval: Interval) => from >= nowMs - kept[interval] - LENGTH_MS[interval];
  const fits = (interval: Interval) => (to - from) / LENGTH_MS[interval] <= MAX_STATS_POINTS;
  const possible = INTERVALS.filter((interval) => isKept(interval) && fits(interval));
  const interval =
    query.interval ?? possible.find((one) => to - from <= CHOSEN_UP_TO_MS[one]) ?? possible.at(-1) ?? 'day';
  const instead =
    possible.length === 0 ? 'ask for a shorter or later span' : `ask by ${possible.join(' or ')}`;
  if (!isKept(interval)) {
    const days = kept[interval] / DAY_MS;
    throw refused('from', `statistics by the ${interval} are kept for ${days} days: ${instead}`);
  }
  if (!fits(interval)) {
    const points = Math.ceil((to - from) / LENGTH_MS[interval]);
    throw refused('interval', `${points} points, and ${MAX_STATS_POINTS} are the most: ${instead}`);
  }
  return {
    interval,
    from: startOf(interval, from),
    // With the interval that is now, and none that is still to come.
    to: startAfter(interval, Math.min(to, Math.max(nowMs, from) + 1)),
  };
}

function refused(path: string, message: string): SchedulerError<'validation-failed'> {
  const errors: FieldProblem[] = [{ path, message }];
  return new SchedulerError('validation-failed', 'The span is not valid: see errors', { errors });
}

async function namesOf(
  { listings }: LookAtStatsDeps,
  tenant: string,
  tasks: Summary['tasks'],
): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(tasks.map(({ taskId }) => taskId))];
  if (ids.length === 0) return new Map();
  const found = await listings.readTasks(ids.map((taskId) => ({ tenant, taskId })));
  return new Map(found.map(({ definition }) => [definition.taskId, definition.name]));
}

function figuresOf({ counts, duration, lateness }: Summary): StatsWire['totals'] {
  const { success, dead, cancelled, skipped, failed, late } = counts;
  return {
    runs: { success, dead, cancelled, skipped },
    failedAttempts: failed + dead,
    late,
    successRate: success + dead === 0 ? null : success / (success + dead),
    durationMs: spreadOf(duration),
    latenessMs: spreadOf(lateness),
  };
}

function spreadOf(histogram: Histogram): StatsWire['totals']['durationMs'] {
  const { count, sumMs, maxMs } = histogram;
  const at = (share: number) => {
    const ms = quantile(histogram, share);
    return ms === undefined ? null : Math.round(ms);
  };
  return {
    count,
    mean: count === 0 ? null : Math.round(sumMs / count),
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
    max: count === 0 ? null : maxMs,
  };
}
