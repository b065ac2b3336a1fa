import { Unmapped } from './unmapped.ts';

/** One of the six fields of a cron expression of EventBridge Scheduler. */
export interface Field {
  name: string;
  first: number;
  last: number;
  names?: readonly string[];
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

export const FIELDS = {
  minute: { name: 'minute', first: 0, last: 59 },
  hour: { name: 'hour', first: 0, last: 23 },
  day: { name: 'day of month', first: 1, last: 31 },
  month: { name: 'month', first: 1, last: 12, names: MONTHS },
  /** 1 is Sunday. */
  weekday: { name: 'day of week', first: 1, last: 7, names: WEEKDAYS },
  year: { name: 'year', first: 1970, last: 2199 },
} as const satisfies Record<string, Field>;

const ITEM = /^(\*|[A-Z0-9]+)(?:-([A-Z0-9]+))?(?:\/(\d+))?$/;

/** Everything that a list of values, ranges and steps means, ascending. A range may lead over the end: `FRI-MON`. */
export function valuesOf(items: readonly string[], field: Field): number[] {
  const found = new Set<number>();
  for (const item of items) {
    const [, from = '', to, step] = ITEM.exec(item) ?? [];
    if (from === '' || (from === '*' && to !== undefined)) throw unknown(item, field);
    const first = from === '*' ? field.first : numberOf(from, field);
    // 5/10 begins at 5 and goes on to the end.
    const last = to !== undefined ? numberOf(to, field) : from === '*' || step ? field.last : first;
    const by = step === undefined ? 1 : Number(step);
    if (by < 1) throw unknown(item, field);
    const size = field.last - field.first + 1;
    const span = last >= first ? last - first : last - first + size;
    for (let at = 0; at <= span; at += by) found.add(field.first + ((first - field.first + at) % size));
  }
  return [...found].sort((a, b) => a - b);
}

export function numberOf(text: string, field: Field): number {
  const named = field.names?.indexOf(text) ?? -1;
  const value = named >= 0 ? named + field.first : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= field.first && value <= field.last)) throw unknown(text, field);
  return value;
}

const unknown = (text: string, { name }: Field) => new Unmapped(`${text} as the ${name} is not understood`);

const ENOUGH_FOR_A_RANGE = 3;

/** As short as five fields can say it. */
export function printed(values: readonly number[], { first, last }: Pick<Field, 'first' | 'last'>): string {
  const [from = first] = values;
  const to = values.at(-1) ?? from;
  const step = (values[1] ?? from) - from;
  const even = values.length >= ENOUGH_FOR_A_RANGE && values.every((value, at) => value === from + at * step);
  if (!even) return values.join(',');
  if (from === first && to + step > last) return step === 1 ? '*' : `*/${step}`;
  return step === 1 ? `${from}-${to}` : `${from}-${to}/${step}`;
}
