import type { CronRule } from './cron-rule.ts';
import { nextWall, type WallMs } from './cron-wall.ts';
import { DAY_MS, type EpochMs, SECOND_MS } from './time.ts';
import { type Shift, shiftIn, spanFrom } from './zone.ts';

/**
 * Instants of one cron rule in a zone, ascending, from `from` (inclusive). What happens when the clock changes:
 *
 * - A rule of certain hours means local times. One that the clock jumps over runs at the jump, the first instant
 *   after the gap (several of them: once); one that the clock shows twice runs the first time only.
 * - A rule of all 24 hours (every 15 minutes, hourly at :07) means a rhythm: it runs whenever the clock shows a
 *   matching time, through both passes of a repeated hour, and nothing is added at a jump.
 */
export function* cronInstants(rule: CronRule, zone: string, from: EpochMs): Generator<EpochMs, void, void> {
  let span = spanFrom(zone, from);
  let wallFrom = from + span.offsetMs;
  let last = from - 1;
  const recent = shiftIn(zone, from - DAY_MS, from);
  if (recent) {
    if (recent.at === from && firesAtJump(rule, recent)) {
      last = from;
      yield from;
    }
    wallFrom = Math.max(wallFrom, wallAfter(rule, recent));
  }
  for (;;) {
    const wall = nextWall(rule, wallFrom);
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
      if (firesAtJump(rule, shift)) {
        last = shift.at;
        yield shift.at;
      }
      wallFrom = wallAfter(rule, shift);
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

function firesAtJump(rule: CronRule, shift: Shift): boolean {
  if (rule.everyHour || shift.after <= shift.before) return false;
  const skipped = nextWall(rule, shift.at + shift.before);
  return skipped !== undefined && skipped < shift.at + shift.after;
}

/** First local time that counts after a change: a rule of certain hours does not run again in a repeated hour. */
const wallAfter = (rule: CronRule, shift: Shift): WallMs =>
  shift.at + (rule.everyHour ? shift.after : Math.max(shift.before, shift.after));
