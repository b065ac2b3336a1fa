import type { GetScheduleOutput } from '@aws-sdk/client-scheduler';
import type { TaskInput } from '../../client.ts';
import { scheduleOf } from './expression.ts';
import { hasLongNumber, hasPlaceholders, payloadOf } from './input.ts';
import { type Differs, openParts, type Part } from './parts.ts';
import { type Receiver, receiverOf } from './targets.ts';
import { originTag, taskIdOf } from './task-id.ts';
import { Unmapped } from './unmapped.ts';

export interface Mapped {
  id: string;
  parts: Part[];
  /** Absent when a part does not map. */
  input?: TaskInput;
  /** It has run for the last time. */
  over: boolean;
}
/** Handlers that take the place of targets, by ARN. */
export type Handlers = ReadonlyMap<string, string>;

/** Tag of tasks that were imported. */
export const IMPORTED = 'eventbridge';
const MAX_NAME = 128;
const MAX_DESCRIPTION = 1_024;

/** A schedule as a task that does the same, with all that maps, that differs, and that does not. */
export function mapSchedule(schedule: GetScheduleOutput, handlers: Handlers, nowMs: number): Mapped {
  const id = idOf(schedule);
  const parts = openParts();
  const { differs } = parts;
  const target = schedule.Target;
  const timing = parts.made('schedule', summaryOf, () => scheduleOf(timingOf(schedule), differs));
  const handler = handlers.get(target?.Arn ?? '');
  const receiver = parts.made<Partial<Receiver>>(
    'target',
    ({ target: to }) => `${target?.Arn} → ${to?.type ?? handler}`,
    () => {
      if (!target?.Arn) throw new Unmapped('a schedule without a target');
      return handler === undefined ? receiverOf(target, differs) : { input: target.Input };
    },
  );
  const payload = parts.made(
    'input',
    () => 'the payload',
    () => inputPayload(receiver?.input, schedule.Arn ?? '', differs),
  );
  const retry = parts.made(
    'retries',
    () => 'none',
    () => retryOf(schedule, differs),
  );
  otherParts(schedule, differs);
  const over = isOver(schedule, timing, nowMs);
  if (timing === undefined || receiver === undefined || retry === undefined || parts.isBroken())
    return { id, parts: parts.list, over };
  const input: TaskInput = {
    name: id.slice(0, MAX_NAME),
    ...(schedule.Description ? { description: schedule.Description.slice(0, MAX_DESCRIPTION) } : {}),
    ...(handler === undefined ? {} : { handler }),
    ...(receiver.target === undefined ? {} : { target: receiver.target }),
    payload,
    schedule: timing,
    tags: [IMPORTED, originTag(schedule.Arn ?? '')],
    // There a schedule does not wait for the run before.
    overlap: 'allow',
    retry,
  };
  return { id, parts: parts.list, input, over };
}

export const idOf = ({ GroupName = 'default', Name = '' }: GetScheduleOutput): string =>
  taskIdOf(GroupName, Name);

const windowOf = ({ FlexibleTimeWindow: window }: GetScheduleOutput): number =>
  window?.Mode === 'FLEXIBLE' ? (window.MaximumWindowInMinutes ?? 0) : 0;

const NEW_MS = 1_000;

function timingOf(schedule: GetScheduleOutput) {
  const { CreationDate: created, LastModificationDate: changed } = schedule;
  return {
    expression: schedule.ScheduleExpression ?? '',
    timezone: schedule.ScheduleExpressionTimezone ?? 'UTC',
    startAt: schedule.StartDate?.toISOString(),
    endAt: schedule.EndDate?.toISOString(),
    createdAt: created?.toISOString(),
    changed: created !== undefined && changed !== undefined && changed.getTime() - created.getTime() > NEW_MS,
    windowMinutes: windowOf(schedule),
  };
}

function summaryOf(schedule: TaskInput['schedule']): string {
  switch (schedule.kind) {
    case 'cron':
      return `${schedule.expressions.join(', ')} ${schedule.timezone}`;
    case 'rrule':
      return `${schedule.rule} ${schedule.timezone}`;
    case 'interval':
      return `every ${schedule.seconds} s`;
    case 'once':
      return `once, ${schedule.at}`;
    case 'now':
      return 'now';
  }
}

function isOver(
  { EndDate }: GetScheduleOutput,
  timing: TaskInput['schedule'] | undefined,
  nowMs: number,
): boolean {
  if (timing?.kind === 'once') return timing.at !== undefined && Date.parse(timing.at) < nowMs;
  const endAt = timing && 'endAt' in timing ? timing.endAt : EndDate?.toISOString();
  return endAt !== undefined && Date.parse(endAt) <= nowMs;
}

function inputPayload(input: string | undefined, arn: string, differs: Differs): unknown {
  if (input === undefined) {
    differs('input', 'there is none: the payload is {}, not the event that the scheduler makes up');
    return {};
  }
  if (hasLongNumber(input)) differs('input', 'a number of more than 15 digits loses the last of them');
  if (hasPlaceholders(input))
    differs('input', 'context attributes become templates; ids of runs are those of here');
  return payloadOf(input, arn);
}

type Retry = NonNullable<TaskInput['retry']>;
/** What the service takes when nothing is said. */
const [ATTEMPTS, AGE_SECONDS] = [185, 86_400];
const [BASE_SECONDS, MAX_SECONDS, MAX_RETRIES] = [10, 3_600, 100];

function retryOf({ Target: target }: GetScheduleOutput, differs: Differs): Retry {
  const { MaximumRetryAttempts: attempts = ATTEMPTS, MaximumEventAgeInSeconds: age = AGE_SECONDS } =
    target?.RetryPolicy ?? {};
  const limit = Math.min(attempts, retriesWithin(age), MAX_RETRIES);
  if (limit > 0 || attempts > 0)
    differs(
      'retries',
      `${attempts} within ${age} s; here ${limit}, after 10 s, 20 s, … 1 h, as many as fit in that time`,
    );
  return {
    strategy: 'exponential',
    baseSeconds: BASE_SECONDS,
    maxSeconds: MAX_SECONDS,
    jitter: 'none',
    limit,
  };
}

function retriesWithin(seconds: number): number {
  let count = 0;
  let waited = 0;
  while (count < MAX_RETRIES) {
    waited += Math.min(MAX_SECONDS, BASE_SECONDS * 2 ** count);
    if (waited > seconds) break;
    count++;
  }
  return count;
}

function otherParts(
  { Target: target, KmsKeyArn, ActionAfterCompletion }: GetScheduleOutput,
  differs: Differs,
): void {
  if (target?.DeadLetterConfig?.Arn)
    differs(
      'dead letters',
      `they stay in the dead-letter queue here instead of going to ${target.DeadLetterConfig.Arn}`,
    );
  if (KmsKeyArn) differs('key', `encrypted as everything in this deployment is, not with ${KmsKeyArn}`);
  if (ActionAfterCompletion === 'DELETE')
    differs('completion', 'it stays, with its history, instead of being deleted');
}
