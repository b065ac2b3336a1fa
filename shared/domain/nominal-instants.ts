import { parseCron } from './cron-expression.ts';
import { nextWall } from './cron-wall.ts';
import { intervalFrom } from './interval.ts';
import { mergeAscending } from './merge-ascending.ts';
import { parseRrule, type RruleText } from './rrule-text.ts';
import { rruleWalls } from './rrule-walls.ts';
import {
  type CronSchedule,
  DEFAULT_DST,
  type IntervalSchedule,
  type RecurringSchedule,
  RRULE_DST,
  type RruleSchedule,
} from './schedule.ts';
import type { EpochMs } from './time.ts';
import { wallInstants } from './wall-instants.ts';
import { offsetMs } from './zone.ts';

type Instants = Generator<EpochMs, void, void>;

/** Occurrences as the schedule itself says them, before jitter: ascending, from `fromMs` (inclusive), in its bounds. */
export function* nominalInstants(schedule: RecurringSchedule, fromMs: EpochMs): Instants {
  const { startAt = Number.NEGATIVE_INFINITY, endAt = Number.POSITIVE_INFINITY } = schedule;
  for (const at of unbounded(schedule, Math.max(fromMs, startAt))) {
    if (at >= endAt) return;
    yield at;
  }
}

function unbounded(schedule: RecurringSchedule, from: EpochMs): Instants {
  switch (schedule.kind) {
    case 'cron':
      return cronInstants(schedule, from);
    case 'interval':
      return intervalInstants(schedule, from);
    case 'rrule':
      return rruleInstants(schedule, from);
  }
}

function cronInstants({ expressions, timezone, dst = DEFAULT_DST }: CronSchedule, from: EpochMs): Instants {
  const each = expressions.map((expression) => {
    const parse = parseCron(expression);
    // Schedules are checked when they are made (contract/schedule), so this is a damaged record.
    if (!parse.ok) throw new Error(`Bad cron expression "${expression}": ${parse.message}`);
    const { rule } = parse;
    return wallInstants(
      { next: (wall) => nextWall(rule, wall), rhythm: rule.everyHour },
      timezone,
      dst,
      from,
    );
  });
  return mergeAscending(each, (at) => at);
}

function* intervalInstants(schedule: IntervalSchedule, from: EpochMs): Instants {
  for (let at = intervalFrom(schedule, from); at !== null; at = intervalFrom(schedule, at + 1)) yield at;
}

function* rruleInstants(schedule: RruleSchedule, from: EpochMs): Instants {
  const parse = parseRrule(schedule.rule);
  if (!parse.ok) throw new Error(`Bad recurrence rule "${schedule.rule}": ${parse.message}`);
  const { lastAt = Number.POSITIVE_INFINITY } = schedule;
  for (const at of endlessRrule(parse.rule, schedule, from)) {
    if (at > lastAt) return;
    yield at;
  }
}

/** As if the rule had neither COUNT nor UNTIL. */
export function endlessRrule(
  rule: RruleText,
  { timezone, dst = RRULE_DST, startAt }: Pick<RruleSchedule, 'timezone' | 'dst' | 'startAt'>,
  from: EpochMs,
): Instants {
  const start = startAt + offsetMs(timezone, startAt);
  return wallInstants(rruleWalls(rule, start), timezone, dst, Math.max(from, startAt));
}

/** The n-th, n ≥ 1, or the last where there are fewer; undefined when there is none. */
export function nthOrLast(instants: Iterable<EpochMs>, n: number): EpochMs | undefined {
  let seen = 0;
  let last: EpochMs | undefined;
  for (const at of instants) {
    last = at;
    if (++seen === n) break;
  }
  return last;
}
