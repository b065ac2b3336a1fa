import {
  GetScheduleCommand,
  type GetScheduleOutput,
  ListSchedulesCommand,
  SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it, onTestFinished } from 'vitest';
import { cronOf } from '../../../../shared/client/cli/eventbridge/expression.ts';
import { mapSchedule } from '../../../../shared/client/cli/eventbridge/mapping.ts';
import { makeApiWorld } from '../../../functions/api/api-world.ts';
import { makeCli } from './fake-io.ts';

const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:report';
const ECHO = new Map([[ARN, 'demo.echo']]);
const schedule = (more: GetScheduleOutput = {}): GetScheduleOutput => ({
  Name: 'report',
  GroupName: 'default',
  ScheduleExpression: 'cron(0 9 ? * MON-FRI *)',
  ScheduleExpressionTimezone: 'Europe/Paris',
  State: 'ENABLED',
  FlexibleTimeWindow: { Mode: 'OFF' },
  Target: { Arn: ARN, RoleArn: 'arn:aws:iam::123456789012:role/r', Input: '{"to":"x"}' },
  ...more,
});
const scheduleOf = (more: GetScheduleOutput) => {
  const mapped = mapSchedule(schedule(more), ECHO);
  return mapped.ok ? mapped.input.schedule : mapped.reason;
};
const targetOf = (target: object) => {
  const mapped = mapSchedule(schedule({ Target: { RoleArn: 'r', ...target } as never }), new Map());
  return mapped.ok ? mapped.input.target : mapped.reason;
};

describe('cron expressions of EventBridge', () => {
  it.each([
    ['0 10 * * ? *', '0 10 * * *'],
    ['15 12 ? * 2-6 *', '15 12 * * 1-5'],
    ['0/5 8-17 ? * MON-FRI *', '0-59/5 8-17 * * MON-FRI'],
    ['0 9 ? * 2#1 *', '0 9 * * 1#1'],
    ['0 9 ? * 6L *', '0 9 * * 5L'],
    ['0 9 L * ? *', '0 9 L * *'],
    ['0 9 ? * 1,7 *', '0 9 * * 0,6'],
    ['0 9 ? * 2/2 *', '0 9 * * 1-6/2'],
  ])('%s is %s', (theirs, ours) => {
    expect(cronOf(theirs)).toEqual({ expression: ours });
  });
});

describe('a schedule', () => {
  it('keeps its zone and its bounds', () => {
    expect(scheduleOf({ StartDate: new Date('2026-12-01T00:00:00Z') })).toEqual({
      kind: 'cron',
      expressions: ['0 9 * * MON-FRI'],
      timezone: 'Europe/Paris',
      startAt: '2026-12-01T00:00:00.000Z',
    });
  });
  it('of certain years is bounded by them', () => {
    expect(scheduleOf({ ScheduleExpression: 'cron(0 9 1 1 ? 2027-2028)' })).toMatchObject({
      startAt: '2026-12-31T23:00:00.000Z',
      endAt: '2028-12-31T23:00:00.000Z',
    });
  });
  it('of a rate keeps its beat', () => {
    const CreationDate = new Date('2026-11-01T10:03:00Z');
    expect(scheduleOf({ ScheduleExpression: 'rate(2 hours)', CreationDate })).toEqual({
      kind: 'interval',
      seconds: 7_200,
      startAt: '2026-11-01T10:03:00.000Z',
    });
  });
  it('of one instant means it in its own zone', () => {
    const at = scheduleOf({ ScheduleExpression: 'at(2026-12-24T18:00:00)' });
    expect(at).toEqual({ kind: 'once', at: '2026-12-24T17:00:00.000Z' });
  });
  it('with a flexible window gets jitter', () => {
    const FlexibleTimeWindow = { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 } as const;
    expect(scheduleOf({ FlexibleTimeWindow })).toMatchObject({ jitterSeconds: 900 });
  });
  it.each([
    ['cron(0 9 15W * ? *)', 'W, the nearest weekday'],
    ['cron(0 9 1 1 ? 2027,2029)', 'the years 2027,2029'],
    ['cron(0 9 * *)', 'expected 6 fields'],
    ['rate(1 fortnight)', 'the rate'],
    ['at(noon)', 'the instant'],
  ])('that nothing here does, %s, is said to be so', (ScheduleExpression, words) => {
    expect(scheduleOf({ ScheduleExpression })).toContain(words);
  });
});

describe('a target', () => {
  it.each([
    [{ Arn: ARN }, { type: 'lambda', functionArn: ARN }],
    [
      { Arn: 'arn:aws:sqs:eu-west-1:123456789012:jobs' },
      { type: 'sqs', queueUrl: 'https://sqs.eu-west-1.amazonaws.com/123456789012/jobs' },
    ],
    [
      { Arn: 'arn:aws:sns:eu-west-1:123456789012:news' },
      { type: 'sns', topicArn: 'arn:aws:sns:eu-west-1:123456789012:news' },
    ],
    [
      {
        Arn: 'arn:aws:events:eu-west-1:123456789012:event-bus/b',
        EventBridgeParameters: { DetailType: 'd', Source: 's' },
      },
      {
        type: 'eventbridge',
        busName: 'arn:aws:events:eu-west-1:123456789012:event-bus/b',
        detailType: 'd',
        source: 's',
      },
    ],
  ])('%j becomes %j', (theirs, ours) => {
    expect(targetOf(theirs)).toEqual(ours);
  });
  it('that cannot be reached from here is named', () => {
    expect(targetOf({ Arn: 'arn:aws:scheduler:::aws-sdk:ec2:stopInstances' })).toContain('--handler');
  });
  it('gets what the scheduler filled in by templates', () => {
    const Input = '{"at":"<aws.scheduler.scheduled-time>"}';
    const mapped = mapSchedule(schedule({ Target: { Arn: ARN, RoleArn: 'r', Input } }), ECHO);
    expect(mapped).toMatchObject({
      input: { handler: 'demo.echo', payload: { at: '{{ run.scheduledAt }}' } },
    });
  });
});

describe('import eventbridge', () => {
  function deployment(schedules: GetScheduleOutput[]) {
    const world = makeApiWorld();
    const aws = mockClient(SchedulerClient);
    onTestFinished(() => aws.restore());
    aws
      .on(ListSchedulesCommand)
      .resolves({ Schedules: schedules.map(({ Name, GroupName }) => ({ Name, GroupName })) });
    aws.on(GetScheduleCommand).callsFake(({ Name }) => schedules.find((one) => one.Name === Name));
    aws.on(UpdateScheduleCommand).resolves({});
    const cli = makeCli(async (asked) => {
      const [path = '', query = ''] = asked.path.split('?');
      const { method, body } = asked;
      const headers = Object.fromEntries(asked.headers);
      const answer = await world.call({
        method,
        path,
        query,
        headers,
        ...(body === undefined ? {} : { body }),
      });
      return new Response(JSON.stringify(answer.body), { status: answer.status, headers: answer.headers });
    });
    const run = (...options: string[]) =>
      cli.run('import', 'eventbridge', '--region', 'eu-west-1', '--handler', `${ARN}=demo.echo`, ...options);
    return { world, aws, run };
  }
  const updates = (aws: ReturnType<typeof deployment>['aws']) =>
    aws.commandCalls(UpdateScheduleCommand).map(({ args }) => args[0].input);

  it('tells in a dry run, and changes nothing', async () => {
    const { world, aws, run } = deployment([schedule()]);
    const { code, out } = await run('--dry-run', '--disable-originals');
    expect([code, out]).toEqual([0, 'default.report: would be imported\n1 of 1\n']);
    expect((await world.call({ path: '/v1/tasks' })).body.items).toEqual([]);
    expect(updates(aws)).toEqual([]);
  });

  it('makes tasks, and the second time changes nothing', async () => {
    const { world, run } = deployment([schedule(), schedule({ Name: 'off', State: 'DISABLED' })]);
    expect((await run()).code).toBe(0);
    expect((await world.call({ path: '/v1/tasks/default.report' })).body).toMatchObject({
      handler: 'demo.echo',
      payload: { to: 'x' },
      status: 'active',
    });
    expect((await world.call({ path: '/v1/tasks/default.off' })).body.status).toBe('paused');
    expect((await run()).out).toContain('default.report: unchanged');
  });

  it('disables the originals of those that stand, and says all else of them again', async () => {
    const bad = schedule({ Name: 'bad', ScheduleExpression: 'cron(0 9 15W * ? *)' });
    const { aws, run } = deployment([schedule(), bad]);
    const { code, out } = await run('--disable-originals');
    expect([code, out]).toEqual([
      1,
      expect.stringContaining('default.bad: not mapped\n    W, the nearest weekday'),
    ]);
    const { CreationDate: _created, Arn: _arn, ...same } = schedule();
    expect(updates(aws)).toEqual([{ ...same, State: 'DISABLED' }]);
  });

  it('tells what the deployment refuses, and what is not its to replace', async () => {
    const past = schedule({ Name: 'past', ScheduleExpression: 'at(2020-01-01T00:00:00)' });
    const { world, aws, run } = deployment([past, schedule()]);
    const body = { name: 'Mine', handler: 'demo.echo', schedule: { kind: 'interval', seconds: 60 } };
    await world.call({ method: 'PUT', path: '/v1/tasks/default.report', body });
    const { code, out } = await run('--disable-originals');
    expect(code).toBe(1);
    expect(out).toContain('default.past: refused');
    expect(out).toContain('default.report: refused\n    a task of this id exists and was not imported');
    expect(updates(aws)).toEqual([]);
  });
});
