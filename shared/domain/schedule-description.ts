import cronstrue from 'cronstrue';
import { RRuleTemporal } from 'rrule-temporal';
import { toText } from 'rrule-temporal/totext';
import { calendarsOf } from './calendar.ts';
import { expandNickname } from './cron-expression.ts';
import { parseRrule } from './rrule-text.ts';
import type { CalendarMode, CronSchedule, RruleSchedule, Schedule } from './schedule.ts';
import { type EpochMs, toIso } from './time.ts';
import { offsetMs } from './zone.ts';

/** A schedule in plain English: `At 09:00, Monday through Friday (Europe/Paris)`. Instants are UTC. */
export function describeSchedule(schedule: Schedule): string {
  switch (schedule.kind) {
    case 'cron':
      return `${schedule.expressions.map(describeCron).join('; and ')}${where(schedule)}${bounds(schedule)}${days(schedule)}`;
    case 'rrule':
      return `${describeRrule(schedule)}${where(schedule)}${bounds(schedule)}${days(schedule)}`;
    case 'interval':
      return `Every ${seconds(schedule.seconds)}${bounds(schedule)}${days(schedule)}`;
    case 'once':
      return `Once, at ${shortIso(schedule.at)}`;
    case 'now':
      return 'Once, immediately';
  }
}

function describeCron(expression: string): string {
  const text = expandNickname(expression);
  try {
    return cronstrue.toString(text, { use24HourTimeFormat: true });
  } catch {
    // A few spellings that cron-parser takes are unknown to cronstrue; the expression itself is then the best text.
    return `Cron ${text}`;
  }
}

/** Times of day are local ones, so the rule is told as if in UTC. */
function describeRrule({ rule, timezone, startAt }: RruleSchedule): string {
  const parse = parseRrule(rule);
  if (!parse.ok) return `Rule ${rule}`;
  const start = toIso(startAt + offsetMs(timezone, startAt))
    .slice(0, 19)
    .replaceAll(/[-:]/g, '');
  const rruleString = `DTSTART:${start}Z\nRRULE:${parse.rule.recurrence}`;
  const text = toText(new RRuleTemporal({ rruleString }), 'en', { excludeTzAbbreviation: true });
  const { count, until } = parse.rule;
  const times = count === undefined ? '' : `, ${count} time${count === 1 ? '' : 's'}`;
  const last = until === undefined ? '' : `, last at ${shortIso(until.wall).slice(0, until.utc ? 20 : 19)}`;
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${times}${last}`;
}

/** `, skipped on days of holidays, moved to the next open day from days of weekend` */
function days(schedule: Schedule): string {
  const named = (mode: CalendarMode) =>
    calendarsOf(schedule)
      .filter((use) => use.mode === mode)
      .map(({ id }) => id)
      .join(' and ');
  const [skipped, shifted] = [named('skip'), named('shift')];
  return (
    (skipped === '' ? '' : `, skipped on days of ${skipped}`) +
    (shifted === '' ? '' : `, moved to the next open day from days of ${shifted}`)
  );
}

const where = ({ timezone, jitterSeconds }: CronSchedule | RruleSchedule): string =>
  ` (${timezone})${jitterSeconds > 0 ? `, delayed by up to ${seconds(jitterSeconds)}` : ''}`;

const bounds = ({ startAt, endAt }: { startAt?: EpochMs; endAt?: EpochMs }): string =>
  (startAt === undefined ? '' : `, from ${shortIso(startAt)}`) +
  (endAt === undefined ? '' : `, until ${shortIso(endAt)}`);

const shortIso = (at: EpochMs): string => toIso(at).replace('.000Z', 'Z');

const UNITS: readonly [string, number][] = [
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];

/** `90` → `1 minute 30 seconds` */
function seconds(total: number): string {
  let rest = total;
  const words: string[] = [];
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) words.push(`${count} ${unit}${count === 1 ? '' : 's'}`);
  }
  return words.join(' ');
}
