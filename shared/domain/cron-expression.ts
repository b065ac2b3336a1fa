import { type CronExpression, CronExpressionParser } from 'cron-parser';
import type { CronRule } from './cron-rule.ts';
import { nextWall } from './cron-wall.ts';

export type CronParse = { ok: true; rule: CronRule } | { ok: false; message: string };

/** A map, since `valueOf` is a field of every object but no name of ours. */
const NICKNAMES = new Map([
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
  ['@monthly', '0 0 1 * *'],
  ['@weekly', '0 0 * * 0'],
  ['@daily', '0 0 * * *'],
  ['@hourly', '0 * * * *'],
  ['@minutely', '* * * * *'],
  ['@secondly', '* * * * * *'],
  ['@weekdays', '0 0 * * 1-5'],
  ['@weekends', '0 0 * * 0,6'],
]);

/** `@daily` → `0 0 * * *`; anything else as it is, without surrounding blanks. */
export const expandNickname = (text: string): string => NICKNAMES.get(text.trim()) ?? text.trim();

const FIELD_NAMES = ['second', 'minute', 'hour', 'day of month', 'month', 'day of week'] as const;
const RULES_KEPT = 2_000;
const rules = new Map<string, CronParse>();

/** Never throws and never takes long, whatever the text. Remembered, since every run asks for the next. */
export function parseCron(text: string): CronParse {
  const known = rules.get(text);
  if (known) return known;
  const parse = parseAnew(text);
  if (rules.size >= RULES_KEPT) rules.clear();
  rules.set(text, parse);
  return parse;
}

function parseAnew(text: string): CronParse {
  const expression = expandNickname(text);
  if (expression.startsWith('@')) {
    return refuse(`unknown name "${expression}": use one of ${[...NICKNAMES.keys()].join(', ')}`);
  }
  const fields = expression.split(/\s+/);
  if (fields.length !== 5 && fields.length !== 6) {
    const found = expression === '' ? 0 : fields.length;
    return refuse(`expected 5 fields, or 6 with seconds first, got ${found}`);
  }
  // cron-parser draws H at random on each parse; a task's own fixed offset is what jitterSeconds gives.
  const hashed = fields.find((field) => /(^|,)H(?![A-Za-z])/.test(field));
  if (hashed) return refuse(`"${hashed}": H is not supported, use jitterSeconds to spread tasks`);
  try {
    const rule = toRule(CronExpressionParser.parse(fields.join(' ')));
    // Any start will do: the search spans the whole 40-year pattern of dates and weekdays.
    return nextWall(rule, 0) === undefined ? refuse('no date ever matches') : { ok: true, rule };
  } catch (error) {
    return refuse(explain(fields, error));
  }
}

const refuse = (message: string): CronParse => ({ ok: false, message });

function toRule({ fields }: CronExpression): CronRule {
  const days = fields.dayOfMonth.values;
  const weekdays = fields.dayOfWeek.values;
  const hours = ascending(fields.hour.values);
  return {
    seconds: ascending(fields.second.values),
    minutes: ascending(fields.minute.values),
    hours,
    months: ascending(fields.month.values),
    daysOfMonth: ascending(days.filter((day) => typeof day === 'number')),
    lastDayOfMonth: fields.dayOfMonth.hasLastChar,
    anyDayOfMonth: fields.dayOfMonth.isWildcard,
    weekdays: ascending(weekdays.filter((day) => typeof day === 'number').map((day) => day % 7)),
    lastWeekdays: weekdays
      .filter((day) => typeof day === 'string')
      .map((day) => Number.parseInt(String(day), 10) % 7),
    anyWeekday: fields.dayOfWeek.isWildcard,
    nthWeekday: fields.dayOfWeek.nthDay,
    everyHour: hours.length === 24,
  };
}

const ascending = (values: readonly number[]): number[] => [...new Set(values)].sort((a, b) => a - b);

/** cron-parser's message often leaves out which field it means: the one that fails alone. */
function explain(fields: string[], error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (message === 'Invalid explicit day of month definition') {
    return 'no date ever matches: none of the months has that day';
  }
  const names = FIELD_NAMES.slice(FIELD_NAMES.length - fields.length);
  const bad = fields.findIndex((field, index) => {
    try {
      CronExpressionParser.parse(fields.map((_, other) => (other === index ? field : '*')).join(' '));
      return false;
    } catch {
      return true;
    }
  });
  return bad < 0 ? message : `${names[bad]} "${fields[bad]}": ${message}`;
}
