import type { Execution } from '../../../../../../shared/client/client.ts';

type Attempt = Execution['attempts'][number];

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
export function barsOf(run: Execution, nowMs: number): Bar[] {
  const bars: Bar[] = [];
  let free = Date.parse(run.scheduledAt);
  for (const attempt of run.attempts) {
    const beganAt = Date.parse(attempt.startedAt);
    const endedAt = attempt.finishedAt ? Date.parse(attempt.finishedAt) : Math.max(beganAt, nowMs);
    bars.push({
      key: `${attempt.attempt}`,
      attempt,
      waitedFrom: Math.min(free, beganAt),
      beganAt,
      endedAt,
    });
    free = endedAt;
  }
  if (run.status === 'queued' || run.status === 'retrying') {
    const next = run.nextAttemptAt ? Date.parse(run.nextAttemptAt) : nowMs;
    const at = Math.max(free, next, nowMs);
    bars.push({ key: 'next', waitedFrom: Math.min(free, at), beganAt: at, endedAt: at });
  }
  return bars;
}

/** Shares of the axis in percent; what took no time at all can still be seen. */
export interface Shares {
  before: number;
  waited: number;
  ran: number;
}
const SEEN_PERCENT = 1;

export function sharesOf({ waitedFrom, beganAt, endedAt, attempt }: Bar, from: number, to: number): Shares {
  const percent = (ms: number) => (100 * ms) / Math.max(1, to - from);
  const ran = attempt ? Math.max(SEEN_PERCENT, percent(endedAt - beganAt)) : 0;
  const waited = Math.min(100 - ran, percent(beganAt - waitedFrom));
  const before = Math.min(100 - ran - waited, percent(waitedFrom - from));
  return { before, waited, ran };
}
