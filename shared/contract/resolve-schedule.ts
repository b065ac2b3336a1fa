import { parseCron } from '../domain/cron-expression.ts';
import type { FieldProblem } from '../domain/errors.ts';
import { jitterOffsetMs } from '../domain/jitter-offset.ts';
import { MAX_INSTANT_EXCLUSIVE_MS } from '../domain/limits.ts';
import { firstOccurrence } from '../domain/next-occurrence.ts';
import { DEFAULT_DST, type DstRule, type Schedule } from '../domain/schedule.ts';
import { type EpochMs, fromIso, SECOND_MS } from '../domain/time.ts';
import { isTimeZone } from '../domain/zone.ts';
import { type ScheduleInput, scheduleToWire } from './schedule.ts';

export interface ResolveContext {
  nowMs: EpochMs;
  tenant: string;
  taskId: string;
  misfireGraceSeconds: number;
  /**
   * The task's present schedule, when it is being replaced. Saying the same again changes nothing: an interval
   * without startAt keeps its beat, `now` does not run again, and a schedule that has run out is no error.
   */
  previous?: Schedule;
}

export type ResolvedSchedule = { ok: true; schedule: Schedule } | { ok: false; errors: FieldProblem[] };

/** From what a user wrote to what the scheduler keeps, or everything that is wrong with it at once. */
export function resolveSchedule(input: ScheduleInput, context: ResolveContext): ResolvedSchedule {
  const errors: FieldProblem[] = [...cronProblems(input), ...boundsProblems(input)];
  if (errors.length > 0) return { ok: false, errors };
  const schedule = toSchedule(input, context);
  const problem = isSame(schedule, context.previous) ? undefined : futureProblem(schedule, context);
  return problem ? { ok: false, errors: [problem] } : { ok: true, schedule };
}

function toSchedule(input: ScheduleInput, context: ResolveContext): Schedule {
  const { nowMs, tenant, taskId, previous } = context;
  switch (input.kind) {
    case 'cron': {
      const { expressions, timezone, jitterSeconds } = input;
      const offsetMs = jitterOffsetMs(tenant, taskId, jitterSeconds);
      const trimmed = expressions.map((expression) => expression.trim());
      return {
        kind: 'cron',
        expressions: trimmed,
        timezone,
        ...unusualDst(input.dst),
        ...epoch(input),
        jitterSeconds,
        jitterOffsetMs: offsetMs,
      };
    }
    case 'interval': {
      const kept = previous?.kind === 'interval' && previous.seconds === input.seconds ? previous : undefined;
      return {
        kind: 'interval',
        seconds: input.seconds,
        startAt: kept?.startAt ?? nowMs,
        ...epoch(input),
      };
    }
    case 'once':
      return {
        kind: 'once',
        at: input.at === undefined ? nowMs + (input.delaySeconds ?? 0) * SECOND_MS : fromIso(input.at),
      };
    case 'now':
      return { kind: 'now', at: previous?.kind === 'now' ? previous.at : nowMs };
  }
}

/** The default is not kept, so that saying it and not saying it are the same schedule. */
const unusualDst = (dst: DstRule | undefined): { dst?: DstRule } =>
  dst === undefined || (dst.gap === DEFAULT_DST.gap && dst.repeat === DEFAULT_DST.repeat) ? {} : { dst };

const epoch = ({ startAt, endAt }: { startAt?: string | undefined; endAt?: string | undefined }) => ({
  ...(startAt === undefined ? {} : { startAt: fromIso(startAt) }),
  ...(endAt === undefined ? {} : { endAt: fromIso(endAt) }),
});

function cronProblems(input: ScheduleInput): FieldProblem[] {
  if (input.kind !== 'cron') return [];
  const problems = input.expressions.flatMap((expression, index): FieldProblem[] => {
    const parse = parseCron(expression);
    return parse.ok ? [] : [{ path: `schedule.expressions[${index}]`, message: parse.message }];
  });
  if (!isTimeZone(input.timezone)) {
    const message = `unknown time zone "${input.timezone}": expected a name like Europe/Paris or UTC`;
    problems.push({ path: 'schedule.timezone', message });
  }
  return problems;
}

function boundsProblems(input: ScheduleInput): FieldProblem[] {
  if (!('startAt' in input || 'endAt' in input)) return [];
  const { startAt, endAt } = epoch(input);
  if (startAt === undefined || endAt === undefined || endAt > startAt) return [];
  return [{ path: 'schedule.endAt', message: 'expected an instant after startAt' }];
}

function futureProblem(schedule: Schedule, context: ResolveContext): FieldProblem | undefined {
  const { nowMs, misfireGraceSeconds } = context;
  if (schedule.kind !== 'cron' && schedule.kind !== 'interval') {
    if (schedule.at >= MAX_INSTANT_EXCLUSIVE_MS) {
      return { path: 'schedule.delaySeconds', message: 'expected an instant in the years 1970 to 2100' };
    }
    if (nowMs - schedule.at < misfireGraceSeconds * SECOND_MS) return undefined;
    const message = `expected an instant less than ${misfireGraceSeconds} seconds in the past (misfireGraceSeconds)`;
    return { path: 'schedule.at', message };
  }
  if (firstOccurrence(schedule, nowMs) !== null) return undefined;
  return schedule.endAt !== undefined && schedule.endAt <= nowMs
    ? { path: 'schedule.endAt', message: 'expected an instant in the future: no occurrence is left' }
    : { path: 'schedule', message: 'no occurrence is left between startAt, now and endAt' };
}

const isSame = (schedule: Schedule, previous: Schedule | undefined): boolean =>
  previous !== undefined &&
  JSON.stringify(scheduleToWire(schedule)) === JSON.stringify(scheduleToWire(previous));
