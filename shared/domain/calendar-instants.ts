import { MAX_DAYS_LOOKED_AT, MAX_EXCLUDED_DAYS, MAX_INSTANT_EXCLUSIVE_MS } from './limits.ts';
import { mergeAscending } from './merge-ascending.ts';
import { nominalInstants } from './nominal-instants.ts';
import type { AppliedCalendar, CalendarMode, RecurringSchedule } from './schedule.ts';
import { DAY_MS, type EpochMs } from './time.ts';
import { instantOf, offsetMs, shiftIn } from './zone.ts';

/** An occurrence before jitter, and the instant that the schedule itself says. */
export interface Planned {
  at: EpochMs;
  nominalAt: EpochMs;
}

type Timetable = RecurringSchedule<AppliedCalendar>;

/** Days of a schedule without a zone of its own are those of its first calendar that has one. */
const zoneOf = (timetable: Timetable): string =>
  'timezone' in timetable
    ? timetable.timezone
    : (timetable.calendars?.find(({ timezone }) => timezone !== undefined)?.timezone ?? 'UTC');

const dayIn = (zone: string, at: EpochMs): number => Math.floor((at + offsetMs(zone, at)) / DAY_MS);

/** What becomes of an occurrence at this instant: it stays, or is skipped or shifted. Skip wins over shift. */
export function exclusionAt(timetable: Timetable, nominalAt: EpochMs): CalendarMode | undefined {
  let found: CalendarMode | undefined;
  for (const { mode, timezone = zoneOf(timetable), excludes } of timetable.calendars ?? []) {
    if (!excludes(dayIn(timezone, nominalAt))) continue;
    if (mode === 'skip') return 'skip';
    found = mode;
  }
  return found;
}

/** Which calendars have something against it, by id. */
export const excludingCalendars = (timetable: Timetable, nominalAt: EpochMs): string[] =>
  (timetable.calendars ?? [])
    .filter(({ timezone = zoneOf(timetable), excludes }) => excludes(dayIn(timezone, nominalAt)))
    .map(({ id }) => id);

/**
 * Occurrences under calendars, ascending, from `fromMs` (inclusive). One that falls on an excluded day is left out
 * (`skip`), or comes at the same local time of the next day on which no calendar forbids it (`shift`); what comes to
 * the same instant comes once. The search goes from day to day and gives up after MAX_DAYS_LOOKED_AT days without any.
 */
export function* calendarInstants(timetable: Timetable, fromMs: EpochMs): Generator<Planned, void, void> {
  const { startAt = fromMs, endAt = Number.POSITIVE_INFINITY } = timetable;
  // Nothing moves to before the schedule begins.
  const from = Math.max(fromMs, startAt);
  const zone = zoneOf(timetable);
  let window = windowOf(timetable, zone, dayIn(zone, from));
  for (let looked = 0; looked < MAX_DAYS_LOOKED_AT && window.start < MAX_INSTANT_EXCLUSIVE_MS; looked++) {
    for (const planned of plannedIn(timetable, zone, window, from)) {
      if (planned.at >= endAt) return;
      looked = 0;
      yield planned;
    }
    const next = first(nominalInstants(timetable, window.end));
    // Beyond a day that is all open nothing is left over from before.
    if (next === undefined && window.isOpen) return;
    const day =
      window.isOpen && next !== undefined ? Math.max(dayIn(zone, next), window.day + 1) : window.day + 1;
    window = windowOf(timetable, zone, day);
  }
}

/** A local day of the schedule's zone, and what the calendars say of it; theirs may begin at other instants. */
interface Window {
  day: number;
  start: EpochMs;
  end: EpochMs;
  /** No moment of it is excluded. */
  isOpen: boolean;
  /** None is allowed. */
  isClosed: boolean;
  /** All of it is skipped. */
  isSkipped: boolean;
}

function windowOf({ calendars = [] }: Timetable, zone: string, day: number): Window {
  const start = instantOf(zone, day * DAY_MS);
  const end = instantOf(zone, (day + 1) * DAY_MS);
  const tests = calendars.map(({ mode, timezone, excludes }) => {
    const days = timezone === undefined || timezone === zone ? [day] : daysBetween(timezone, start, end);
    return { mode, every: days.every(excludes), some: days.some(excludes) };
  });
  return {
    day,
    start,
    end,
    isOpen: !tests.some(({ some }) => some),
    isClosed: tests.some(({ every }) => every),
    isSkipped: tests.some(({ mode, every }) => every && mode === 'skip'),
  };
}

function daysBetween(zone: string, start: EpochMs, end: EpochMs): number[] {
  const from = dayIn(zone, start);
  return Array.from({ length: Math.max(1, dayIn(zone, end - 1) - from + 1) }, (_, n) => from + n);
}

function plannedIn(timetable: Timetable, zone: string, window: Window, from: EpochMs): Generator<Planned> {
  const begin = Math.max(from, window.start);
  if (window.isClosed || begin >= window.end) return mergeAscending([], at);
  const sources = [staying(timetable, window, begin)];
  const furthest = timetable.calendars?.some(({ mode }) => mode === 'shift') ? MAX_EXCLUDED_DAYS : 0;
  for (let back = 1; back <= furthest; back++) {
    const source = windowOf(timetable, zone, window.day - back);
    if (source.isOpen) break;
    if (source.isSkipped) continue;
    for (const pass of passesOf(zone, source))
      sources.push(moving(timetable, zone, pass, { back, begin, end: window.end }));
  }
  return mergeAscending(sources, at);
}

const at = (planned: Planned): EpochMs => planned.at;

function* staying(timetable: Timetable, window: Window, begin: EpochMs): Generator<Planned, void, void> {
  for (const nominalAt of nominalInstants(timetable, begin)) {
    if (nominalAt >= window.end) return;
    if (window.isOpen || exclusionAt(timetable, nominalAt) === undefined) yield { at: nominalAt, nominalAt };
  }
}

interface Stretch {
  start: EpochMs;
  end: EpochMs;
}

/** A day on which the clock goes back shows some times twice: each pass ascends by itself. */
function passesOf(zone: string, { start, end }: Stretch): Stretch[] {
  const shift = start < end ? shiftIn(zone, start, end - 1) : undefined;
  if (!shift || shift.after >= shift.before) return [{ start, end }];
  return [
    { start, end: shift.at },
    { start: shift.at, end },
  ];
}

/** What is shifted from an earlier day into [begin, end). */
function* moving(
  timetable: Timetable,
  zone: string,
  source: Stretch,
  { back, begin, end }: { back: number; begin: EpochMs; end: EpochMs },
): Generator<Planned, void, void> {
  // The first local time that comes to `begin` or later: the one after what the clock shows just before.
  const before = begin - 1;
  const wall = before + offsetMs(zone, before) + 1 - back * DAY_MS;
  let last = begin - 1;
  for (const nominalAt of nominalInstants(timetable, Math.max(source.start, instantOf(zone, wall)))) {
    if (nominalAt >= source.end) return;
    if (exclusionAt(timetable, nominalAt) !== 'shift') continue;
    const shifted = shiftedFrom(timetable, zone, nominalAt);
    if (shifted === undefined || shifted >= end || shifted <= last) continue;
    last = shifted;
    yield { at: shifted, nominalAt };
  }
}

function shiftedFrom(timetable: Timetable, zone: string, nominalAt: EpochMs): EpochMs | undefined {
  const wall = nominalAt + offsetMs(zone, nominalAt);
  for (let days = 1; days <= MAX_EXCLUDED_DAYS; days++) {
    const shifted = instantOf(zone, wall + days * DAY_MS);
    if (shifted > nominalAt && exclusionAt(timetable, shifted) === undefined) return shifted;
  }
  return undefined;
}

const first = (instants: Iterable<EpochMs>): EpochMs | undefined => {
  for (const instant of instants) return instant;
  return undefined;
};
