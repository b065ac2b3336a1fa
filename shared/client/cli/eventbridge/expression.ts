import { Temporal } from 'temporal-polyfill';
import type { Schedule } from '../../client.ts';
import { Unmapped } from './unmapped.ts';

/**
 * EventBridge Scheduler's expressions in ours
 * (https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html).
 */
export interface Timing {
  expression: string;
  timezone: string;
  startAt?: string | undefined;
  endAt?: string | undefined;
  createdAt?: string | undefined;
  /** 0: at its minute. */
  windowMinutes: number;
}

const UNIT_SECONDS: Record<string, number> = { minute: 60, hour: 3_600, day: 86_400 };

export function scheduleOf(timing: Timing, note: (text: string) => void): Schedule {
  const [, kind, inner = ''] = /^(rate|cron|at)\((.*)\)$/.exec(timing.expression.trim()) ?? [];
  const { timezone, windowMinutes, startAt, endAt } = timing;
  if (kind !== 'cron' && windowMinutes > 0)
    note(`the flexible window of ${windowMinutes} min is dropped: it runs on time`);
  const bounds = { ...(startAt ? { startAt } : {}), ...(endAt ? { endAt } : {}) };
  switch (kind) {
    case 'rate':
      return { kind: 'interval', seconds: rateSeconds(inner), ...bounds, ...beat(timing) };
    case 'at':
      return { kind: 'once', at: instantOf(inner, timezone) };
    case 'cron': {
      const { expression, years } = cronOf(inner);
      if (windowMinutes > 0)
        note(`the flexible window of ${windowMinutes} min becomes jitter: one fixed delay below that`);
      const within = years ? yearBounds(years, timezone, bounds) : bounds;
      const jitter = windowMinutes > 0 ? { jitterSeconds: windowMinutes * 60 } : {};
      return { kind: 'cron', expressions: [expression], timezone, ...within, ...jitter };
    }
    default:
      throw new Unmapped(`the expression ${timing.expression}`);
  }
}

/** Rates count from the start date, else from creation. */
const beat = ({ startAt, createdAt }: Timing) => {
  const from = startAt ?? createdAt;
  return from ? { startAt: from } : {};
};

function rateSeconds(text: string): number {
  const [, count, unit = ''] = /^(\d+)\s+(minute|hour|day)s?$/.exec(text.trim()) ?? [];
  if (count === undefined) throw new Unmapped(`the rate ${text}`);
  return Number(count) * (UNIT_SECONDS[unit] ?? 0);
}

function instantOf(local: string, timezone: string): string {
  try {
    const at = Temporal.PlainDateTime.from(local).toZonedDateTime(timezone);
    return new Date(at.epochMilliseconds).toISOString();
  } catch {
    throw new Unmapped(`the instant ${local} in ${timezone}`);
  }
}

const FIELDS = 6;
const LAST = { minute: 59, hour: 23, day: 31, month: 12, weekday: 6 };

/** Minute, hour, day, month, weekday (1 is Sunday), year → five fields, in which 0 is Sunday. */
export function cronOf(text: string): { expression: string; years?: [number, number] } {
  const fields = text.trim().split(/\s+/);
  const [minute = '', hour = '', day = '', month = '', weekday = '', year = ''] = fields;
  if (fields.length !== FIELDS) throw new Unmapped(`cron(${text}): expected ${FIELDS} fields`);
  if (/W/i.test(day)) throw new Unmapped(`W, the nearest weekday, in cron(${text})`);
  const expression = [
    stepped(minute, LAST.minute),
    stepped(hour, LAST.hour),
    stepped(day, LAST.day),
    stepped(month, LAST.month),
    stepped(weekday.replace(/^L$/i, '7').replaceAll(/\d+(?:#\d+)?|\/\d+/g, sundayIsZero), LAST.weekday),
  ].join(' ');
  const years = yearsOf(year);
  return { expression, ...(years ? { years } : {}) };
}

/** `2` → `1`, `3#2` → `2#2`; a step stays. */
const sundayIsZero = (part: string): string => {
  if (part.startsWith('/')) return part;
  const [weekday, nth] = part.split('#');
  return `${Number(weekday) - 1}${nth === undefined ? '' : `#${nth}`}`;
};

/** `?` says nothing; `5/10` begins at 5 and goes on to the end. */
const stepped = (field: string, last: number): string =>
  field
    .replaceAll('?', '*')
    .split(',')
    .map((part) => part.replace(/^(\d+)\/(\d+)$/, `$1-${last}/$2`))
    .join(',');

function yearsOf(field: string): [number, number] | undefined {
  if (field === '*' || field === '?') return undefined;
  const [, first, last = first] = /^(\d{4})(?:-(\d{4}))?$/.exec(field) ?? [];
  if (first === undefined) throw new Unmapped(`the years ${field}`);
  return [Number(first), Number(last)];
}

/** Years are bounds of the time in which it is due. */
function yearBounds(
  [first, last]: [number, number],
  timezone: string,
  given: { startAt?: string; endAt?: string },
): { startAt: string; endAt: string } {
  const newYear = (year: number) => instantOf(`${year}-01-01T00:00`, timezone);
  const [startAt, endAt] = [newYear(first), newYear(last + 1)];
  return {
    startAt: given.startAt && given.startAt > startAt ? given.startAt : startAt,
    endAt: given.endAt && given.endAt < endAt ? given.endAt : endAt,
  };
}
