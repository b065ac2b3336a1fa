import { RRuleTemporal } from 'rrule-temporal';
import { MAX_INSTANT_EXCLUSIVE_MS, MAX_RRULE_CANDIDATES, MAX_RRULE_PERIODS } from './limits.ts';
import type { RruleText } from './rrule-text.ts';
import { DAY_MS, SECOND_MS } from './time.ts';
import type { WallMs, WallTimes } from './wall-instants.ts';

/** Until where the library looks: some days past the last instant there is, whatever the zone. */
const HORIZON = MAX_INSTANT_EXCLUSIVE_MS + 3 * DAY_MS;
/** How many times a batch is to have, so that a walk over many costs little for each. */
const BATCH = 500;
/** A batch with fewer is a poor one, and a walk may ask the library for so many poor ones: what bounds its work. */
const POOR = 16;
const POOR_ASKED = 100;

/**
 * Local times of a rule that begins at a local time. The library is asked in UTC, where no clock changes: what
 * becomes of them in a zone is wall-instants' part. Each question is bounded in periods and candidates; what is not
 * found within the bound counts as never.
 */
export function rruleWalls(rule: RruleText, start: WallMs): WallTimes {
  const library = libraryOf(rule.recurrence, start);
  // All times in [from, to) are known, on whole seconds; the window grows while somebody walks on.
  let known: { from: WallMs; to: WallMs; walls: WallMs[] } = { from: 0, to: 0, walls: [] };
  let windowMs = 0;
  let poorLeft = POOR_ASKED;

  const readOn = (from: WallMs): void => {
    const walking = from === known.to;
    const first = ask(() => library.next(new Date(from), true)?.epochMilliseconds);
    if (first === undefined) {
      known = { from, to: Number.POSITIVE_INFINITY, walls: [] };
      return;
    }
    windowMs = walking ? Math.max(2 * windowMs, first - from + SECOND_MS) : 0;
    const last = first + windowMs - SECOND_MS;
    const batch = walking
      ? ask(() => library.between(new Date(first), new Date(last), true).map(epochMs))
      : undefined;
    known = batch
      ? { from, to: last + SECOND_MS, walls: batch }
      : { from, to: first + SECOND_MS, walls: [first] };
    if (known.walls.length < POOR) poorLeft--;
    if (known.walls.length > BATCH) windowMs = Math.floor(windowMs / 4 / SECOND_MS) * SECOND_MS;
  };

  return {
    rhythm: rule.rhythm,
    next(from) {
      for (let at = from; ; at = known.to) {
        if (at < known.from || at >= known.to) {
          if (poorLeft <= 0) return undefined;
          readOn(at);
        }
        const found = firstFrom(known.walls, at);
        if (found !== undefined || known.to === Number.POSITIVE_INFINITY) return found;
      }
    },
  };
}

const epochMs = ({ epochMilliseconds }: { epochMilliseconds: number }): number => epochMilliseconds;

/** Ascending, so by bisection. */
function firstFrom(walls: readonly WallMs[], from: WallMs): WallMs | undefined {
  let low = 0;
  let high = walls.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((walls[middle] ?? 0) < from) low = middle + 1;
    else high = middle;
  }
  return walls[low];
}

/** The library throws where its bounds end the search, and nowhere else once it has taken the rule. */
function ask<T>(question: () => T): T | undefined {
  try {
    return question();
  } catch {
    return undefined;
  }
}

const KEPT = 500;
const libraries = new Map<string, RRuleTemporal>();

/** Remembered, since every run asks for the next. */
function libraryOf(recurrence: string, start: WallMs): RRuleTemporal {
  const rruleString = `DTSTART:${compact(start)}\nRRULE:${recurrence};UNTIL=${compact(HORIZON)}`;
  const standing = libraries.get(rruleString);
  if (standing) return standing;
  const library = new RRuleTemporal({
    rruleString,
    strict: true,
    cache: false,
    maxIterations: MAX_RRULE_PERIODS,
    maxCandidateEvaluations: 10 * MAX_RRULE_CANDIDATES,
  });
  if (libraries.size >= KEPT) libraries.clear();
  libraries.set(rruleString, library);
  return library;
}

/** `20261121T090000Z` */
const compact = (wall: WallMs): string =>
  `${new Date(wall).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
