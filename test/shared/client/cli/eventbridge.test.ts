import {
  GetScheduleCommand,
  type GetScheduleOutput,
  ListSchedulesCommand,
  SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it, onTestFinished } from 'vitest';
import { cronOf } from '../../../../shared/client/cli/eventbridge/cron-of.ts';
import { type Mapped, mapSchedule } from '../../../../shared/client/cli/eventbridge/mapping.ts';
import { taskIdOf } from '../../../../shared/client/cli/eventbridge/task-id.ts';
import { makeApiWorld } from '../../../functions/api/api-world.ts';
import { makeCli } from './fake-io.ts';

const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:report';
const ORIGIN = 'arn:aws:scheduler:eu-west-1:123456789012:schedule/default/report';
const ECHO = new Map([[ARN, 'demo.echo']]);
const schedule = (more: GetScheduleOutput = {}): GetScheduleOutput => ({
  Name: 'report',
  GroupName: 'default',
  Arn: ORIGIN,
  ScheduleExpression: 'cron(0 9 ? * MON-FRI *)',
  ScheduleExpressionTimezone: 'Europe/Paris',
  State: 'ENABLED',
  FlexibleTimeWindow: { Mode: 'OFF' },
  Target: { Arn: ARN, RoleArn: 'arn:aws:iam::123456789012:role/r', Input: '{"to":"x"}' },
  ...more,
});
const NOW = Date.parse('2026-11-21T12:00:00Z');
const reasons = ({ parts }: Mapped) =>
  parts.flatMap(({ maps, message }) => (maps === 'not' ? [message] : [])).join('\n');
const differences = (more: GetScheduleOutput) =>
  mapSchedule(schedule(more), ECHO, NOW).parts.flatMap(({ maps, part, message }) =>
    maps === 'differently' ? [`${part}: ${message}`] : [],
  );
const scheduleOf = (more: GetScheduleOutput) => {
  const mapped = mapSchedule(schedule(more), ECHO, NOW);
  return mapped.input?.schedule ?? reasons(mapped);
};
const targetOf = (target: object) => {
  const mapped = mapSchedule(schedule({ Target: { RoleArn: 'r', ...target } as never }), new Map(), NOW);
  return mapped.input?.target ?? reasons(mapped);
};
const payloadOf = (Input: string) =>
  mapSchedule(schedule({ Target: { Arn: ARN, RoleArn: 'r', Input } }), ECHO, NOW).input?.payload;

describe('cron expressions of EventBridge', () => {
  it.each([
    ['0 10 * * ? *', '0 10 * * *'],
    ['15 12 ? * 2-6 *', '15 12 * * 1-5'],
    ['0/5 8-17 ? * MON-FRI *', '*/5 8-17 * * 1-5'],
    ['5/10 * * JAN,dec ? *', '5-55/10 * * 1,12 *'],
    ['0 9 ? * 2#1 *', '0 9 * * 1#1'],
    ['0 9 ? * 6L *', '0 9 * * 5L'],
    ['0 9 L * ? *', '0 9 L * *'],
    ['0 9 ? * 1,7 *', '0 9 * * 0,6'],
    ['0 9 ? * 2/2 *', '0 9 * * 1-5/2'],
    ['0 9 ? * FRI-MON *', '0 9 * * 0,1,5,6'],
  ])('%s is %s', (theirs, ours) => {
    expect(cronOf(theirs)).toEqual({ expressions: [ours] });
  });
  it('are several where one cannot say it', () => {
    expect(cronOf('0 9 1,15,L * ? *').expressions).toEqual(['0 9 1,15 * *', '0 9 L * *']);
    expect(cronOf('0 9 ? * 2,3#2,6L *').expressions).toEqual(['0 9 * * 1', '0 9 * * 2#2', '0 9 * * 5L']);
  });
  it('of all hours are said in two halves where the clock changes, for there each local time comes once', () => {
    expect(cronOf('0/15 * * * ? *', true).expressions).toEqual(['*/15 0-11 * * *', '*/15 12-23 * * *']);
  });
});

describe('a schedule', () => {
  it('keeps its zone and its bounds', () => {
    expect(scheduleOf({ StartDate: new Date('2026-12-01T00:00:00Z') })).toEqual({
      kind: 'cron',
      expressions: ['0 9 * * 1-5'],
      timezone: 'Europe/Paris',
      dst: { gap: 'skip', repeat: 'first' },
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
  it('of a rate without a start may have begun anew when it was changed', () => {
    const dates = {
      CreationDate: new Date('2026-11-01T10:03:00Z'),
      LastModificationDate: new Date('2026-11-02T10:03:00Z'),
    };
    expect(differences({ ScheduleExpression: 'rate(2 hours)', ...dates })[0]).toContain(
      'rate: without a start date',
    );
  });
  it('at an instant that its zone does not have, or has twice, is told', () => {
    expect(differences({ ScheduleExpression: 'at(2027-03-28T02:30:00)' })[0]).toContain('does not exist');
    expect(differences({ ScheduleExpression: 'at(2027-10-31T02:30:00)' })[0]).toContain('comes twice');
  });
  it('has as many retries as fit into the time that there is for them', () => {
    const RetryPolicy = { MaximumRetryAttempts: 10, MaximumEventAgeInSeconds: 60 };
    const Target = { Arn: ARN, RoleArn: 'r', Input: '{}', RetryPolicy };
    expect(mapSchedule(schedule({ Target }), ECHO, NOW).input?.retry).toMatchObject({
      limit: 2,
      baseSeconds: 10,
    });
    const never = { ...Target, RetryPolicy: { MaximumRetryAttempts: 0 } };
    expect(differences({ Target: never })).toEqual([]);
  });
  it.each([
    ['billing', 'report', 'billing.report'],
    ['a.b', 'c', 'a.b.c_'],
    ['a', 'b.c', 'a.b.c'],
    ['_x', 'y', 'x.y_'],
    ['g'.repeat(64), 'n'.repeat(64), 'ggg'],
  ])('%s/%s has an id of its own, always the same', (group, name, id) => {
    const made = taskIdOf(group, name);
    expect(made).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/);
    expect(made.startsWith(id)).toBe(true);
    expect(taskIdOf(group, name)).toBe(made);
  });
  it('with a dot in its group does not take the id of another', () => {
    expect(taskIdOf('a.b', 'c')).not.toBe(taskIdOf('a', 'b.c'));
  });
  it('with a flexible window gets jitter', () => {
    const FlexibleTimeWindow = { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 } as const;
    expect(scheduleOf({ FlexibleTimeWindow })).toMatchObject({ jitterSeconds: 900 });
  });
  it.each([
    ['cron(0 9 15W * ? *)', 'W, the nearest weekday'],
    ['cron(0 9,10 LW * ? *)', 'at one time of day'],
    ['cron(0 25 * * ? *)', '25 as the hour'],
    ['cron(0 9 1 * MON *)', 'one must be ?'],
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
  const universal = (call: string, Input: object) => ({
    Arn: `arn:aws:scheduler:::aws-sdk:${call}`,
    Input: JSON.stringify(Input),
  });
  const queueUrl = 'https://sqs.eu-west-1.amazonaws.com/123456789012/jobs';
  it.each([
    [universal('sqs:sendMessage', { QueueUrl: queueUrl, MessageBody: 'x' }), { type: 'sqs', queueUrl }],
    [universal('lambda:invoke', { FunctionName: ARN, Payload: {} }), { type: 'lambda', functionArn: ARN }],
    [
      universal('eventbridge:putEvents', { Entries: [{ Source: 's', DetailType: 'd', Detail: '{}' }] }),
      { type: 'eventbridge', busName: 'default', source: 's', detailType: 'd' },
    ],
  ])('that is a call which a target here makes, too, becomes that: %j', (theirs, ours) => {
    expect(targetOf(theirs)).toEqual(ours);
  });
  it('that is such a call with more than a target here does is not mapped', () => {
    const delayed = universal('sqs:sendMessage', { QueueUrl: queueUrl, MessageBody: 'x', DelaySeconds: 5 });
    expect(targetOf(delayed)).toMatch(/DelaySeconds.*--handler/);
  });
  it('that cannot be reached from here is named', () => {
    expect(targetOf({ Arn: 'arn:aws:scheduler:::aws-sdk:ec2:stopInstances' })).toContain('--handler');
  });
  it('gets what the scheduler filled in by templates', () => {
    const Input = '{"at":"<aws.scheduler.scheduled-time>"}';
    expect(payloadOf(Input)).toEqual({ at: "{{ $substring(run.scheduledAt, 0, 19) & 'Z' }}" });
    expect(payloadOf('{"n":<aws.scheduler.attempt-number>}')).toEqual({ n: '{{ run.attempt }}' });
    expect(payloadOf('run <aws.scheduler.execution-id>')).toBe('run {{ run.id }}');
    expect(payloadOf('"<aws.scheduler.schedule-arn>"')).toBe(ORIGIN);
    expect(payloadOf('"<aws.scheduler.moon>"')).toBeUndefined();
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

  const outcomes = (out: string) =>
    out
      .split('\n')
      .flatMap(
        (line) => /^(default\.\w+) +(.+)$/.exec(line)?.slice(1).join(': ').replace(/ {2,}/, ', ') ?? [],
      );

  it('tells in a dry run, and changes nothing', async () => {
    const { world, aws, run } = deployment([schedule()]);
    const { code, out } = await run('--dry-run', '--disable-originals');
    expect([code, outcomes(out)]).toEqual([0, ['default.report: would be imported, original enabled']]);
    expect(out).toMatch(/= schedule +exactly +0 9 \* \* 1-5 Europe\/Paris/);
    expect(out).toMatch(/~ retries +differently +185 within 86400 s; here 31/);
    expect((await world.call({ path: '/v1/tasks' })).body.items).toEqual([]);
    expect(updates(aws)).toEqual([]);
  });

  it('makes tasks, and the second time changes nothing', async () => {
    const { world, run } = deployment([schedule(), schedule({ Name: 'off', State: 'DISABLED' })]);
    expect(await run()).toMatchObject({ code: 0, err: expect.stringContaining('1 run here and there') });
    expect((await world.call({ path: '/v1/tasks/default.report' })).body).toMatchObject({
      handler: 'demo.echo',
      payload: { to: 'x' },
      status: 'active',
      tags: ['eventbridge', 'eventbridge:eu-west-1:123456789012'],
    });
    const off = (await world.call({ path: '/v1/tasks/default.off' })).body;
    expect([off.status, off.tags.length]).toEqual(['paused', 2]);
    expect(outcomes((await run()).out)).toEqual([
      'default.report: unchanged, original enabled',
      'default.off: unchanged, original disabled',
    ]);
    expect((await world.call({ path: '/v1/tasks/default.off' })).body.version).toBe(off.version);
  });

  it('pauses what an import that was broken off left active, though its original is disabled', async () => {
    const { world, run } = deployment([schedule({ Name: 'off', State: 'DISABLED' })]);
    const tags = ['eventbridge', 'eventbridge:eu-west-1:123456789012', 'eventbridge:unpaused'];
    const body = {
      name: 'default.off',
      handler: 'demo.echo',
      tags,
      schedule: { kind: 'interval', seconds: 60 },
    };
    await world.call({ method: 'PUT', path: '/v1/tasks/default.off', body });
    await run();
    const task = (await world.call({ path: '/v1/tasks/default.off' })).body;
    expect([task.status, task.tags]).toEqual(['paused', tags.slice(0, 2)]);
  });

  it('disables the originals of those that stand, and says all else of them again', async () => {
    const bad = schedule({ Name: 'bad', ScheduleExpression: 'cron(0 9 15W * ? *)' });
    const { aws, run } = deployment([schedule(), bad]);
    const { code, out } = await run('--disable-originals');
    expect(code).toBe(1);
    expect(outcomes(out)).toEqual([
      'default.report: imported, original disabled now',
      'default.bad: not mapped, original enabled',
    ]);
    expect(out).toMatch(/! schedule +not +15W as the day of month/);
    const { CreationDate: _created, Arn: _arn, ...same } = schedule();
    expect(updates(aws)).toEqual([{ ...same, State: 'DISABLED' }]);
  });

  it('disables nothing that somebody changed since it was read', async () => {
    const { world, aws, run } = deployment([schedule()]);
    const LastModificationDate = new Date('2026-11-21T12:00:00Z');
    aws.on(GetScheduleCommand).resolvesOnce(schedule()).resolves(schedule({ LastModificationDate }));
    const { code, out } = await run('--disable-originals');
    expect([code, out]).toEqual([1, expect.stringContaining('somebody else changed the schedule')]);
    expect((await world.call({ path: '/v1/tasks/default.report' })).status).toBe(200);
    expect(updates(aws)).toEqual([]);
  });

  it('leaves what is over, and says so', async () => {
    const past = schedule({ Name: 'past', ScheduleExpression: 'at(2020-01-01T00:00:00)' });
    const { world, run } = deployment([past]);
    const { code, out } = await run();
    expect([code, outcomes(out)]).toEqual([0, ['default.past: over, original enabled']]);
    expect((await world.call({ path: '/v1/tasks' })).body.items).toEqual([]);
  });

  it('tells what is not its to replace', async () => {
    const { world, aws, run } = deployment([schedule()]);
    const body = { name: 'Mine', handler: 'demo.echo', schedule: { kind: 'interval', seconds: 60 } };
    await world.call({ method: 'PUT', path: '/v1/tasks/default.report', body });
    const { code, out } = await run('--disable-originals');
    expect([code, outcomes(out)]).toEqual([1, ['default.report: refused, original enabled']]);
    expect(out).toContain('a task of this id exists and was not imported');
    const tags = ['eventbridge', 'eventbridge:us-east-1:123456789012'];
    await world.call({ method: 'PUT', path: '/v1/tasks/default.report', body: { ...body, tags } });
    expect((await run()).out).toContain('was imported from another region or account');
    expect(updates(aws)).toEqual([]);
  });

  it('prints the configuration that would allow the targets that the deployment refuses', async () => {
    const Arn = 'arn:aws:sns:eu-west-1:123456789012:news';
    const { run } = deployment([schedule({ Target: { Arn, RoleArn: 'r' } })]);
    const { code, err } = await run('--dry-run');
    expect(code).toBe(1);
    expect(JSON.parse(err.slice(err.indexOf('{'), err.lastIndexOf('}') + 1))).toEqual({
      context: { escapement: { targets: { topicArns: [Arn] } } },
    });
  });
});
