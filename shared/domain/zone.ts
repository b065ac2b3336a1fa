import { DAY_MS, type DurationMs, type EpochMs, SECOND_MS } from './time.ts';

/** Offsets of IANA time zones, read from the runtime's own tables (Intl). "Wall" = local time written as if UTC. */

/** One change of a zone's offset; `at` is the first instant of the new one. */
export interface Shift {
  at: EpochMs;
  before: DurationMs;
  after: DurationMs;
}

/** A stretch of constant offset: from the instant asked for up to `until`, exclusive. */
export interface Span {
  offsetMs: DurationMs;
  until: EpochMs;
  /** What ends the stretch; absent when it is merely as far as we looked. */
  shift: Shift | undefined;
}

/** Two shifts of one zone are never closer (IANA tables since 1970: seven days), so a window has one at most. */
const WINDOW_MS = 3 * DAY_MS;
const FORMATS_KEPT = 1_000;
const formats = new Map<string, Intl.DateTimeFormat>();
const PARTS = /^(\d+)\/(\d+)\/(\d+), (\d+):(\d+):(\d+)$/;

/** Only names: `+02:00` is no zone of the IANA database, though the runtime would take it. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

export function offsetMs(zone: string, at: EpochMs): DurationMs {
  if (zone === 'UTC') return 0;
  const second = Math.floor(at / SECOND_MS) * SECOND_MS;
  const parts = PARTS.exec(formatOf(zone).format(second));
  if (!parts) throw new Error(`No local time for ${at} in ${zone}`);
  const [, month, day, year, hour, minute, sec] = parts.map(Number);
  return Date.UTC(year ?? 0, (month ?? 0) - 1, day, hour, minute, sec) - second;
}

export function spanFrom(zone: string, at: EpochMs): Span {
  if (zone === 'UTC') return { offsetMs: 0, until: Number.POSITIVE_INFINITY, shift: undefined };
  const shift = shiftIn(zone, at, at + WINDOW_MS);
  return shift
    ? { offsetMs: shift.before, until: shift.at, shift }
    : { offsetMs: offsetMs(zone, at), until: at + WINDOW_MS, shift };
}

/** The instant of a local time: the first, where the clock shows it twice; the jump, where it never does. */
export function instantOf(zone: string, wall: number): EpochMs {
  const shift = shiftIn(zone, wall - DAY_MS, wall + DAY_MS);
  if (!shift) return wall - offsetMs(zone, wall);
  if (wall - shift.before < shift.at) return wall - shift.before;
  return Math.max(shift.at, wall - shift.after);
}

/** The shift with after < at ≤ until, if any; the two may be three days apart at most. */
export function shiftIn(zone: string, after: EpochMs, until: EpochMs): Shift | undefined {
  if (zone === 'UTC') return undefined;
  const before = offsetMs(zone, after);
  const end = offsetMs(zone, until);
  if (before === end) return undefined;
  // Offsets change on whole seconds.
  let low = Math.floor(after / SECOND_MS);
  let high = Math.floor(until / SECOND_MS);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetMs(zone, middle * SECOND_MS) === before) low = middle;
    else high = middle;
  }
  return { at: high * SECOND_MS, before, after: end };
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  // Users choose the names (letter case counts here), so the table must not grow for ever.
  if (formats.size >= FORMATS_KEPT) formats.clear();
  formats.set(zone, format);
  return format;
}
