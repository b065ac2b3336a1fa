import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  CreateScheduleCommand,
  CreateScheduleGroupCommand,
  DeleteScheduleGroupCommand,
  GetScheduleCommand,
  SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { openCli, type SpawnedCli } from '../../support/spawn-cli.ts';
import { type RunningEngine, startEngine } from '../../support/start-engine.ts';
import { ARNS, createInput, SAMPLES } from '../schedules-to-import.ts';

const Line = z.object({
  id: z.string(),
  outcome: z.string(),
  parts: z.array(z.object({ part: z.string(), maps: z.string(), message: z.string() })),
  notes: z.array(z.string()),
  original: z.string().optional(),
  task: z.string().optional(),
});
type Line = z.infer<typeof Line>;

const GROUP = 'shop';
const OTHER = 'other.group';
const HANDLER = ['--handler', `${ARNS.handler}=demo.echo`];
const TARGETS = {
  functionArns: [ARNS.function],
  queueArns: [ARNS.queue, ARNS.fifo],
  topicArns: [ARNS.topic],
  eventBusArns: [ARNS.bus],
  stateMachineArns: [ARNS.machine],
};

/**
 * Schedules of EventBridge Scheduler become tasks, and go back. The deployment is the embedded engine, which may be told to allow
 * targets; in an account it is left out, since schedules there would call what they name.
 */
describe.skipIf(process.env.ESCAPEMENT_AWS !== 'emulator')('schedules of EventBridge Scheduler', () => {
  const aws = new SchedulerClient({});
  let engine: RunningEngine;
  let cli: SpawnedCli;
  const stateOf = async (name: string, group = GROUP) =>
    (await aws.send(new GetScheduleCommand({ GroupName: group, Name: name }))).State;
  const taskOf = async (id: string) =>
    z.record(z.string(), z.unknown()).parse((await engine.api('GET', `/v1/tasks/${id}`)).body);
  const lines = async (
    ...args: string[]
  ): Promise<{ code: number; err: string; all: Line[]; by: Map<string, Line> }> => {
    const { code, out, err } = await cli.run(...args, '--json');
    expect(out, err).toMatch(/^\[/);
    const all = z.array(Line).parse(JSON.parse(out));
    return { code, err, all, by: new Map(all.map((line) => [line.id, line])) };
  };
  const importing = (...more: string[]) =>
    lines('import', 'eventbridge', '--group', GROUP, ...HANDLER, ...more);
  const idOf = (name: string) => `${GROUP}.${name}`;
  const expected = SAMPLES.map((sample) => ({ outcome: 'imported', ...sample }));
  const imported = expected.filter(({ outcome }) => outcome === 'imported');

  beforeAll(async () => {
    for (const Name of [GROUP, OTHER]) await aws.send(new CreateScheduleGroupCommand({ Name }));
    for (const sample of SAMPLES) await aws.send(new CreateScheduleCommand(createInput(sample, GROUP)));
    const [first] = SAMPLES;
    if (first) await aws.send(new CreateScheduleCommand(createInput(first, OTHER)));
    engine = await startEngine({
      env: { ESCAPEMENT_TARGETS: JSON.stringify(TARGETS), AWS_ENDPOINT_URL: '' },
    });
    cli = openCli(undefined, process.env);
    await cli.feed(engine.token, 'login', engine.url, '--token-file', '-');
  });
  afterAll(async () => {
    cli.dispose();
    await engine.dispose();
    for (const Name of [GROUP, OTHER]) await aws.send(new DeleteScheduleGroupCommand({ Name }));
    aws.destroy();
  });

  it('are told line by line in a dry run, which changes nothing', async () => {
    const { code, err, all, by } = await importing('--dry-run', '--disable-originals');
    expect(all.length).toBeGreaterThan(50);
    expect(all).toHaveLength(SAMPLES.length);
    for (const { name, outcome, parts = {} } of expected) {
      const line = by.get(idOf(name));
      expect([name, line?.outcome]).toEqual([name, outcome === 'imported' ? 'would be imported' : outcome]);
      for (const [part, maps] of Object.entries(parts))
        expect([name, line?.parts.filter((one) => one.part === part)]).toEqual([
          name,
          [expect.objectContaining({ maps })],
        ]);
    }
    // Some were left out, and what is not allowed is told as configuration.
    expect(code).toBe(1);
    expect(JSON.parse(err.slice(err.indexOf('{'), err.lastIndexOf('}') + 1))).toEqual({
      context: { escapement: { targets: { topicArns: [ARNS.unlisted] } } },
    });
    expect((await engine.api('GET', '/v1/tasks')).body).toMatchObject({ items: [] });
    expect(await stateOf('daily')).toBe('ENABLED');
  });

  it('become tasks that say the same', async () => {
    const { by } = await importing();
    for (const { name, outcome, task } of expected) {
      expect([name, by.get(idOf(name))?.outcome]).toEqual([name, outcome]);
      if (outcome === 'imported' && task) expect(await taskOf(idOf(name)), name).toMatchObject(task);
    }
  });

  it('stay as they are when nothing changed, and follow what did', async () => {
    const again = await importing();
    for (const { name } of imported)
      expect([name, again.by.get(idOf(name))?.outcome]).toEqual([name, 'unchanged']);
    const [sample] = SAMPLES.filter(({ name }) => name === 'daily');
    if (sample) {
      const change = { ...createInput(sample, GROUP), ScheduleExpression: 'cron(30 9 * * ? *)' };
      await aws.send(new UpdateScheduleCommand(change));
    }
    const { by } = await importing();
    expect(by.get(idOf('daily'))?.outcome).toBe('changed');
    expect(await taskOf(idOf('daily'))).toMatchObject({ schedule: { expressions: ['30 9 * * *'] } });
  });

  it('of all groups are read when none is named, and none takes the id of another', async () => {
    const { all } = await lines('import', 'eventbridge', ...HANDLER, '--dry-run');
    expect(all).toHaveLength(SAMPLES.length + 1);
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  });

  it('are disabled once their tasks stand, and no others', async () => {
    const { by } = await importing('--disable-originals');
    for (const { name, outcome, more } of expected) {
      const gone = outcome === 'imported' && more?.State !== 'DISABLED';
      expect([name, by.get(idOf(name))?.original]).toEqual([
        name,
        gone ? 'disabled now' : more?.State === 'DISABLED' ? 'disabled' : 'enabled',
      ]);
      expect([name, await stateOf(name)]).toEqual([
        name,
        gone || more?.State === 'DISABLED' ? 'DISABLED' : 'ENABLED',
      ]);
    }
    const again = await importing('--disable-originals');
    for (const { name } of imported)
      expect([name, again.by.get(idOf(name))?.outcome]).toEqual([name, 'unchanged']);
  });

  it('take their tasks back: enabled as they were, and then the task is paused', async () => {
    const before = await aws.send(new GetScheduleCommand({ GroupName: GROUP, Name: 'paris' }));
    const ids = imported.filter(({ name }) => name !== 'off').map(({ name }) => idOf(name));
    const dry = await lines('export', 'eventbridge', ...ids, '--pause', '--dry-run');
    expect(dry.all.map(({ id, outcome }) => [id, outcome])).toEqual(
      ids.map((id) => [id, 'would be enabled']),
    );
    expect(await stateOf('paris')).toBe('DISABLED');
    const { code, all } = await lines('export', 'eventbridge', ...ids, '--pause');
    expect(code).toBe(0);
    expect(all.map(({ id, outcome, task }) => [id, outcome, task])).toEqual(
      ids.map((id) => [id, 'enabled', 'paused now']),
    );
    const { State, ScheduleExpression, Target } = await aws.send(
      new GetScheduleCommand({ GroupName: GROUP, Name: 'paris' }),
    );
    expect([State, ScheduleExpression, Target]).toEqual([
      'ENABLED',
      before.ScheduleExpression,
      before.Target,
    ]);
    const again = await lines('export', 'eventbridge', ...ids, '--pause');
    expect(again.all.map(({ outcome, task }) => [outcome, task])).toEqual(
      ids.map(() => ['unchanged', 'paused']),
    );
  });

  it('are made of tasks that never were schedules, and what they cannot say is refused in words', async () => {
    const put = (id: string, more: object) =>
      engine.api('PUT', `/v1/tasks/${id}`, { name: id, overlap: 'allow', payload: { n: 1 }, ...more });
    const hourly = { kind: 'cron', expressions: ['15 * * * 1-5'] };
    const target = { type: 'sqs', queueUrl: 'https://sqs.us-east-1.amazonaws.com/000000000000/orders' };
    await put('fresh', { target, schedule: hourly });
    await put('handled', { handler: 'demo.echo', schedule: hourly });
    await put('quick', { target, schedule: { kind: 'interval', seconds: 30 } });
    const given = ['--group', GROUP, '--role-arn', ARNS.role];
    const { code, by } = await lines(
      'export',
      'eventbridge',
      'fresh',
      'handled',
      'quick',
      'nobody',
      ...given,
      '--delete',
    );
    expect(code).toBe(1);
    expect([...by.values()].map(({ id, outcome, task }) => [id, outcome, task])).toEqual([
      ['fresh', 'created', 'deleted'],
      ['handled', 'not mapped', 'active'],
      ['quick', 'not mapped', 'active'],
      ['nobody', 'refused', 'not there'],
    ]);
    expect(by.get('quick')?.parts).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining('whole minutes') }),
    );
    const made = await aws.send(new GetScheduleCommand({ GroupName: GROUP, Name: 'fresh' }));
    expect(made).toMatchObject({
      ScheduleExpression: 'cron(15 * ? * 2-6 *)',
      State: 'ENABLED',
      Target: { Arn: ARNS.queue, RoleArn: ARNS.role, Input: '{"n":1}' },
    });
  });

  it('may be looked at by doctor, and alarms with them', async () => {
    const watch = new CloudWatchClient({});
    const AlarmName = `${GROUP}-tick-silent`;
    const metric = {
      Namespace: 'x',
      MetricName: 'y',
      Period: 60,
      Statistic: 'Sum',
      EvaluationPeriods: 1,
      Threshold: 1,
    } as const;
    await watch.send(
      new PutMetricAlarmCommand({ AlarmName, ...metric, ComparisonOperator: 'LessThanThreshold' }),
    );
    const doctor = async (state: 'OK' | 'ALARM') => {
      await watch.send(new SetAlarmStateCommand({ AlarmName, StateValue: state, StateReason: 'no tick' }));
      return cli.run('doctor', '--aws', '--name', GROUP);
    };
    expect((await doctor('OK')).out).toMatch(/ok +alarms: none of 1 rings/);
    expect(await doctor('ALARM')).toMatchObject({
      code: 1,
      out: expect.stringMatching(new RegExp(`wrong +alarm ${AlarmName}: no tick`)),
    });
    await watch.send(new DeleteAlarmsCommand({ AlarmNames: [AlarmName] }));
    watch.destroy();
  });
});
