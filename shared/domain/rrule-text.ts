import { RRuleTemporal } from 'rrule-temporal';
import { MAX_RRULE_CANDIDATES, MAX_RRULE_COUNT, MAX_RRULE_INTERVAL } from './limits.ts';
import type { WallMs } from './wall-instants.ts';

/** An RFC 5545 recurrence rule, checked. rrule-temporal owns what the parts mean together; see rrule-walls. */
export interface RruleText {
  freq: Freq;
  /** Upper case, without the name `RRULE:`. */
  text: string;
  /** The same without COUNT and UNTIL, which are resolved to an instant when the schedule is made. */
  recurrence: string;
  count?: number;
  until?: { wall: WallMs; utc: boolean };
  /** It repeats at least hourly and names no hours: it follows elapsed time over a clock change. */
  rhythm: boolean;
}
export type RruleParse = { ok: true; rule: RruleText } | { ok: false; message: string };

const FREQUENCIES = ['YEARLY', 'MONTHLY', 'WEEKLY', 'DAILY', 'HOURLY', 'MINUTELY', 'SECONDLY'] as const;
type Freq = (typeof FREQUENCIES)[number];

/** Lists of whole numbers: the greatest, and the least where it is not the negative of that. */
const LISTS: Readonly<Record<string, { max: number; min?: number }>> = {
  BYSECOND: { max: 59, min: 0 },
  BYMINUTE: { max: 59, min: 0 },
  BYHOUR: { max: 23, min: 0 },
  BYMONTHDAY: { max: 31 },
  BYYEARDAY: { max: 366 },
  BYWEEKNO: { max: 53 },
  BYMONTH: { max: 12, min: 1 },
  BYSETPOS: { max: 366 },
};
const OTHERS = ['FREQ', 'INTERVAL', 'COUNT', 'UNTIL', 'BYDAY', 'WKST'];
const WEEKDAY = /^(?:[+-]?([1-9]\d?))?(?:MO|TU|WE|TH|FR|SA|SU)$/;
const UNTIL = /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z?))?$/;

const PARSES_KEPT = 2_000;
const parses = new Map<string, RruleParse>();

/** Never throws and never takes long, whatever the text. Remembered, since every run asks for the next. */
export function parseRrule(text: string): RruleParse {
  const known = parses.get(text);
  if (known) return known;
  const parse = parseAnew(text);
  if (parses.size >= PARSES_KEPT) parses.clear();
  parses.set(text, parse);
  return parse;
}

function parseAnew(written: string): RruleParse {
  const text = written
    .trim()
    .toUpperCase()
    .replace(/^RRULE:/, '');
  const parts = new Map<string, string>();
  for (const part of text.split(';')) {
    const [name = '', value, ...rest] = part.split('=');
    if (value === undefined || value === '' || rest.length > 0)
      return refuse(`expected parts like FREQ=DAILY with ; between, got ${JSON.stringify(part)}`);
    if (parts.has(name)) return refuse(`${name} stands twice`);
    const problem = problemOf(name, value);
    if (problem !== undefined) return refuse(problem);
    parts.set(name, value);
  }
  const freq = FREQUENCIES.find((one) => one === parts.get('FREQ'));
  if (!freq) return refuse(`FREQ is missing: expected one of ${FREQUENCIES.join(', ')}`);
  if (parts.has('COUNT') && parts.has('UNTIL')) return refuse('expected COUNT or UNTIL, not both');
  // The library would quietly pass over the ones without a number.
  const numbered =
    parts
      .get('BYDAY')
      ?.split(',')
      .map((day) => /\d/.test(day)) ?? [];
  if (freq === 'YEARLY' && new Set(numbered).size > 1)
    return refuse('BYDAY: expected all of them numbered, or none, with FREQ=YEARLY');
  const candidates = candidatesOf(freq, parts);
  if (candidates > MAX_RRULE_CANDIDATES) {
    return refuse(
      `too many times: BYHOUR, BYMINUTE and BYSECOND make up to ${candidates} in each period of FREQ=${freq}; ` +
        `expected at most ${MAX_RRULE_CANDIDATES} (a smaller FREQ needs fewer)`,
    );
  }
  const recurrence = [...parts]
    .filter(([name]) => name !== 'COUNT' && name !== 'UNTIL')
    .map(([name, value]) => `${name}=${value}`)
    .join(';');
  const refused = refusalOfLibrary(recurrence);
  if (refused !== undefined) return refuse(refused);
  const count = parts.get('COUNT');
  const until = parts.get('UNTIL');
  return {
    ok: true,
    rule: {
      freq,
      text,
      recurrence,
      ...(count === undefined ? {} : { count: Number(count) }),
      ...(until === undefined ? {} : { until: untilOf(until) }),
      rhythm: stepSeconds(freq) * Number(parts.get('INTERVAL') ?? 1) <= 3_600 && !parts.has('BYHOUR'),
    },
  };
}

const refuse = (message: string): RruleParse => ({ ok: false, message });

function problemOf(name: string, value: string): string | undefined {
  const list = LISTS[name];
  if (list) return numbersProblem(name, value, list.min ?? -list.max, list.max);
  switch (name) {
    case 'FREQ':
      return FREQUENCIES.some((one) => one === value)
        ? undefined
        : `FREQ: expected one of ${FREQUENCIES.join(', ')}, got ${value}`;
    case 'INTERVAL':
      return wholeProblem(name, value, MAX_RRULE_INTERVAL);
    case 'COUNT':
      return wholeProblem(name, value, MAX_RRULE_COUNT);
    case 'UNTIL':
      return Number.isNaN(untilOf(value).wall)
        ? 'UNTIL: expected a date or time like 20261231, 20261231T235959 or 20261231T235959Z'
        : undefined;
    case 'BYDAY':
      return value
        .split(',')
        .every((day) => Number(WEEKDAY.exec(day)?.[1] ?? (WEEKDAY.test(day) ? 0 : 99)) <= 53)
        ? undefined
        : `BYDAY: expected weekdays like MO, 2TU or -1FR with commas between, got ${value}`;
    case 'WKST':
      return /^(MO|TU|WE|TH|FR|SA|SU)$/.test(value)
        ? undefined
        : `WKST: expected a weekday like MO, got ${value}`;
    default:
      return `unknown part ${JSON.stringify(name)}: expected ${[...OTHERS, ...Object.keys(LISTS)].join(', ')}; the start is startAt`;
  }
}

const wholeProblem = (name: string, value: string, max: number): string | undefined =>
  /^\d{1,9}$/.test(value) && Number(value) >= 1 && Number(value) <= max
    ? undefined
    : `${name}: expected a whole number from 1 to ${max}, got ${value}`;

function numbersProblem(name: string, value: string, min: number, max: number): string | undefined {
  const sound = value.split(',').every((text) => {
    const number = Number(text);
    return /^[+-]?\d{1,3}$/.test(text) && number >= min && number <= max && (number !== 0 || min === 0);
  });
  if (sound) return undefined;
  const range = min < 0 ? `1 to ${max} or ${min} to -1` : `${min} to ${max}`;
  return `${name}: expected whole numbers, ${range}, with commas between, got ${value}`;
}

/** The last moment that counts, NaN when there is no such time; a date alone means all of that day. */
function untilOf(value: string): { wall: WallMs; utc: boolean } {
  const match = UNTIL.exec(value);
  const [year = 0, month = 0, day = 0, hour = 23, minute = 59, second = 59] = (match ?? [])
    .slice(1, 7)
    .map((digits) => (digits === undefined ? undefined : Number(digits)));
  const wall = Date.UTC(year, month - 1, day, hour, minute, second);
  const exists =
    match !== null &&
    new Date(wall).getUTCDate() === day &&
    new Date(wall).getUTCMonth() === month - 1 &&
    hour < 24 &&
    minute < 60 &&
    second < 60;
  return { wall: exists ? wall : Number.NaN, utc: match?.[7] === 'Z' };
}

/** At most so many local times in one period: bounds what one look costs, wherever in the period it begins. */
function candidatesOf(freq: Freq, parts: ReadonlyMap<string, string>): number {
  const size = (name: string) => new Set(parts.get(name)?.split(',') ?? ['']).size;
  const seconds = size('BYSECOND');
  const minutes = size('BYMINUTE') * seconds;
  const hours = size('BYHOUR') * minutes;
  const each = { YEARLY: 366 * hours, MONTHLY: 31 * hours, WEEKLY: 7 * hours, DAILY: hours };
  return freq === 'HOURLY' ? minutes : freq === 'MINUTELY' ? seconds : freq === 'SECONDLY' ? 1 : each[freq];
}

const stepSeconds = (freq: Freq): number =>
  freq === 'HOURLY' ? 3_600 : freq === 'MINUTELY' ? 60 : freq === 'SECONDLY' ? 1 : Number.POSITIVE_INFINITY;

/** What RFC 5545 forbids of parts that are sound by themselves, in the library's words. */
function refusalOfLibrary(recurrence: string): string | undefined {
  try {
    new RRuleTemporal({ rruleString: `DTSTART:20260101T000000Z\nRRULE:${recurrence}`, strict: true });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
