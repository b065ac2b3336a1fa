import { type Histogram, histogramOf, mergeHistograms } from './histogram.ts';
import { STATS_TASKS_KEPT } from './limits.ts';
import { END_KINDS, type EndKind, type RunEnd } from './run-end.ts';
import type { DurationMs } from './time.ts';

/** What ended in some span of time, of one tenant. Summaries add up, in any order. */
export interface Summary {
  counts: Readonly<Record<EndKind, number>>;
  duration: Histogram;
  lateness: Histogram;
  /** Not every task of a large tenant: those that lead in something. */
  tasks: readonly TaskSummary[];
}

export interface TaskSummary {
  taskId: string;
  /** That ended well or died. */
  runs: number;
  /** Attempts that failed, the last one of a dead run among them. */
  failures: number;
  maxDurationMs: DurationMs;
  maxLatenessMs: DurationMs;
}

export function summarize(ends: readonly RunEnd[]): Summary {
  const kinds = Map.groupBy(ends, ({ kind }) => kind);
  return {
    counts: countsOf((kind) => kinds.get(kind)?.length ?? 0),
    duration: histogramOf(ends.flatMap(({ durationMs }) => durationMs ?? [])),
    lateness: histogramOf(ends.flatMap(({ latenessMs }) => latenessMs ?? [])),
    tasks: leading(
      ends
        .filter(({ kind }) => kind === 'success' || kind === 'dead' || kind === 'failed')
        .map(({ taskId, kind, durationMs = 0, latenessMs = 0 }) => ({
          taskId,
          runs: kind === 'failed' ? 0 : 1,
          failures: kind === 'success' ? 0 : 1,
          maxDurationMs: durationMs,
          maxLatenessMs: latenessMs,
        })),
    ),
  };
}

export const mergeSummaries = (parts: readonly Summary[]): Summary => ({
  counts: countsOf((kind) => parts.reduce((sum, { counts }) => sum + counts[kind], 0)),
  duration: mergeHistograms(parts.map(({ duration }) => duration)),
  lateness: mergeHistograms(parts.map(({ lateness }) => lateness)),
  tasks: leading(parts.flatMap(({ tasks }) => tasks)),
});

function countsOf(count: (kind: EndKind) => number): Record<EndKind, number> {
  const [success, dead, cancelled, skipped, failed, late] = END_KINDS.map(count);
  return {
    success: success ?? 0,
    dead: dead ?? 0,
    cancelled: cancelled ?? 0,
    skipped: skipped ?? 0,
    failed: failed ?? 0,
    late: late ?? 0,
  };
}

/** What tasks are ranked by. Maxima that are kept are exact; sums may miss what a task had where it did not lead. */
export const RANKINGS = ['runs', 'failures', 'maxDurationMs', 'maxLatenessMs'] as const;
export type Ranking = (typeof RANKINGS)[number];

/** The first by a ranking, without those that have nothing of it; ties in the order of their ids. */
export const ranked = (tasks: readonly TaskSummary[], by: Ranking, limit: number): TaskSummary[] =>
  tasks
    .filter((task) => task[by] > 0)
    .toSorted((a, b) => b[by] - a[by] || (a.taskId < b.taskId ? -1 : 1))
    .slice(0, limit);

function leading(parts: readonly TaskSummary[]): TaskSummary[] {
  const tasks = [...Map.groupBy(parts, ({ taskId }) => taskId)].map(
    ([taskId, of]): TaskSummary => ({
      taskId,
      runs: of.reduce((sum, { runs }) => sum + runs, 0),
      failures: of.reduce((sum, { failures }) => sum + failures, 0),
      maxDurationMs: of.reduce((max, { maxDurationMs }) => Math.max(max, maxDurationMs), 0),
      maxLatenessMs: of.reduce((max, { maxLatenessMs }) => Math.max(max, maxLatenessMs), 0),
    }),
  );
  const kept = new Set(RANKINGS.flatMap((by) => ranked(tasks, by, STATS_TASKS_KEPT)));
  return [...kept].sort((a, b) => (a.taskId < b.taskId ? -1 : 1));
}
