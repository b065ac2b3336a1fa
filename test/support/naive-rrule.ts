/**
 * RFC 5545 §3.3.10 read naively, to check the real thing against: every local minute (or day) is asked whether the
 * rule means it, without any search. Parts that the rule leaves out are filled in from the start as the RFC says.
 */
const DAY = 86_400_000;
const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];

export interface NaiveRule {
  FREQ: 'YEARLY' | 'MONTHLY' | 'WEEKLY' | 'DAILY';
  INTERVAL?: number;
  BYMONTH?: number[];
  BYMONTHDAY?: number[];
  BYYEARDAY?: number[];
  BYWEEKNO?: number[];
  BYDAY?: { n: number; day: string }[];
  BYHOUR?: number[];
  BYMINUTE?: number[];
  BYSETPOS?: number[];
}

export const ruleText = (rule: NaiveRule): string =>
  Object.entries(rule)
    .map(([name, value]) => `${name}=${[value].flat().map(valueText).join(',')}`)
    .join(';');
const valueText = (value: unknown): string =>
  typeof value === 'object' && value !== null && 'day' in value && 'n' in value
    ? `${value.n === 0 ? '' : value.n}${value.day}`
    : String(value);

/** Local times (as if UTC) of the rule in [start, until). */
export function naiveWalls(rule: NaiveRule, start: number, until: number): number[] {
  const begin = new Date(start);
  const hours = rule.BYHOUR ?? [begin.getUTCHours()];
  const minutes = rule.BYMINUTE ?? [begin.getUTCMinutes()];
  const times = hours
    .flatMap((hour) => minutes.map((minute) => hour * 60 + minute))
    .sort((a, b) => a - b)
    .map((minute) => minute * 60_000 + begin.getUTCSeconds() * 1_000);
  const periods = new Map<number, number[]>();
  const firstDay = Math.floor(start / DAY) * DAY;
  for (let day = firstDay - 366 * DAY; day < until + 366 * DAY; day += DAY) {
    const period = periodOf(rule.FREQ, day) - periodOf(rule.FREQ, firstDay);
    if (period % (rule.INTERVAL ?? 1) !== 0 || !dayMatches(rule, day, begin)) continue;
    periods.set(period, [...(periods.get(period) ?? []), ...times.map((time) => day + time)]);
  }
  return [...periods.values()]
    .flatMap((walls) => {
      const { BYSETPOS } = rule;
      if (!BYSETPOS) return walls;
      return walls.filter((_, at) => BYSETPOS.includes(at + 1) || BYSETPOS.includes(at - walls.length));
    })
    .filter((wall) => wall >= start && wall < until)
    .sort((a, b) => a - b);
}

/** Weeks begin on Monday. */
function periodOf(freq: NaiveRule['FREQ'], day: number): number {
  const date = new Date(day);
  if (freq === 'YEARLY') return date.getUTCFullYear();
  if (freq === 'MONTHLY') return date.getUTCFullYear() * 12 + date.getUTCMonth();
  return freq === 'WEEKLY' ? Math.floor((day / DAY + 3) / 7) : day / DAY;
}

function dayMatches(rule: NaiveRule, day: number, begin: Date): boolean {
  const date = new Date(day);
  const { FREQ, BYMONTH, BYMONTHDAY, BYYEARDAY, BYWEEKNO, BYDAY } = rule;
  const byDay = BYDAY !== undefined;
  const year = date.getUTCFullYear();
  const month = date.getUTCMonth();
  const inMonth = span(Date.UTC(year, month, 1), Date.UTC(year, month + 1, 1));
  const inYear = span(Date.UTC(year, 0, 1), Date.UTC(year + 1, 0, 1));
  const dated = BYMONTHDAY !== undefined || BYYEARDAY !== undefined;
  const ordinalIn = FREQ === 'MONTHLY' || BYMONTH ? inMonth : inYear;

  if (BYMONTH && !BYMONTH.includes(month + 1)) return false;
  if (BYMONTHDAY && !fromEitherEnd(BYMONTHDAY, day, inMonth)) return false;
  if (BYYEARDAY && !fromEitherEnd(BYYEARDAY, day, inYear)) return false;
  if (BYWEEKNO && !weekMatches(BYWEEKNO, day)) return false;
  if (byDay) {
    const here = BYDAY.filter(({ day: name }) => name === WEEKDAYS[date.getUTCDay()]);
    if (!here.some(({ n }) => n === 0 || nthMatches(n, day, ordinalIn))) return false;
  }
  if (FREQ === 'WEEKLY') return byDay || date.getUTCDay() === begin.getUTCDay();
  if (FREQ === 'MONTHLY') return byDay || dated || date.getUTCDate() === begin.getUTCDate();
  if (FREQ === 'YEARLY') {
    if (byDay || dated) return true;
    if (BYWEEKNO) return date.getUTCDay() === begin.getUTCDay();
    return (
      date.getUTCDate() === begin.getUTCDate() && (BYMONTH !== undefined || month === begin.getUTCMonth())
    );
  }
  return true;
}

interface DaySpan {
  first: number;
  length: number;
}
const span = (first: number, next: number): DaySpan => ({ first, length: (next - first) / DAY });

const fromEitherEnd = (numbers: number[], day: number, { first, length }: DaySpan): boolean => {
  const at = (day - first) / DAY;
  return numbers.includes(at + 1) || numbers.includes(at - length);
};

const nthMatches = (n: number, day: number, { first, length }: DaySpan): boolean => {
  const at = (day - first) / DAY;
  return n > 0 ? Math.floor(at / 7) + 1 === n : Math.floor((length - 1 - at) / 7) + 1 === -n;
};

/** ISO weeks of the year that the week belongs to. */
function weekMatches(numbers: number[], day: number): boolean {
  const thursday = Math.floor((day / DAY + 3) / 7) * 7 * DAY;
  const year = new Date(thursday).getUTCFullYear();
  const week = Math.floor((thursday - Date.UTC(year, 0, 1)) / DAY / 7) + 1;
  const lastThursday = Math.floor((Date.UTC(year, 11, 28) / DAY + 3) / 7) * 7 * DAY;
  const weeks = Math.floor((lastThursday - Date.UTC(year, 0, 1)) / DAY / 7) + 1;
  return numbers.includes(week) || numbers.includes(week - weeks - 1);
}
