import { randomUUID } from 'node:crypto';
import { parseScheduleExpression } from './schedule-expression.ts';
import type { ClockPlan } from './template/plan-functions.ts';
import { ACCOUNT_ID, REGION } from './template/resource-types.ts';

/** Fires the template's rules and schedules at the minute, by the wall clock. */
export interface Clocks {
  /** Fires all of them now, as if their minute had come. */
  fireAll(): void;
  /** When something fires next; undefined when nothing does within a day. */
  nextAt(): number | undefined;
  stop(): void;
}
export interface ClocksOptions {
  plans: ClockPlan[];
  /** Asynchronous invocation: whatever becomes of it, the clock goes on. */
  fire(functionId: string, event: unknown): void;
  /** Once a minute, for chores that no rule of the template does. */
  onMinute(nowMs: number): void;
  nowMs?(): number;
}

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;
/** A sleeping laptop stops timers, not the wall clock: look often instead of computing one long wait. */
const LOOK_EVERY_MS = 1_000;

export function startClocks({ plans, fire, onMinute, nowMs = Date.now }: ClocksOptions): Clocks {
  const clocks = plans.map((plan) => ({
    plan,
    matches: parseScheduleExpression(plan.expression, plan.logicalId),
  }));
  let lastMinute = Math.floor(nowMs() / MINUTE_MS);
  let timer: NodeJS.Timeout;

  function look(): void {
    const now = nowMs();
    const minute = Math.floor(now / MINUTE_MS);
    if (minute !== lastMinute) {
      // Minutes slept through are not made up for, as EventBridge would not; the tick looks back by itself.
      lastMinute = minute;
      for (const { plan, matches } of clocks) {
        if (matches(minute * MINUTE_MS)) fire(plan.functionId, eventOf(plan, minute * MINUTE_MS));
      }
      onMinute(now);
    }
    timer = setTimeout(look, Math.min(LOOK_EVERY_MS, MINUTE_MS - (nowMs() % MINUTE_MS)));
  }
  timer = setTimeout(look, 0);

  return {
    fireAll() {
      for (const { plan } of clocks) fire(plan.functionId, eventOf(plan, nowMs()));
    },
    nextAt() {
      const next = (Math.floor(nowMs() / MINUTE_MS) + 1) * MINUTE_MS;
      for (let at = next; at < next + DAY_MINUTES * MINUTE_MS; at += MINUTE_MS) {
        if (clocks.some(({ matches }) => matches(at))) return at;
      }
      return undefined;
    },
    stop: () => clearTimeout(timer),
  };
}

/** The event that EventBridge or Scheduler sends, unless the target names its own input. */
export function eventOf(plan: ClockPlan, at: number): unknown {
  const time = new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z');
  const executionId = randomUUID();
  if (plan.input !== undefined) {
    const filled = plan.input
      .replaceAll('<aws.scheduler.scheduled-time>', time)
      .replaceAll('<aws.scheduler.schedule-arn>', plan.arn)
      .replaceAll('<aws.scheduler.execution-id>', executionId)
      .replaceAll('<aws.scheduler.attempt-number>', '1');
    return JSON.parse(plan.kind === 'schedule' ? filled : plan.input);
  }
  return {
    version: '0',
    id: executionId,
    'detail-type': 'Scheduled Event',
    source: plan.kind === 'rule' ? 'aws.events' : 'aws.scheduler',
    account: ACCOUNT_ID,
    time,
    region: REGION,
    resources: [plan.arn],
    detail: plan.kind === 'rule' ? {} : '{}',
  };
}
