import type { Execution } from '../../../../../../shared/client/client.ts';

type Run = Pick<Execution, 'status' | 'reason' | 'scheduledAt' | 'missed' | 'trigger'>;

export interface Day {
  /** `2026-11-21`, of the zone. */
  date: string;
  /** Occurrences of the schedule that have passed. */
  expected: number;
  success: number;
  dead: number;
  /** Passed over by a rule, by a pause or by a person. */
  skipped: number;
  /** Under way, or waiting. */
  live: number;
  /** Expected, and nothing is written down of them. */
  missing: number;
  /** Runs that no schedule asked for. */
  besides: number;
}

const OUTCOME: Readonly<Record<Execution['status'], 'success' | 'dead' | 'skipped' | 'live'>> = {
  success: 'success',
  dead: 'dead',
  skipped: 'skipped',
  cancelled: 'skipped',
  queued: 'live',
  running: 'live',
  retrying: 'live',
};
/** An occurrence that has just come due is not missing yet. */
const GRACE_MS = 120_000;

/** What the schedule asked for against what became of it, by the days of a zone. */
export function daysOf(q: {
  zone: string;
  /** Instants of the schedule, ascending. */
  expected: readonly string[];
  runs: readonly Run[];
  /** What nothing is written down of before is not missing: then it was not there, or had another schedule. */
  knownSince: string;
  /** Since then it is paused. */
  pausedSince: string | undefined;
  nowMs: number;
}): Day[] {
  const days = new Map<string, Day>();
  const dateOf = dates(q.zone);
  const on = (at: string): Day => {
    const date = dateOf(at);
    const day = days.get(date) ?? { date, ...NOTHING };
    days.set(date, day);
    return day;
  };
  const expected = q.expected.filter((at) => Date.parse(at) <= q.nowMs);
  const places = new Map(expected.map((at, place) => [at, place]));
  const accounted = new Set<number>();
  for (const run of q.runs) {
    const place = places.get(run.scheduledAt);
    if (place === undefined) {
      on(run.scheduledAt).besides++;
      on(run.scheduledAt)[OUTCOME[run.status]]++;
      continue;
    }
    accounted.add(place);
    on(run.scheduledAt)[OUTCOME[run.status]]++;
    // One row stands for all occurrences that were passed over together.
    const passed = run.status === 'skipped' ? run.missed - 1 : 0;
    for (const at of expected.slice(place + 1, place + 1 + passed)) {
      accounted.add(places.get(at) ?? -1);
      on(at).skipped++;
    }
  }
  const pausedMs = q.pausedSince === undefined ? Number.POSITIVE_INFINITY : Date.parse(q.pausedSince);
  for (const [place, at] of expected.entries()) {
    if (!accounted.has(place) && at < q.knownSince) continue;
    const day = on(at);
    day.expected++;
    if (accounted.has(place)) continue;
    if (Date.parse(at) >= pausedMs) day.skipped++;
    else if (Date.parse(at) <= q.nowMs - GRACE_MS) day.missing++;
  }
  return [...days.values()].sort((a, b) => a.date.localeCompare(b.date));
}

const NOTHING = { expected: 0, success: 0, dead: 0, skipped: 0, live: 0, missing: 0, besides: 0 };

/** Days as the calendar of a zone names them. */
export function dates(zone: string): (iso: string) => string {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  return (iso) => format.format(new Date(iso));
}

export type DayState = 'dead' | 'missing' | 'skipped' | 'success' | 'live' | 'nothing';

/** The worst of it. */
export function stateOf(day: Day | undefined): DayState {
  if (!day) return 'nothing';
  if (day.dead > 0) return 'dead';
  if (day.missing > 0) return 'missing';
  if (day.success > 0) return 'success';
  if (day.skipped > 0) return 'skipped';
  return day.live > 0 ? 'live' : 'nothing';
}

/** `3 expected: 2 success, 1 dead` */
export function dayText(day: Day | undefined): string {
  if (!day) return 'nothing expected, nothing ran';
  const parts = (['success', 'dead', 'missing', 'skipped', 'live'] as const).flatMap((name) =>
    day[name] > 0 ? [`${day[name]} ${name === 'live' ? 'under way' : name}`] : [],
  );
  const besides = day.besides > 0 ? ` (${day.besides} besides the schedule)` : '';
  return `${day.expected} expected: ${parts.join(', ') || 'none of them due yet'}${besides}`;
}
