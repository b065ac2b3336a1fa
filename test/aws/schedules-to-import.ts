import type { CreateScheduleInput, Target } from '@aws-sdk/client-scheduler';

/** A schedule of EventBridge Scheduler, and what importing it says and makes. */
export interface Sample {
  name: string;
  expression: string;
  more?: Partial<CreateScheduleInput>;
  target?: Partial<Target>;
  outcome?: 'imported' | 'over' | 'not mapped' | 'refused';
  /** How far the schedule itself maps, and other parts, by their names. */
  parts?: Record<string, 'exactly' | 'differently' | 'not'>;
  /** What the task says, as far as it matters. */
  task?: object;
}

const arn = (service: string, resource: string) => `arn:aws:${service}:us-east-1:000000000000:${resource}`;
export const ARNS = {
  handler: arn('lambda', 'function:handled'),
  function: arn('lambda', 'function:report'),
  queue: arn('sqs', 'orders'),
  fifo: arn('sqs', 'orders.fifo'),
  topic: arn('sns', 'news'),
  unlisted: arn('sns', 'rumours'),
  bus: arn('events', 'event-bus/shop'),
  machine: arn('states', 'stateMachine:month-end'),
  role: 'arn:aws:iam::000000000000:role/scheduler',
};

const PARIS = { ScheduleExpressionTimezone: 'Europe/Paris' };
const DAYS = '2026-11-01T00:00:00Z';
const input = (Input: string): Partial<Target> => ({ Input });
const call = (name: string, given: object): Partial<Target> => ({
  Arn: `arn:aws:scheduler:::aws-sdk:${name}`,
  Input: JSON.stringify(given),
});
const cron = (name: string, expression: string, ...expressions: string[]): Sample => ({
  name,
  expression: `cron(${expression})`,
  parts: { schedule: 'exactly' },
  task: { schedule: { kind: 'cron', expressions, timezone: 'UTC' } },
});
const unmapped = (name: string, expression: string): Sample => ({
  name,
  expression,
  outcome: 'not mapped',
  parts: { schedule: 'not' },
});

const EXPRESSIONS: Sample[] = [
  cron('every-minute', '* * * * ? *', '* * * * *'),
  cron('daily', '0 9 * * ? *', '0 9 * * *'),
  cron('weekdays', '0 9 ? * MON-FRI *', '0 9 * * 1-5'),
  cron('numbered-days', '0 9 ? * 2-6 *', '0 9 * * 1-5'),
  cron('sundays', '0 9 ? * 1 *', '0 9 * * 0'),
  cron('over-the-weekend', '0 9 ? * FRI-MON *', '0 9 * * 0,1,5,6'),
  cron('steps', '0/15 8-17 ? * * *', '*/15 8-17 * * *'),
  cron('steps-from', '5/10 * * * ? *', '5-55/10 * * * *'),
  cron('last-day', '0 17 L * ? *', '0 17 L * *'),
  cron('some-days', '0 17 1,15,L * ? *', '0 17 1,15 * *', '0 17 L * *'),
  cron('last-friday', '0 17 ? * 6L *', '0 17 * * 5L'),
  cron('saturdays', '0 17 ? * L *', '0 17 * * 6'),
  cron('second-tuesday', '0 17 ? * 3#2 *', '0 17 * * 2#2'),
  cron('quarters', '0 0 1 JAN,APR,JUL,OCT ? *', '0 0 1 */3 *'),
  {
    name: 'workday',
    expression: 'cron(0 17 LW * ? *)',
    parts: { schedule: 'exactly' },
    task: {
      schedule: {
        kind: 'rrule',
        rule: 'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;BYHOUR=17;BYMINUTE=0;BYSECOND=0',
      },
    },
  },
  {
    name: 'paris',
    expression: 'cron(30 2 * * ? *)',
    more: PARIS,
    parts: { schedule: 'exactly' },
    task: { schedule: { timezone: 'Europe/Paris', dst: { gap: 'skip', repeat: 'first' } } },
  },
  {
    name: 'paris-quarters',
    expression: 'cron(0/15 * * * ? *)',
    more: PARIS,
    parts: { schedule: 'exactly' },
    task: { schedule: { expressions: ['*/15 0-11 * * *', '*/15 12-23 * * *'] } },
  },
  {
    name: 'years',
    expression: 'cron(0 9 1 1 ? 2090-2095)',
    task: { schedule: { startAt: '2090-01-01T00:00:00.000Z', endAt: '2096-01-01T00:00:00.000Z' } },
  },
  { name: 'minutes', expression: 'rate(5 minutes)', task: { schedule: { kind: 'interval', seconds: 300 } } },
  { name: 'hour', expression: 'rate(1 hour)', task: { schedule: { kind: 'interval', seconds: 3_600 } } },
  {
    name: 'days',
    expression: 'rate(2 days)',
    more: { StartDate: new Date(DAYS) },
    parts: { schedule: 'exactly' },
    task: { schedule: { kind: 'interval', seconds: 172_800, startAt: '2026-11-01T00:00:00.000Z' } },
  },
  {
    name: 'once',
    expression: 'at(2090-06-01T09:00:00)',
    more: { ...PARIS, ActionAfterCompletion: 'DELETE' },
    parts: { schedule: 'exactly', completion: 'differently' },
    task: { schedule: { kind: 'once', at: '2090-06-01T07:00:00.000Z' } },
  },
  { name: 'past', expression: 'at(2020-06-01T09:00:00)', outcome: 'over' },
  {
    name: 'ended',
    expression: 'rate(1 hour)',
    more: { EndDate: new Date('2020-01-01T00:00:00Z') },
    outcome: 'over',
  },
  unmapped('nearest-weekday', 'cron(0 9 15W * ? *)'),
  unmapped('workday-twice', 'cron(0 9,17 LW * ? *)'),
  unmapped('years-apart', 'cron(0 9 1 1 ? 2090,2095)'),
  unmapped('five-fields', 'cron(0 9 * * *)'),
  unmapped('both-days', 'cron(0 9 1 * MON *)'),
  unmapped('no-expression', 'every(monday)'),
  unmapped('no-instant', 'at(noon)'),
  unmapped('fortnight', 'rate(1 fortnight)'),
];

const HOURLY = 'rate(1 hour)';
const SETTINGS: Sample[] = [
  {
    name: 'flexible',
    expression: 'cron(0 9 * * ? *)',
    more: { FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 } },
    parts: { 'flexible window': 'differently' },
    task: { schedule: { jitterSeconds: 900 } },
  },
  {
    name: 'flexible-rate',
    expression: HOURLY,
    more: { FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 } },
    parts: { 'flexible window': 'differently' },
  },
  {
    name: 'no-retries',
    expression: HOURLY,
    target: { RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 } },
    parts: { retries: 'exactly' },
    task: { retry: { limit: 0 } },
  },
  {
    name: 'retries',
    expression: HOURLY,
    target: { RetryPolicy: { MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 3_600 } },
    parts: { retries: 'differently' },
    task: { retry: { limit: 8, strategy: 'exponential' } },
  },
  {
    name: 'letters',
    expression: HOURLY,
    target: { DeadLetterConfig: { Arn: ARNS.queue } },
    parts: { 'dead letters': 'differently' },
  },
  {
    name: 'key',
    expression: HOURLY,
    more: { KmsKeyArn: arn('kms', 'key/1') },
    parts: { key: 'differently' },
  },
  { name: 'off', expression: HOURLY, more: { State: 'DISABLED' }, task: { status: 'paused' } },
  {
    name: 'described',
    expression: HOURLY,
    more: { Description: 'Monthly' },
    task: { description: 'Monthly' },
  },
  { name: 'json', expression: HOURLY, target: input('{"a":[1,null]}'), task: { payload: { a: [1, null] } } },
  { name: 'text', expression: HOURLY, target: input('just text'), task: { payload: 'just text' } },
  {
    name: 'context',
    expression: HOURLY,
    target: input('{"n":<aws.scheduler.attempt-number>}'),
    parts: { input: 'differently' },
    task: { payload: { n: '{{ run.attempt }}' } },
  },
  {
    name: 'templates',
    expression: HOURLY,
    target: input('{{ x }}'),
    outcome: 'not mapped',
    parts: { input: 'not' },
  },
];

const to = (Arn: string, more: Partial<Target> = {}): Partial<Target> => ({ Arn, ...more });
const url = (name: string) => `https://sqs.us-east-1.amazonaws.com/000000000000/${name}`;
const TARGETS: Sample[] = [
  {
    name: 'to-function',
    expression: HOURLY,
    target: to(ARNS.function),
    task: { target: { type: 'lambda' } },
  },
  {
    name: 'to-queue',
    expression: HOURLY,
    target: to(ARNS.queue),
    task: { target: { queueUrl: url('orders') } },
  },
  {
    name: 'to-fifo',
    expression: HOURLY,
    target: to(ARNS.fifo, { SqsParameters: { MessageGroupId: 'g' } }),
    task: { target: { queueUrl: url('orders.fifo') } },
  },
  {
    name: 'to-topic',
    expression: HOURLY,
    target: to(ARNS.topic),
    task: { target: { topicArn: ARNS.topic } },
  },
  {
    name: 'to-bus',
    expression: HOURLY,
    target: to(ARNS.bus, { EventBridgeParameters: { DetailType: 'd', Source: 'shop' } }),
    task: { target: { busName: ARNS.bus, detailType: 'd', source: 'shop' } },
  },
  {
    name: 'to-machine',
    expression: HOURLY,
    target: to(ARNS.machine),
    task: { target: { type: 'stepFunctions' } },
  },
  { name: 'to-unlisted', expression: HOURLY, target: to(ARNS.unlisted), outcome: 'refused' },
  {
    name: 'to-cluster',
    expression: HOURLY,
    target: to(arn('ecs', 'cluster/c'), {
      EcsParameters: { TaskDefinitionArn: arn('ecs', 'task-definition/t:1') },
    }),
    outcome: 'not mapped',
    parts: { target: 'not' },
  },
  {
    name: 'call-queue',
    expression: HOURLY,
    target: call('sqs:sendMessage', { QueueUrl: url('orders'), MessageBody: { n: 1 } }),
    task: { target: { type: 'sqs' }, payload: { n: 1 } },
  },
  {
    name: 'call-function',
    expression: HOURLY,
    target: call('lambda:invoke', { FunctionName: ARNS.function, Payload: '{"n":2}' }),
    task: { target: { functionArn: ARNS.function }, payload: { n: 2 } },
  },
  {
    name: 'call-with-more',
    expression: HOURLY,
    target: call('sqs:sendMessage', { QueueUrl: url('orders'), MessageBody: 'x', DelaySeconds: 5 }),
    outcome: 'not mapped',
    parts: { target: 'not' },
  },
  {
    name: 'call-other',
    expression: HOURLY,
    target: call('ec2:stopInstances', { InstanceIds: ['i-1'] }),
    outcome: 'not mapped',
    parts: { target: 'not' },
  },
];

export const SAMPLES: readonly Sample[] = [...EXPRESSIONS, ...SETTINGS, ...TARGETS];

export const createInput = (
  { name, expression, more, target }: Sample,
  group: string,
): CreateScheduleInput => ({
  Name: name,
  GroupName: group,
  ScheduleExpression: expression,
  FlexibleTimeWindow: { Mode: 'OFF' },
  ...more,
  Target: { Arn: ARNS.handler, RoleArn: ARNS.role, Input: '{}', ...target },
});
