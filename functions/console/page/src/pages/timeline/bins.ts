import type { Firings } from '../../../../../../shared/client/client.ts';
import { HOUR_MS, MINUTE_MS } from './timeline-search.ts';

/** What one minute holds: what ended in it, or what is due in it. */
export interface Minute {
  success: number;
  skipped: number;
  cancelled: number;
  dead: number;
  planned: number;
  /** Tasks that are due, as many as are named, and how many they are. */
  taskIds: readonly string[];
  tasks: number;
}
/** By the beginning of each, in ms; empty ones are left out. */
export type Minutes = ReadonlyMap<number, Minute>;

export const OUTCOME_NAMES = ['success', 'skipped', 'cancelled', 'dead'] as const;
export const EMPTY: Minute = {
  success: 0,
  skipped: 0,
  cancelled: 0,
  dead: 0,
  planned: 0,
  taskIds: [],
  tasks: 0,
};

/** One bar. */
export interface Bin extends Minute {
  at: number;
  total: number;
  /** Of its busiest minute. */
  peak: number;
}

export const totalOf = ({ success, skipped, cancelled, dead, planned }: Minute): number =>
  success + skipped + cancelled + dead + planned;

/** All bars of [from, to), empty ones too. */
export function binsOf(minutes: Minutes, from: number, to: number, binMinutes: number): Bin[] {
  const binMs = binMinutes * MINUTE_MS;
  const bins: Bin[] = [];
  for (let at = Math.floor(from / binMs) * binMs; at < to; at += binMs) {
    const inside = minutesIn(minutes, at, binMinutes).map(([, minute]) => minute);
    const sum = (key: (typeof OUTCOME_NAMES)[number] | 'planned' | 'tasks') =>
      inside.reduce((all, minute) => all + minute[key], 0);
    const totals = inside.map(totalOf);
    bins.push({
      at,
      success: sum('success'),
      skipped: sum('skipped'),
      cancelled: sum('cancelled'),
      dead: sum('dead'),
      planned: sum('planned'),
      tasks: sum('tasks'),
      taskIds: [...new Set(inside.flatMap(({ taskIds }) => taskIds))],
      total: totals.reduce((all, one) => all + one, 0),
      peak: Math.max(0, ...totals),
    });
  }
  return bins;
}

/** Those of one bar that are not empty. */
export const minutesIn = (minutes: Minutes, at: number, binMinutes: number): [number, Minute][] =>
  Array.from({ length: binMinutes }, (_, n) => at + n * MINUTE_MS).flatMap((start) => {
    const minute = minutes.get(start);
    return minute ? [[start, minute] satisfies [number, Minute]] : [];
  });

/** Pages of GET /v1/upcoming add up. */
export function plannedMinutes(pages: readonly Firings[]): Minutes {
  const minutes = new Map<number, Minute>();
  for (const { items } of pages)
    for (const { at, count, tasks, taskIds } of items) {
      const start = Date.parse(at);
      const before = minutes.get(start) ?? EMPTY;
      minutes.set(start, {
        ...before,
        planned: before.planned + count,
        tasks: before.tasks + tasks,
        taskIds: [...before.taskIds, ...taskIds],
      });
    }
  return minutes;
}

/** The minutes in which most comes due together, the fullest first. */
export const busiest = (minutes: Minutes, limit: number): [number, Minute][] =>
  [...minutes]
    .filter(([, { planned }]) => planned > 1)
    .sort(([a, x], [b, y]) => y.planned - x.planned || a - b)
    .slice(0, limit);

/** How much is due in each of the sixty minutes of an hour, whatever the hour. */
export function byMinuteOfHour(minutes: Minutes): number[] {
  const counts = Array.from({ length: 60 }, () => 0);
  for (const [at, { planned }] of minutes) {
    const place = Math.floor((at % HOUR_MS) / MINUTE_MS);
    counts[place] = (counts[place] ?? 0) + planned;
  }
  return counts;
}
