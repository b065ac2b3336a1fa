import { TemplateError } from './template/intrinsics.ts';

/**
 * EventBridge's schedule expressions, asked once a minute: cron(minute hour day-of-month month day-of-week year)
 * in UTC, and rate(n unit), which here counts from the epoch so that restarts do not move it.
 */
export type MinuteMatcher = (minuteStartAt: number) => boolean;

interface Field {
  name: string;
  min: number;
  max: number;
  names?: string[];
}
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const MINUTE: Field = { name: 'minute', min: 0, max: 59 };
const HOUR: Field = { name: 'hour', min: 0, max: 23 };
const DAY_OF_MONTH: Field = { name: 'day of month', min: 1, max: 31 };
const MONTH: Field = { name: 'month', min: 1, max: 12, names: MONTHS };
const DAY_OF_WEEK: Field = { name: 'day of week', min: 1, max: 7, names: DAYS };
const YEAR: Field = { name: 'year', min: 1970, max: 2199 };
const RATE_UNIT_MINUTES: Record<string, number> = { minute: 1, hour: 60, day: 1_440 };
const MINUTE_MS = 60_000;

export function parseScheduleExpression(expression: string, where: string): MinuteMatcher {
  const rate = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression);
  if (rate) {
    const minutes = Number(rate[1]) * (RATE_UNIT_MINUTES[rate[2] ?? ''] ?? 0);
    if (minutes > 0) return (at) => Math.floor(at / MINUTE_MS) % minutes === 0;
  }
  const fields = /^cron\((.+)\)$/.exec(expression)?.[1]?.trim().split(/\s+/);
  if (fields?.length !== 6)
    throw new TemplateError(`${where}: cannot read the schedule expression ${expression}`);
  const [minute = '', hour = '', dayOfMonth = '', month = '', dayOfWeek = '', year = ''] = fields;
  const read = (text: string, field: Field) => parseField(text, field, `${where}: ${expression}`);
  const minutes = read(minute, MINUTE);
  const hours = read(hour, HOUR);
  const daysOfMonth = read(dayOfMonth, DAY_OF_MONTH);
  const months = read(month, MONTH);
  const daysOfWeek = read(dayOfWeek, DAY_OF_WEEK);
  const years = read(year, YEAR);
  return (at) => {
    const date = new Date(at);
    return (
      minutes(date.getUTCMinutes()) &&
      hours(date.getUTCHours()) &&
      daysOfMonth(date.getUTCDate()) &&
      months(date.getUTCMonth() + 1) &&
      daysOfWeek(date.getUTCDay() + 1) &&
      years(date.getUTCFullYear())
    );
  };
}

/** Lists, ranges, steps, names, `*` and `?`; L, W and # are refused, for no clock of a scheduler needs them. */
function parseField(text: string, field: Field, where: string): (value: number) => boolean {
  const refuse = () => new TemplateError(`${where}: cannot read ${field.name} "${text}"`);
  const number = (part: string): number => {
    const named = field.names?.indexOf(part.toUpperCase()) ?? -1;
    const value = named >= 0 ? named + field.min : /^\d+$/.test(part) ? Number(part) : Number.NaN;
    if (!(value >= field.min && value <= field.max)) throw refuse();
    return value;
  };
  const ranges = text.split(',').map((part) => {
    const [base = '', step] = part.split('/');
    const [from = '', to] = base.split('-');
    const any = base === '*' || base === '?';
    const first = any ? field.min : number(from);
    const last = any || (to === undefined && step !== undefined) ? field.max : number(to ?? from);
    const every = step === undefined ? 1 : Number(step);
    if (!Number.isInteger(every) || every < 1 || last < first) throw refuse();
    return { first, last, every };
  });
  return (value) =>
    ranges.some(({ first, last, every }) => value >= first && value <= last && (value - first) % every === 0);
}
