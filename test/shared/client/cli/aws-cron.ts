/**
 * Cron expressions of EventBridge Scheduler read naively, to check the mapping against: every local minute of a day is asked
 * whether the expression means it, by the service's own documentation and without anything of ours.
 */
const DAY = 86_400_000;
const HOUR = 3_600_000;
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

function means(
  field: string,
  value: number,
  first: number,
  last: number,
  names: readonly string[] = [],
): boolean {
  const read = (text: string) => (names.includes(text) ? names.indexOf(text) + 1 : Number(text));
  return field.split(',').some((item) => {
    const [range = '', step] = item.split('/');
    const [from = '', to] = range.split('-');
    const begin = from === '*' ? first : read(from);
    const end = to !== undefined ? read(to) : from === '*' || step !== undefined ? last : begin;
    return value >= begin && value <= end && (value - begin) % Number(step ?? 1) === 0;
  });
}

const monthDays = (day: Date) =>
  new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 0)).getUTCDate();

function meansDate(field: string, day: Date): boolean {
  const date = day.getUTCDate();
  const last = monthDays(day);
  if (field === 'L') return date === last;
  if (field === '1W' || field === 'LW') {
    const workdays = Array.from({ length: last }, (_, at) => at + 1).filter((of) => {
      const weekday = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), of)).getUTCDay();
      return weekday > 0 && weekday < 6;
    });
    return date === (field === '1W' ? workdays[0] : workdays.at(-1));
  }
  return means(field, date, 1, 31);
}

function meansWeekday(field: string, day: Date): boolean {
  const weekday = day.getUTCDay() + 1;
  const [, of, nth] = /^(\w+)#(\d)$/.exec(field) ?? [];
  if (of !== undefined)
    return means(of, weekday, 1, 7, WEEKDAYS) && Math.ceil(day.getUTCDate() / 7) === Number(nth);
  const [, last] = /^(\w+)L$/.exec(field) ?? [];
  if (last !== undefined)
    return means(last, weekday, 1, 7, WEEKDAYS) && day.getUTCDate() > monthDays(day) - 7;
  return means(field === 'L' ? '7' : field, weekday, 1, 7, WEEKDAYS);
}

function dayIsMeant(
  [, , date = '', month = '', weekday = '', year = '']: readonly string[],
  day: Date,
): boolean {
  if (!means(year, day.getUTCFullYear(), 1970, 2199)) return false;
  if (!means(month, day.getUTCMonth() + 1, 1, 12, MONTHS)) return false;
  return weekday === '?' ? meansDate(date, day) : meansWeekday(weekday, day);
}

/** Instants in [from, to): a local time that does not exist is left out, one that comes twice is met the first time. */
export function awsCronInstants(expression: string, timezone: string, from: number, to: number): number[] {
  const fields = expression.split(' ');
  const clock = clockOf(timezone, from - 2 * DAY, to + 2 * DAY);
  const minutes = Array.from({ length: 1_440 }, (_, at) => at).filter(
    (at) => means(fields[0] ?? '', at % 60, 0, 59) && means(fields[1] ?? '', Math.floor(at / 60), 0, 23),
  );
  const found: number[] = [];
  for (let day = Math.floor(from / DAY) * DAY - DAY; day < to + DAY; day += DAY) {
    if (!dayIsMeant(fields, new Date(day))) continue;
    for (const minute of minutes) {
      const at = clock(day + minute * 60_000);
      if (at !== undefined && at >= from && at < to) found.push(at);
    }
  }
  return found;
}

type Clock = (wall: number) => number | undefined;
const clocks = new Map<string, Clock>();

function clockOf(timezone: string, from: number, to: number): Clock {
  const key = `${timezone} ${from} ${to}`;
  const clock = clocks.get(key) ?? makeClock(timezone, from, to);
  clocks.set(key, clock);
  return clock;
}

/** Local time (as if UTC) to the first instant that shows it, by asking the platform what each half hour shows. */
function makeClock(timezone: string, from: number, to: number): Clock {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  const offsetAt = (at: number) => {
    const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    return Date.UTC(part.year ?? 0, (part.month ?? 1) - 1, part.day, part.hour, part.minute) - at;
  };
  // Clocks change at whole half hours.
  const first = Math.floor(from / (HOUR / 2));
  const offsets = Array.from({ length: Math.ceil((to - from) / (HOUR / 2)) + 1 }, (_, at) =>
    offsetAt((first + at) * (HOUR / 2)),
  );
  const known = [...new Set(offsets)].sort((a, b) => b - a);
  return (wall) =>
    known
      .map((offset) => ({ at: wall - offset, offset }))
      .find(({ at, offset }) => offsets[Math.floor(at / (HOUR / 2)) - first] === offset)?.at;
}
