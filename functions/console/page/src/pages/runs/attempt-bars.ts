import type { Execution } from '../../../../../../shared/client/client.ts';

type Attempt = Execution['attempts'][number];
type Run = Pick<Execution, 'status' | 'attempts' | 'scheduledAt' | 'nextAttemptAt'>;

/** A bar of the time axis, in ms since the epoch. */
export interface Bar {
  key: string;
  /** Absent: it has not begun. */
  attempt?: Attempt;
  /** Since when it was waited for. */
  waitedFrom: number;
  /** When it began, or is to begin. */
  beganAt: number;
  /** Equal to `beganAt` while it waits. */
  endedAt: number;
}

/** One bar for each attempt, and one for the next while it is waited for. */
export function barsOf(run: Run, nowMs: number): Bar[] {
  const bars: Bar[] = [];
  let free = Date.parse(run.scheduledAt);
  for (const attempt of run.attempts) {
    const beganAt = Date.parse(attempt.startedAt);
    const endedAt = attempt.finishedAt ? Date.parse(attempt.finishedAt) : Math.max(beganAt, nowMs);
    bars.push({ key: `${attempt.attempt}`, attempt, waitedFrom: Math.min(free, beganAt), beganAt, endedAt });
    free = endedAt;
  }
  if (run.status === 'queued' || run.status === 'retrying') {
    const next = run.nextAttemptAt ? Date.parse(run.nextAttemptAt) : nowMs;
    const at = Math.max(free, next, nowMs);
    bars.push({ key: 'next', waitedFrom: Math.min(free, at), beganAt: at, endedAt: at });
  }
  return bars;
}

/** Shares of the axis in percent. */
export interface DrawnBar extends Bar {
  before: number;
  waited: number;
  ran: number;
}

/** What took no time at all can still be seen. */
const SEEN_PERCENT = 1;

/**
 * On one axis. A wait longer than all attempts together would leave nothing to see of them: it is drawn as if it were
 * as long as they are, and `shortened` says so.
 */
export function drawn(bars: readonly Bar[]): { bars: DrawnBar[]; shortened: boolean } {
  const waitOf = ({ waitedFrom, beganAt }: Bar) => beganAt - waitedFrom;
  const ranOf = ({ beganAt, endedAt }: Bar) => endedAt - beganAt;
  const ranMs = bars.reduce((sum, bar) => sum + ranOf(bar), 0);
  const longest = ranMs > 0 ? ranMs : Number.POSITIVE_INFINITY;
  const drawnWait = (bar: Bar) => Math.min(waitOf(bar), longest);
  const totalMs = Math.max(1, ranMs + bars.reduce((sum, bar) => sum + drawnWait(bar), 0));
  const percent = (ms: number) => (100 * ms) / totalMs;
  let before = 0;
  const placed = bars.map((bar) => {
    const ran = bar.attempt ? Math.max(SEEN_PERCENT, percent(ranOf(bar))) : 0;
    const waited = Math.min(100 - ran, percent(drawnWait(bar)));
    const place = { ...bar, before: Math.min(before, 100 - ran - waited), waited, ran };
    before += percent(drawnWait(bar) + ranOf(bar));
    return place;
  });
  return { bars: placed, shortened: bars.some((bar) => waitOf(bar) > longest) };
}
