import type { DstRule } from './schedule.ts';
import { DAY_MS, type EpochMs, SECOND_MS } from './time.ts';
import { type Shift, shiftIn, spanFrom } from './zone.ts';

/** Local time written as if UTC, in ms: no zones and no clock changes here. */
export type WallMs = number;

/** Local times that a rule means, on whole seconds. */
export interface WallTimes {
  /** First one at or after the given one; undefined when there is none. */
  next(from: WallMs): WallMs | undefined;
  /** It follows elapsed time over a clock change, whatever `dst` says. */
  rhythm: boolean;
}

/**
 * Instants of local times in a zone, ascending, from `from` (inclusive). What happens when the clock changes:
 *
 * - A rule of certain hours means local times. For one that the clock jumps over `gap` says: `shift` runs it at the
 *   jump, the first instant after the gap (several of them: once), `skip` leaves it out. For one that the clock shows
 *   twice `repeat` says: `first` time only, or `both`.
 * - A rhythm (every 15 minutes, hourly at :07) runs whenever the clock shows a matching time, through both passes of
 *   a repeated hour, and nothing is added at a jump.
 */
export function* wallInstants(
  times: WallTimes,
  zone: string,
  dst: DstRule,
  from: EpochMs,
): Generator<EpochMs, void, void> {
  const wallAfter = firstWallAfter(times, dst);
  const firesAtJump = jumpRule(times, dst);
  let span = spanFrom(zone, from);
  let wallFrom = from + span.offsetMs;
  let last = from - 1;
  const recent = shiftIn(zone, from - DAY_MS, from);
  if (recent) {
    if (recent.at === from && firesAtJump(recent)) {
      last = from;
      yield from;
    }
    wallFrom = Math.max(wallFrom, wallAfter(recent));
  }
  for (;;) {
    const wall = times.next(wallFrom);
    if (wall === undefined) return;
    // No local time in [wallFrom, wall) matches: look for clock changes on the way there.
    while (wall - span.offsetMs >= span.until && !span.shift) {
      span = spanFrom(
        zone,
        skipAhead(span.until, span.until + span.offsetMs - wallFrom, wall - span.offsetMs),
      );
    }
    const at = wall - span.offsetMs;
    if (span.shift && at >= span.until) {
      const { shift } = span;
      if (firesAtJump(shift)) {
        last = shift.at;
        yield shift.at;
      }
      wallFrom = wallAfter(shift);
      span = spanFrom(zone, shift.at);
      continue;
    }
    wallFrom = wall + SECOND_MS;
    if (at > last) {
      last = at;
      yield at;
    }
  }
}

/**
 * From where to look on. A clock never moves by more than a day: once past `wallFrom` by a day no change can bring
 * back a time before it, and up to two days before the target none can reach it, so that stretch is left out.
 */
const skipAhead = (until: EpochMs, pastMs: number, target: EpochMs): EpochMs =>
  pastMs >= DAY_MS ? Math.max(until, target - 2 * DAY_MS) : until;

const jumpRule =
  ({ next, rhythm }: WallTimes, { gap }: DstRule) =>
  ({ at, before, after }: Shift): boolean => {
    if (rhythm || gap === 'skip' || after <= before) return false;
    const skipped = next(at + before);
    return skipped !== undefined && skipped < at + after;
  };

/** First local time that counts after a change: with `first` what the clock has shown once does not count again. */
const firstWallAfter =
  ({ rhythm }: WallTimes, { repeat }: DstRule) =>
  ({ at, before, after }: Shift): WallMs =>
    at + (rhythm || repeat === 'both' ? after : Math.max(before, after));
