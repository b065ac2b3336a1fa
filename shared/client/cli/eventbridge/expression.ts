import { Temporal } from 'temporal-polyfill';
import type { Schedule } from '../../client.ts';
import { cronOf } from './cron-of.ts';
import type { Differs } from './parts.ts';
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
  /** Later than its creation. */
  changed?: boolean | undefined;
  /** 0: at its minute. */
  windowMinutes: number;
}

export const UNIT_SECONDS: Record<string, number> = { minute: 60, hour: 3_600, day: 86_400 };
/** There a local time that does not exist is left out, and one that comes twice is met the first time. */
const DST = { gap: 'skip', repeat: 'first' } as const;
const WITHOUT_CHANGES = /^(?:Etc\/)?(?:UTC|GMT|Zulu|UCT|Universal)$/i;

export function scheduleOf(timing: Timing, differs: Differs): Schedule {
  const [, kind, inner = ''] = /^(rate|cron|at)\((.*)\)$/.exec(timing.expression.trim()) ?? [];
  const { startAt, endAt, windowMinutes } = timing;
  const bounds = { ...(startAt ? { startAt } : {}), ...(endAt ? { endAt } : {}) };
  if (kind !== 'cron' && windowMinutes > 0)
    differs('flexible window', `${windowMinutes} min: it runs at the window's beginning`);
  switch (kind) {
    case 'rate':
      return { kind: 'interval', seconds: rateSeconds(inner), ...bounds, ...beat(timing, differs) };
    case 'at':
      return { kind: 'once', at: onceOf(inner, timing.timezone, differs) };
    case 'cron':
      return cronSchedule(inner, timing, bounds, differs);
    default:
      throw new Unmapped(`the expression ${timing.expression} is neither cron(…), rate(…) nor at(…)`);
  }
}

type Bounds = { startAt?: string; endAt?: string };

function cronSchedule(text: string, timing: Timing, bounds: Bounds, differs: Differs): Schedule {
  const { timezone, windowMinutes, createdAt } = timing;
  requireZone(timezone);
  const zoned = !WITHOUT_CHANGES.test(timezone);
  const { expressions, rule, years } = cronOf(text, zoned);
  if (windowMinutes > 0)
    differs('flexible window', `${windowMinutes} min: jitter, one fixed delay of this task below that`);
  const within = years ? yearBounds(years, timezone, bounds) : bounds;
  const jitter = windowMinutes > 0 ? { jitterSeconds: windowMinutes * 60 } : {};
  if (rule === undefined)
    return { kind: 'cron', expressions, timezone, ...(zoned ? { dst: DST } : {}), ...within, ...jitter };
  const begin = within.startAt ?? createdAt;
  return {
    kind: 'rrule',
    rule,
    timezone,
    ...within,
    ...(begin ? { startAt: wholeMinute(begin) } : {}),
    ...jitter,
  };
}

/** Rates count from the start date, else from creation. */
function beat({ startAt, createdAt, changed }: Timing, differs: Differs): Bounds {
  if (startAt !== undefined) return { startAt };
  if (createdAt === undefined) return {};
  if (changed)
    differs(
      'rate',
      'without a start date: counted from its creation; it was changed since, which may have begun it anew',
    );
  return { startAt: createdAt };
}

function rateSeconds(text: string): number {
  const [, count, unit = ''] = /^([1-9]\d*)\s+(minute|hour|day)s?$/.exec(text.trim()) ?? [];
  if (count === undefined) throw new Unmapped(`the rate ${text} is not understood`);
  return Number(count) * (UNIT_SECONDS[unit] ?? 0);
}

function onceOf(local: string, timezone: string, differs: Differs): string {
  const at = zonedOf(local, timezone);
  const later = zonedOf(local, timezone, 'later');
  if (at.epochMilliseconds !== later.epochMilliseconds)
    differs('at', `${local} comes twice in ${timezone}: it runs the first time`);
  if (!at.toPlainDateTime().equals(Temporal.PlainDateTime.from(local)))
    differs('at', `${local} does not exist in ${timezone}: it runs at ${at.toPlainDateTime()}`);
  return isoOf(at);
}

const isoOf = (at: Temporal.ZonedDateTime): string => new Date(at.epochMilliseconds).toISOString();
const wholeMinute = (at: string): string => `${at.slice(0, 16)}:00.000Z`;

function zonedOf(
  local: string,
  timezone: string,
  disambiguation: 'compatible' | 'later' = 'compatible',
): Temporal.ZonedDateTime {
  try {
    return Temporal.PlainDateTime.from(local).toZonedDateTime(timezone, { disambiguation });
  } catch {
    throw new Unmapped(`the instant ${local} in ${timezone} is not understood`);
  }
}

function requireZone(timezone: string): void {
  zonedOf('2026-01-01T00:00', timezone);
}

/** Years that users may write here. */
const [FIRST_YEAR, LAST_YEAR] = [1970, 2100];

/** Years are bounds of the time in which it is due. */
function yearBounds([first, last]: [number, number], timezone: string, given: Bounds): Bounds {
  const newYear = (year: number) => isoOf(zonedOf(`${year}-01-01T00:00`, timezone));
  const starts = [given.startAt, first > FIRST_YEAR ? newYear(Math.min(first, LAST_YEAR)) : undefined];
  const ends = [given.endAt, last < LAST_YEAR ? newYear(last + 1) : undefined];
  const startAt = starts
    .filter((at) => at !== undefined)
    .sort()
    .at(-1);
  const [endAt] = ends.filter((at) => at !== undefined).sort();
  return { ...(startAt ? { startAt } : {}), ...(endAt ? { endAt } : {}) };
}
