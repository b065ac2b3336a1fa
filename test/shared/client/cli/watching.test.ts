import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { GetScheduleCommand, ListSchedulesCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Answering, LOGGED_IN, makeCli, NOW, refusal } from './fake-io.ts';

const run = (id: string, status: string, more: object = {}) => ({
  id,
  taskId: 'report',
  taskName: 'Report',
  queue: 'default',
  trigger: 'schedule',
  status,
  reason: null,
  scheduledAt: NOW,
  startedAt: NOW,
  finishedAt: null,
  nextAttemptAt: null,
  latenessMs: 0,
  durationMs: null,
  attempt: 1,
  maxAttempts: 6,
  attempts: [],
  errorMessage: null,
  result: null,
  progress: null,
  cancelRequested: false,
  pending: false,
  ...more,
});
const page = (...items: object[]) => ({ items, nextCursor: null });

describe('tail', () => {
  /** Looks so often, then somebody presses Ctrl-C. */
  function watching(looks: number, answering: Answering) {
    const controller = new AbortController();
    let left = looks;
    return makeCli(answering, {
      interrupted: controller.signal,
      sleep: async () => {
        left -= 1;
        if (left === 0) controller.abort();
      },
    });
  }

  it('prints a line for each change of a run, and ends in peace', async () => {
    const states = [
      page(run('a', 'running')),
      page(run('a', 'running')),
      page(
        run('b', 'running', { startedAt: '2026-11-21T09:00:02.000Z' }),
        run('a', 'success', { finishedAt: NOW, durationMs: 412 }),
      ),
    ];
    let look = 0;
    const cli = watching(3, () => states[look++] ?? page());
    const { code, out } = await cli.run('tail', '--task', 'report');
    expect(code).toBe(0);
    expect(out.replace(/ +/g, ' ').trim().split('\n')).toEqual([
      '09:00:00Z running report a',
      '09:00:00Z success report a 412 ms',
      '09:00:00Z running report b',
    ]);
    expect(cli.asked[0]?.path).toContain('taskId=report');
  });

  it('keeps runs in sight until they end, also when the list no longer has them', async () => {
    const lists = [page(run('old', 'running')), page()];
    const cli = watching(2, ({ path }) =>
      path.startsWith('/v1/executions/old')
        ? run('old', 'dead', { reason: 'exhausted' })
        : (lists.shift() ?? page()),
    );
    const { out } = await cli.run('tail');
    expect(out).toMatch(/running .*old\n.*dead .*old {2}exhausted/);
  });

  it('prints a document a line for scripts', async () => {
    const cli = watching(1, () => page(run('a', 'running'), run('b', 'queued')));
    const { out } = await cli.run('tail', '--json');
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).id);
    expect(lines.sort()).toEqual(['a', 'b']);
  });
});

describe('wait', () => {
  const states = (...statuses: string[]): Answering => {
    const left = [...statuses];
    return () => run('a', (left.length > 1 ? left.shift() : left[0]) ?? '');
  };
  it('ends well when the run has succeeded', async () => {
    expect(await makeCli(states('queued', 'running', 'success')).run('wait', 'a')).toMatchObject({ code: 0 });
  });
  it('fails when the run did not succeed', async () => {
    const { code, err } = await makeCli(states('running', 'dead')).run('wait', 'a');
    expect([code, err]).toEqual([1, 'It ended dead\n']);
  });
  it('gives up when time is over', async () => {
    expect(await makeCli(states('running')).run('wait', 'a', '--timeout', '30s')).toMatchObject({ code: 4 });
  });
});

describe('doctor', () => {
  const settings = { workers: 4, timeoutSeconds: 60, retry: { limit: 5 } };
  const queue = {
    name: 'default',
    oldestAgeSeconds: null,
    deadLetters: 0,
    applied: true,
    maxBacklog: null,
    ...settings,
    deployed: settings,
  };
  const oneRun = { trigger: 'schedule', scheduledAt: '2026-11-21T08:59:00.000Z', latenessMs: 400 };
  const canary = {
    id: 'escapement-canary-1',
    system: true,
    status: 'active',
    handler: 'demo.echo',
    queue: 'default',
    nextRunAt: '2026-11-21T09:01:00.000Z',
    lastRun: { status: 'success', finishedAt: '2026-11-21T08:58:00.000Z' },
  };
  const task = {
    id: 'report',
    status: 'active',
    handler: 'demo.echo',
    queue: 'default',
    nextRunAt: '2026-11-21T09:05:00.000Z',
  };
  const deployment =
    (parts: {
      lagMs?: number | null;
      queue?: object;
      task?: object;
      run?: object;
      canary?: object;
      version?: string;
    }): Answering =>
    ({ path }) => {
      if (path === '/v1/health') {
        const { lagMs = 5_000, version = '0.1.0' } = parts;
        return {
          status: 'ok',
          version,
          tick: { lastAt: lagMs === null ? null : new Date(Date.parse(NOW) - lagMs).toISOString(), lagMs },
        };
      }
      if (path === '/v1/queues') return page({ ...queue, ...parts.queue });
      if (path === '/v1/handlers') return page({ name: 'demo.echo', description: '', payload: {} });
      if (path.startsWith('/v1/executions')) return page({ ...oneRun, ...parts.run });
      return page({ ...task, ...parts.task }, ...(parts.canary ? [{ ...canary, ...parts.canary }] : []));
    };

  it('finds nothing wrong with what is sound', async () => {
    const { code, out } = await makeCli(deployment({})).run('doctor');
    expect(code).toBe(0);
    expect(out).toContain('ok     tick: 5 s ago');
    expect(out).toContain('ok     tasks: 1 active of 1');
  });

  it.each([
    ['a clock that stands', { lagMs: 600_000 }, 'tick: the last was 10 min ago'],
    ['a clock that never ticked', { lagMs: null }, 'tick: it has never ticked'],
    [
      'a queue that nobody works off',
      { queue: { oldestAgeSeconds: 900 } },
      'queue default: due runs wait for 15 min',
    ],
    ['a task that is never due again', { task: { nextRunAt: null } }, 'active, but never due again: report'],
    ['runs that begin late', { run: { latenessMs: 90_000 } }, 'lateness: 95 of 100 runs began within 90 s'],
    ['a canary that is paused', { canary: { status: 'paused' } }, 'canary: it does not sing'],
    [
      'a canary that fell silent',
      { canary: { lastRun: { status: 'success', finishedAt: '2026-11-21T08:50:00.000Z' } } },
      'canary: none of its runs of the last 5 min succeeded',
    ],
    [
      'a task that was not started',
      { task: { nextRunAt: '2026-11-21T08:00:00.000Z' } },
      'due, but not started: report',
    ],
    [
      'a handler that is gone',
      { task: { handler: 'gone' } },
      'with a handler that is not registered (any more): report',
    ],
    [
      'a queue that is gone',
      { task: { queue: 'gone' } },
      'in a queue that is not configured (any more): report',
    ],
  ])('finds %s', async (_what, parts, words) => {
    const { code, out } = await makeCli(deployment(parts)).run('doctor');
    expect([code, out]).toEqual([1, expect.stringContaining(words)]);
    expect(out).toContain('wrong  ');
  });

  it.each([
    ['dead letters', { queue: { deadLetters: 3 } }, 'note   queue default: 3 dead letters'],
    [
      'tasks that stop rules disabled',
      { task: { status: 'disabled', nextRunAt: null } },
      'note   tasks: 1 disabled: report',
    ],
    [
      'a paused queue, where runs wait',
      { queue: { paused: true, oldestAgeSeconds: 900 } },
      'note   queue default: paused: escapement queues resume default',
    ],
    [
      'a queue that is not as it was deployed',
      { queue: { workers: 8, maxBacklog: 50 } },
      'note   queue default: workers is 8, deployed 4\nnote   queue default: maxBacklog is 50, deployed null',
    ],
    [
      'a change that is under way',
      { queue: { applied: false } },
      'note   queue default: a change of its workers',
    ],
    ['another version', { version: '9.0.0' }, 'note   version: 9.0.0 there, 0.1.0 here'],
  ])('notes %s, which somebody may want to look at', async (_what, parts, words) => {
    const { code, out } = await makeCli(deployment(parts)).run('doctor');
    expect([code, out]).toEqual([0, expect.stringContaining(words)]);
  });

  it('sees a canary that sings', async () => {
    const { code, out } = await makeCli(deployment({ canary: {} })).run('doctor');
    expect([code, out]).toEqual([0, expect.stringContaining('ok     canary: ran 2 min ago')]);
  });

  it('leaves alarms to AWS, which it asks only when told to or where there are credentials', async () => {
    const elsewhere = await makeCli(deployment({})).run('doctor');
    expect(elsewhere.out).toContain('skip   alarms: not looked at: --aws');
    const env = { ...LOGGED_IN, ESCAPEMENT_URL: 'http://127.0.0.1:4650', AWS_PROFILE: 'mine' };
    const here = await makeCli(deployment({}), { env }).run('doctor');
    expect(here.out).toContain('skip   alarms: not applicable');
  });

  describe('asking AWS', () => {
    function asking(states: { alarm?: 'ALARM' | 'OK'; rule?: 'ENABLED' | 'DISABLED' }) {
      const watch = mockClient(CloudWatchClient);
      const events = mockClient(EventBridgeClient);
      const scheduler = mockClient(SchedulerClient);
      onTestFinished(() => {
        for (const mock of [watch, events, scheduler]) mock.restore();
      });
      const { alarm = 'OK', rule = 'ENABLED' } = states;
      watch.on(DescribeAlarmsCommand).resolves({
        MetricAlarms: [
          { AlarmName: 'shop-tick-silent', StateValue: alarm, StateReason: 'no data', ActionsEnabled: true },
        ],
      });
      events.on(ListRulesCommand).resolves({
        Rules: [{ Name: 'shop-x', Description: 'First clock of the tick, and the sweeper', State: rule }],
      });
      scheduler.on(ListSchedulesCommand).resolves({ Schedules: [{ Name: 'shop-y' }] });
      const Description = 'Second clock of the tick';
      scheduler.on(GetScheduleCommand).resolves({ Name: 'shop-y', Description, State: 'ENABLED' });
      return makeCli(deployment({})).run('doctor', '--aws', '--name', 'shop', '--region', 'eu-west-1');
    }

    it('finds nothing wrong where no alarm rings and both clocks are enabled', async () => {
      const { code, out } = await asking({});
      expect(code).toBe(0);
      expect(out).toContain('ok     alarms: none of 1 rings');
      expect(out).toContain('ok     first clock: enabled\nok     second clock: enabled');
    });
    it('finds an alarm that rings, with what to read about it', async () => {
      const { code, out } = await asking({ alarm: 'ALARM' });
      expect([code, out]).toEqual([
        1,
        expect.stringContaining('wrong  alarm shop-tick-silent: no data (docs/operations.md#tick-silent)'),
      ]);
    });
    it('finds a clock that somebody disabled', async () => {
      const { code, out } = await asking({ rule: 'DISABLED' });
      expect([code, out]).toEqual([1, expect.stringContaining('wrong  first clock: shop-x is DISABLED')]);
    });
  });

  it('goes by the deployment’s clock, should ours be wrong', async () => {
    const cli = makeCli(deployment({}), { nowMs: () => Date.parse('2026-11-22T09:00:00.000Z') });
    expect(await cli.run('doctor')).toMatchObject({ code: 0 });
  });

  it('tells of a store that is away', async () => {
    const sound = deployment({});
    const cli = makeCli((asked) =>
      asked.path === '/v1/health' ? refusal(503, 'unavailable') : sound(asked),
    );
    const { code, out } = await cli.run('doctor', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ ok: false });
  });
});
