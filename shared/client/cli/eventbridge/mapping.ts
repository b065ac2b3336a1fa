import type { GetScheduleOutput, Target as SchedulerTarget } from '@aws-sdk/client-scheduler';
import type { Task, TaskInput } from '../../client.ts';
import { scheduleOf } from './expression.ts';
import { Unmapped } from './unmapped.ts';

export type Mapped = { id: string } & (
  | { ok: true; input: TaskInput; paused: boolean; notes: string[] }
  | { ok: false; reason: string }
);
/** Handlers that take the place of targets, by ARN. */
export type Handlers = ReadonlyMap<string, string>;

/** Tag of tasks that were imported. */
export const IMPORTED = 'eventbridge';
/** What the API takes at most. */
const MAX_RETRIES = 100;
const MAX_NAME = 128;

/** A schedule as a task that does the same, with notes on what differs; or the reason why there is none. */
export function mapSchedule(schedule: GetScheduleOutput, handlers: Handlers): Mapped {
  const id = `${schedule.GroupName ?? 'default'}.${schedule.Name ?? ''}`;
  const notes: string[] = [];
  const note = (text: string) => notes.push(text);
  try {
    const { Target: target, RetryPolicy: retry } = { RetryPolicy: schedule.Target?.RetryPolicy, ...schedule };
    if (!target?.Arn) throw new Unmapped('a schedule without a target');
    const { handler, target: sentTo } = receiverOf(target, handlers, note);
    const attempts = retry?.MaximumRetryAttempts;
    if (attempts !== undefined && attempts > MAX_RETRIES) note(`${attempts} retries become ${MAX_RETRIES}`);
    if (retry?.MaximumEventAgeInSeconds !== undefined)
      note(`the maximum age of ${retry.MaximumEventAgeInSeconds} s is dropped: retries go by their number`);
    if (target.DeadLetterConfig?.Arn) note('dead letters stay here instead of going to a queue of yours');
    if (schedule.ActionAfterCompletion === 'DELETE') note('it stays when it is completed, with its history');
    if (schedule.State === 'DISABLED') note('disabled: made paused');
    const input: TaskInput = {
      name: id.slice(0, MAX_NAME),
      ...(schedule.Description ? { description: schedule.Description.slice(0, 1_024) } : {}),
      ...(handler === undefined ? {} : { handler }),
      ...(sentTo === undefined ? {} : { target: sentTo }),
      payload: payloadOf(target.Input, note),
      schedule: scheduleOf(
        {
          expression: schedule.ScheduleExpression ?? '',
          timezone: schedule.ScheduleExpressionTimezone ?? 'UTC',
          startAt: schedule.StartDate?.toISOString(),
          endAt: schedule.EndDate?.toISOString(),
          createdAt: schedule.CreationDate?.toISOString(),
          windowMinutes:
            schedule.FlexibleTimeWindow?.Mode === 'FLEXIBLE'
              ? (schedule.FlexibleTimeWindow.MaximumWindowInMinutes ?? 0)
              : 0,
        },
        note,
      ),
      tags: [IMPORTED],
      // There a schedule does not wait for the run before.
      overlap: 'allow',
      ...(attempts === undefined ? {} : { retry: { limit: Math.min(attempts, MAX_RETRIES) } }),
    };
    return { ok: true, id, input, paused: schedule.State === 'DISABLED', notes };
  } catch (error) {
    if (error instanceof Unmapped) return { ok: false, id, reason: error.message };
    throw error;
  }
}

type Receiver = Pick<TaskInput, 'handler' | 'target'>;

function receiverOf(target: SchedulerTarget, handlers: Handlers, note: (text: string) => void): Receiver {
  const arn = target.Arn ?? '';
  const handler = handlers.get(arn);
  if (handler !== undefined) return { handler };
  const sentTo = targetOf(target, arn);
  note('the target gets the envelope, with the input as its payload');
  return { target: sentTo };
}

function targetOf(target: SchedulerTarget, arn: string): NonNullable<Task['target']> {
  const [, partition = '', service = '', region = '', account = '', ...rest] = arn.split(':');
  const resource = rest.join(':');
  if (service === 'lambda' && resource.startsWith('function:')) return { type: 'lambda', functionArn: arn };
  if (service === 'sns') return { type: 'sns', topicArn: arn };
  if (service === 'states' && resource.startsWith('stateMachine:'))
    return { type: 'stepFunctions', stateMachineArn: arn };
  if (service === 'sqs') {
    const domain = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
    return { type: 'sqs', queueUrl: `https://sqs.${region}.${domain}/${account}/${resource}` };
  }
  const { DetailType: detailType, Source: source } = target.EventBridgeParameters ?? {};
  if (service === 'events' && detailType && source)
    return { type: 'eventbridge', busName: arn, detailType, source };
  throw new Unmapped(`the target ${arn}; --handler <arn>=<name> gives it to a handler of yours`);
}

/** What the scheduler there fills in, filled in here. */
const CONTEXT: [string, string][] = [
  ['<aws.scheduler.scheduled-time>', '{{ run.scheduledAt }}'],
  ['<aws.scheduler.execution-id>', '{{ run.id }}'],
  ['<aws.scheduler.attempt-number>', '{{ run.attempt }}'],
];

function payloadOf(input: string | undefined, note: (text: string) => void): unknown {
  if (input === undefined) return {};
  if (/\{\{/.test(input)) throw new Unmapped('an input with {{, which is filled in here');
  let text = input;
  for (const [theirs, ours] of CONTEXT) text = text.replaceAll(theirs, ours);
  if (text.includes('<aws.scheduler.')) throw new Unmapped('the schedule’s ARN in the input');
  if (text !== input) note('context attributes become templates');
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
