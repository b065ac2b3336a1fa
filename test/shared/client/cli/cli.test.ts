import { describe, expect, it } from 'vitest';
import { LOGGED_IN, makeCli, NOW, refusal } from './fake-io.ts';

const none = { items: [], nextCursor: null };
const task = {
  id: 'report',
  name: 'Report',
  handler: 'demo.echo',
  payload: {},
  status: 'active',
  queue: 'default',
  tags: [],
  timeoutSeconds: 60,
  retry: { strategy: 'fixed', limit: 3, baseSeconds: 10, maxSeconds: 60, jitter: 'none' },
  overlap: 'forbid',
  misfire: 'fireOnce',
  scheduleDescription: 'every 5 minutes',
  nextRunAt: '2026-11-21T09:05:00.000Z',
  updatedAt: NOW,
  lastRun: null,
  version: 1,
};

describe('who and where', () => {
  it('is asked for when it is not known, with what to do', async () => {
    const cli = makeCli(() => none, { env: {} });
    const { code, err } = await cli.run('tasks', 'list');
    expect(code).toBe(2);
    expect(err).toContain('escapement login <url>');
  });

  it('is stored by login, after it was tried, and used from then on', async () => {
    const cli = makeCli(() => none, { env: { XDG_CONFIG_HOME: '/xdg' } });
    cli.files.set('token.txt', 'esc_secret\n');
    expect(await cli.run('login', 'https://jobs.example/', '--token-file', 'token.txt')).toMatchObject({
      code: 0,
    });
    expect(JSON.parse(cli.files.get('/xdg/escapement/config.json') ?? '')).toEqual({
      current: 'default',
      profiles: { default: { url: 'https://jobs.example', token: 'esc_secret' } },
    });
    await cli.run('tasks', 'list');
    expect(cli.asked.at(-1)?.headers.get('authorization')).toBe('Bearer esc_secret');
  });

  it('is not stored when the deployment does not know the token', async () => {
    const cli = makeCli(() => refusal(401, 'unauthenticated'), { env: {} });
    cli.files.set('token.txt', 'wrong');
    expect(await cli.run('login', 'https://jobs.example', '--token-file', 'token.txt')).toMatchObject({
      code: 3,
    });
    expect(cli.files.size).toBe(1);
  });

  it('is asked for without showing the token when somebody is there', async () => {
    let hidden: boolean | undefined;
    const cli = makeCli(() => none, {
      env: {},
      isInteractive: true,
      ask: async (_question, isHidden) => {
        hidden = isHidden;
        return 'esc_typed';
      },
    });
    await cli.run('login', 'https://jobs.example', '--as', 'prod');
    expect(hidden).toBe(true);
    expect(cli.files.get('/home/ada/.config/escapement/config.json')).toContain('esc_typed');
  });

  it('can be switched and forgotten', async () => {
    const cli = makeCli(() => none, { env: {} });
    cli.files.set('t', 'esc_t');
    await cli.run('login', 'https://one.example', '--token-file', 't', '--as', 'one');
    await cli.run('login', 'https://two.example', '--token-file', 't', '--as', 'two');
    await cli.run('profile', 'use', 'one');
    expect(JSON.parse((await cli.run('profile', 'list', '--json')).out)).toEqual([
      { name: 'one', url: 'https://one.example', current: true },
      { name: 'two', url: 'https://two.example', current: false },
    ]);
    await cli.run('profile', 'remove', 'one');
    expect(await cli.run('tasks', 'list')).toMatchObject({ code: 2 });
    expect(await cli.run('tasks', 'list', '--profile', 'two')).toMatchObject({ code: 0 });
  });

  it('never sends the token of a profile to another address', async () => {
    const cli = makeCli(() => none, { env: {} });
    cli.files.set('t', 'esc_secret');
    await cli.run('login', 'https://jobs.example', '--token-file', 't');
    await cli.run('tasks', 'list', '--url', 'https://elsewhere.example');
    expect(cli.asked.at(-1)?.headers.get('authorization')).toBeNull();
  });
});

describe('tasks', () => {
  it('are made of options', async () => {
    const cli = makeCli(() => task);
    const said = 'tasks put report --name Report --handler demo.echo --tag a --tag b --timeout 1m'.split(' ');
    const { code, out } = await cli.run(
      ...said,
      '--payload',
      '{"to":"x"}',
      '--cron',
      '0 9 * * 1-5',
      '--timezone',
      'Europe/Paris',
    );
    expect(code).toBe(0);
    expect(cli.asked[0]).toMatchObject({
      method: 'PUT',
      path: '/v1/tasks/report',
      body: {
        name: 'Report',
        handler: 'demo.echo',
        tags: ['a', 'b'],
        timeoutSeconds: 60,
        payload: { to: 'x' },
        schedule: { kind: 'cron', expressions: ['0 9 * * 1-5'], timezone: 'Europe/Paris' },
      },
    });
    expect(out).toContain('2026-11-21 09:05:00Z (in 5 min)');
  });

  it('can have null as their payload', async () => {
    const cli = makeCli(() => task);
    await cli.run('tasks', 'put', 'a', '--payload', 'null');
    expect(cli.asked[0]?.body).toEqual({ payload: null });
  });

  it('are made of a file, over which options win', async () => {
    const cli = makeCli(() => task);
    cli.files.set('-', 'name: Report\nhandler: demo.echo\nschedule: {kind: interval, seconds: 300}\n');
    await cli.run('tasks', 'create', '-f', '-', '--every', '1h30m');
    expect(cli.asked[0]?.body).toEqual({
      name: 'Report',
      handler: 'demo.echo',
      schedule: { kind: 'interval', seconds: 5_400 },
    });
  });

  it.each([
    [['tasks', 'put', 'a', '--every', 'often'], 'not a duration'],
    [['tasks', 'put', 'a', '--every', '5m', '--now'], 'one of --every, --now'],
    [['tasks', 'put', 'a', '--timezone', 'UTC'], 'Say when'],
    [['tasks', 'put', 'a', '--payload', '{'], 'not JSON'],
    [['tasks', 'put', 'a', '-f', 'missing.yaml'], 'cannot be read'],
    [['tasks', 'create'], 'Say what the task is'],
    [['tasks', 'upcoming', 'a', '--count', '0'], 'not a count'],
    [['tasks', 'backfill', 'a', '--from', 'yesterday', '--to', '2026-11-21'], 'not an instant'],
    [['queues', 'set', 'default'], 'Say what'],
    [['task', 'list'], 'Did you mean tasks?'],
    [['tasks', 'list', '--limt', '5'], 'Did you mean --limit?'],
    [['dead-letters', 'redrive', 'default'], 'Name the runs, or say --group or --all'],
    [['dead-letters', 'redrive', 'default', 'r1', '--all'], 'Name the runs'],
    [['dead-letters', 'redrive', 'default', '--all', '--canary'], 'A canary is one of some'],
    [['dead-letters', 'redrive', 'default', '--all', '--patch', '[]'], 'a JSON object'],
    [['dead-letters', 'resolve', 'default'], 'Name the runs, or say --group'],
    [['runs', 'retry', 'r1', 'r2', '--payload', '{}'], 'One payload is for one run'],
    [['dead-letters', 'purge', 'default'], '--yes'],
  ])('%j is wrong usage, said in words, and nothing is sent', async (args, words) => {
    const cli = makeCli(() => task);
    const { code, err } = await cli.run(...args);
    expect([code, err]).toEqual([2, expect.stringContaining(words)]);
    expect(cli.asked).toEqual([]);
  });

  it('say what is refused, field by field', async () => {
    const errors = [{ path: 'handler', message: 'no handler "x" is registered' }];
    const cli = makeCli(() => refusal(422, 'validation-failed', { errors }));
    const { code, err } = await cli.run('tasks', 'put', 'a', '--handler', 'x', '--now');
    expect(code).toBe(3);
    expect(err).toContain('handler: no handler "x" is registered');
    expect(err).toContain('r-1');
  });
});

describe('answers', () => {
  it('are tables for people and whole documents for scripts', async () => {
    const cli = makeCli(() => ({ items: [task], nextCursor: null }));
    const { out } = await cli.run('tasks', 'list');
    expect(out).toBe(
      'ID      NAME    STATUS  QUEUE    SCHEDULE         NEXT RUN                         LAST RUN\n' +
        'report  Report  active  default  every 5 minutes  2026-11-21 09:05:00Z (in 5 min)  -\n',
    );
    expect(JSON.parse((await cli.run('tasks', 'list', '--json')).out)).toEqual([task]);
    expect(JSON.parse((await cli.run('--json', 'tasks', 'list')).out)).toEqual([task]);
  });

  it('cannot play tricks on the terminal', async () => {
    const cli = makeCli(() => ({ items: [{ ...task, name: 'a\u001b[2Jb\nc' }], nextCursor: null }));
    const { out } = await cli.run('tasks', 'list');
    expect(out).toContain('a [2Jb c');
    expect(out.split('\n')).toHaveLength(3);
  });

  it('that do not come are told apart from refusals', async () => {
    const cli = makeCli(() => {
      throw new TypeError('fetch failed');
    });
    const { code, err } = await cli.run('runs', 'list');
    expect([code, err]).toEqual([4, expect.stringContaining('No answer from https://jobs.example')]);
  });
});

describe('queues', () => {
  it('are steered while they run, and taken back to what the deployment says', async () => {
    const cli = makeCli(() => ({ name: 'default', paused: true }));
    await cli.run('queues', 'pause', 'default');
    await cli.run('queues', 'resume', 'default');
    await cli.run(
      'queues',
      'set',
      'default',
      '--workers',
      '5',
      '--timeout',
      '2m',
      '--max-backlog',
      'default',
    );
    expect(cli.asked.map(({ method, path, body }) => [method, path, body])).toEqual([
      ['PATCH', '/v1/queues/default', { paused: true }],
      ['PATCH', '/v1/queues/default', { paused: null }],
      ['PATCH', '/v1/queues/default', { workers: 5, timeoutSeconds: 120, maxBacklog: null }],
    ]);
  });
});

describe('dead letters', () => {
  it('are all queued again, a thousand a call', async () => {
    let calls = 0;
    const cli = makeCli(() => ({ count: 1, items: [{ id: `r${++calls}`, ok: true }], more: calls < 3 }));
    const { code, out } = await cli.run('dead-letters', 'redrive', 'default', '--all');
    expect([code, out]).toEqual([0, '3 queued again\n']);
  });

  it('that could not be queued again are named, and the exit code says so', async () => {
    const cli = makeCli(() => ({
      count: 0,
      items: [{ id: 'r1', ok: false, message: 'not dead' }],
      more: false,
    }));
    const { code, out } = await cli.run('dead-letters', 'redrive', 'default', 'r1');
    expect([code, out]).toEqual([1, expect.stringContaining('r1: not dead')]);
  });

  const ONE = { id: 'r1', ok: true };
  it('are redriven as a group with one of them first', async () => {
    const answer = { count: 1, items: [ONE], more: false, remaining: 0 };
    const cli = makeCli(() => ({ ...answer, canary: { id: 'c1', executionId: 'r1', waiting: 11 } }));
    cli.files.set('patch.json', '{"to":"a@b.c"}');
    const args = ['--group', 'f'.repeat(16), '--canary', '--patch', '@patch.json'];
    const { code, out } = await cli.run('dead-letters', 'redrive', 'default', ...args);
    expect([code, out]).toEqual([
      0,
      'r1 runs again; 11 wait for it.\nescapement dead-letters canary default c1\n',
    ]);
    expect(cli.asked).toMatchObject([
      { body: { fingerprint: 'f'.repeat(16), canary: true, payloadPatch: { to: 'a@b.c' } } },
    ]);
  });

  it.each([
    [['resolve', 'default', 'r1', '--note', 'by hand'], 'resolve', { ids: ['r1'], note: 'by hand' }],
    [['ignore', 'default', '--group', 'ab'], 'ignore', { fingerprint: 'ab' }],
    [['reopen', 'default', '--group', 'ab'], 'reopen', { fingerprint: 'ab' }],
  ])('are put away, and taken back: %j', async (args, action, body) => {
    const cli = makeCli(() => ({ count: 1, items: [ONE], more: false, remaining: 0 }));
    expect(await cli.run('dead-letters', ...args)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^1 /),
    });
    expect(cli.asked).toMatchObject([
      { method: 'POST', path: `/v1/queues/default/dead-letters/${action}`, body },
    ]);
  });

  it('are shown by what they died of', async () => {
    const group = {
      fingerprint: 'f'.repeat(16),
      queue: 'default',
      count: 12,
      atLeast: true,
      firstSeenAt: '2026-11-21T08:00:00.000Z',
      lastSeenAt: '2026-11-21T08:30:00.000Z',
      tasks: 2,
      taskIds: ['a', 'b'],
      sample: { executionId: 'r1', errorType: 'SmtpError', pattern: 'mailbox <n> is full' },
      ignored: null,
    };
    const cli = makeCli(() => ({ items: [group], nextCursor: null }));
    const { out } = await cli.run('dead-letters', 'groups', 'default', '--resolution', 'ignored');
    expect(out).toMatch(/f{16} +default +12\+ +2 .*SmtpError: mailbox <n> is full +r1\n$/);
    expect(cli.asked).toMatchObject([
      { method: 'GET', path: expect.stringMatching(/^.v1.queues.default.dead-letters.groups/) },
    ]);
  });

  it('are retried with a payload out of a file', async () => {
    const cli = makeCli(() => ({ id: 'r1', status: 'queued' }));
    cli.files.set('mended.json', '{"to":"a@b.c"}');
    await cli.run('runs', 'retry', 'r1', '--payload', '@mended.json');
    expect(cli.asked).toMatchObject([
      { path: '/v1/executions/r1/retry', body: { payload: { to: 'a@b.c' } } },
    ]);
  });

  it('are thrown away only when the queue is named once more', async () => {
    let answer = 'defualt';
    const cli = makeCli(() => ({ count: 2, more: false }), { isInteractive: true, ask: async () => answer });
    expect(await cli.run('dead-letters', 'purge', 'default')).toMatchObject({ code: 2 });
    expect(cli.asked).toEqual([]);
    answer = 'default';
    expect(await cli.run('dead-letters', 'purge', 'default')).toMatchObject({
      code: 0,
      out: '2 thrown away\n',
    });
    expect(cli.asked[0]?.body).toEqual({ confirm: 'default' });
  });
});

it('everything can be learnt from --help', async () => {
  const cli = makeCli(() => none, { env: LOGGED_IN });
  const { code, out } = await cli.run('--help');
  expect(code).toBe(0);
  for (const [, name = ''] of out.matchAll(/^ {2}(?!help)([a-z][a-z-]+) (?:\[|<| )/gm)) {
    const help = await cli.run(name, '--help');
    expect([name, help.code, help.err]).toEqual([name, 0, '']);
    expect(help.out).toContain(`escapement ${name}`);
  }
});

describe('why', () => {
  const why = {
    gate: 'paused',
    sentence: 'Paused by token:ada.',
    facts: { pausedBy: 'token:ada', heldBy: ['a', 'b'] },
  };

  it.each([
    ['tasks', '/v1/tasks/report/why'],
    ['runs', '/v1/executions/report/why'],
  ])('%s: is told in a sentence, with its facts', async (what, path) => {
    const cli = makeCli(() => why);
    const { code, out } = await cli.run(what, 'why', 'report');
    expect(code).toBe(0);
    expect(out).toMatch(/^Paused by token:ada\.\n\ngate +paused\npausedBy +token:ada\nheldBy +a, b/);
    expect(cli.asked[0]?.path).toBe(path);
    expect(JSON.parse((await cli.run(what, 'why', 'report', '--json')).out)).toEqual(why);
  });

  it('is asked for when a task is paused', async () => {
    const paused = { by: 'token:ada', at: NOW, reason: 'closing' };
    const cli = makeCli(() => ({ ...task, status: 'paused', nextRunAt: null, paused }));
    await cli.run('tasks', 'pause', 'report', '--reason', 'closing');
    expect(cli.asked[0]).toMatchObject({ path: '/v1/tasks/report/pause', body: { reason: 'closing' } });
    expect((await cli.run('tasks', 'get', 'report')).out).toMatch(/paused +by token:ada, .*: closing/);
  });
});
