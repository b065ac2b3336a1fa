import type { Schedule } from './schedule.ts';
import { type DurationMs, type EpochMs, SECOND_MS, toIso } from './time.ts';
import { offsetMs } from './zone.ts';

/** Why something does not run, or how it ended: the one gate that holds it, and what is known of that. */
export interface Why<G extends string> {
  gate: G;
  /** One, for people; instants are in the zone of the task. */
  sentence: string;
  since?: EpochMs | undefined;
  until?: EpochMs | undefined;
  facts: Facts;
}
/** Instants are ISO 8601. What is undefined is not known, and left out. */
export type Facts = Record<string, string | number | boolean | readonly string[] | undefined>;

/** The first gate that is shut. The last one always is. */
export function firstShut<G extends string>(
  gates: readonly (() => Why<G> | undefined)[],
  last: Why<G>,
): Why<G> {
  for (const look of gates) {
    const why = look();
    if (why) return why;
  }
  return last;
}

/** In which people think of the schedule. */
export const zoneOf = (schedule: Schedule): string => ('timezone' in schedule ? schedule.timezone : 'UTC');

/** `2026-11-21 10:00:00 (Europe/Paris)` */
export const local = (at: EpochMs, zone: string): string =>
  `${toIso(at + offsetMs(zone, at))
    .slice(0, 19)
    .replace('T', ' ')} (${zone})`;

export const iso = (at: EpochMs | undefined): string | undefined =>
  at === undefined ? undefined : toIso(at);

const UNITS: readonly [string, number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];

/** The two largest units: `3 days 4 hours`, `12 seconds`; never negative. */
export function span(ms: DurationMs): string {
  let rest = Math.max(0, Math.round(ms / SECOND_MS));
  const words: string[] = [];
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) words.push(plural(count, unit));
    if (words.length === 2 || (words.length === 1 && count === 0)) break;
  }
  return words.join(' ') || '0 seconds';
}

export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

const MAX_QUOTED_CHARS = 200;

/** What somebody wrote, on one line and not too long. */
export function quoted(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  const characters = [...line];
  return characters.length > MAX_QUOTED_CHARS ? `${characters.slice(0, MAX_QUOTED_CHARS).join('')}…` : line;
}
