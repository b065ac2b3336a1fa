import { FIELDS, numberOf, printed, valuesOf } from './cron-fields.ts';
import { Unmapped } from './unmapped.ts';

/** What a cron expression of EventBridge Scheduler means, in our words. */
export interface Cron {
  /** Five fields, 0 is Sunday; their occurrences are united. */
  expressions: string[];
  /** In place of expressions: RFC 5545. */
  rule?: string;
  /** The first and the last; all when absent. */
  years?: [number, number];
}

const HOURS = 24;
const COUNT = 6;

/**
 * Minute, hour, day, month, weekday (1 is Sunday), year.
 * @param zoned - local times of a zone whose clock may change: there each of them comes once, as it does here for expressions
 *   of certain hours; one of all hours would follow the elapsed time, so it is said in two halves
 */
export function cronOf(text: string, zoned = false): Cron {
  const fields = text.trim().toUpperCase().split(/\s+/);
  if (fields.length !== COUNT) throw new Unmapped(`cron(${text}): expected ${COUNT} fields`);
  const [minute = '', hour = '', day = '', month = '', weekday = '', year = ''] = fields.map((field) =>
    field === '?' ? '*' : field,
  );
  const [minutes, hours] = [valuesOf(items(minute), FIELDS.minute), valuesOf(items(hour), FIELDS.hour)];
  const months = valuesOf(items(month), FIELDS.month);
  const within = yearsOf(year);
  const years = within ? { years: within } : {};
  if (day !== '*' && weekday !== '*')
    throw new Unmapped(`cron(${text}): day of month and day of week, of which there one must be ?`);
  if (/W/.test(day)) return { expressions: [], rule: workdayRule(day, months, hours, minutes), ...years };
  const halves = zoned && hours.length === HOURS ? ['0-11', '12-23'] : [printed(hours, FIELDS.hour)];
  const days =
    day === '*' ? weekdaysOf(weekday).map((one) => ['*', one]) : daysOf(day).map((one) => [one, '*']);
  const expressions = halves.flatMap((half) =>
    days.map(([ofMonth, ofWeek]) =>
      [printed(minutes, FIELDS.minute), half, ofMonth, printed(months, FIELDS.month), ofWeek].join(' '),
    ),
  );
  return { expressions, ...years };
}

const items = (field: string): string[] => field.split(',');

function daysOf(field: string): string[] {
  const [last, plain] = split(field, /^L$/);
  const values = valuesOf(plain, FIELDS.day);
  return [...(values.length > 0 ? [printed(values, FIELDS.day)] : []), ...last];
}

const ON_SATURDAY = '6';

/** L alone is Saturday, 6L the last Friday of the month, 3#2 its second Tuesday. */
function weekdaysOf(field: string): string[] {
  const [special, plain] = split(field, /L$|#/);
  const values = valuesOf(plain, FIELDS.weekday).map((value) => value - 1);
  const each = special.map((item) => {
    if (item === 'L') return ON_SATURDAY;
    const [, day = '', rest = ''] = /^([A-Z0-9]+?)(L|#[1-5])$/.exec(item) ?? [];
    return `${numberOf(day, FIELDS.weekday) - 1}${rest}`;
  });
  return [...(values.length > 0 ? [printed(values, { first: 0, last: 6 })] : []), ...each];
}

/** Those that match, and the others. */
function split(field: string, special: RegExp): [string[], string[]] {
  const all = items(field);
  return [all.filter((item) => special.test(item)), all.filter((item) => !special.test(item))];
}

/** The first and the last working day of a month are a recurrence rule, as long as it is at one time of day. */
function workdayRule(
  day: string,
  months: readonly number[],
  hours: readonly number[],
  minutes: readonly number[],
): string {
  const position = { '1W': 1, LW: -1, WL: -1 }[day];
  if (position === undefined || hours.length > 1 || minutes.length > 1)
    throw new Unmapped(
      `${day} as the day of month: of W, the nearest weekday, there is here 1W and LW at one time of day; make tasks of the dates that are meant`,
    );
  const some = months.length < FIELDS.month.last ? `;BYMONTH=${months.join(',')}` : '';
  return `FREQ=MONTHLY${some};BYDAY=MO,TU,WE,TH,FR;BYSETPOS=${position};BYHOUR=${hours[0]};BYMINUTE=${minutes[0]};BYSECOND=0`;
}

function yearsOf(field: string): [number, number] | undefined {
  const years = valuesOf(items(field), FIELDS.year);
  const [first = 0] = years;
  const last = years.at(-1) ?? first;
  if (last - first + 1 !== years.length)
    throw new Unmapped(
      `the years ${field}, between which there are others; make a task of each span of years`,
    );
  return years.length === FIELDS.year.last - FIELDS.year.first + 1 ? undefined : [first, last];
}
