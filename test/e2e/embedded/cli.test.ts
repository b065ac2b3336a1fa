import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import * as z from 'zod';
import { RunDocument, TaskDocument } from '../../support/documents.ts';
import { eventually } from '../../support/eventually.ts';
import { openCli } from '../../support/spawn-cli.ts';
import { it, target } from '../target.ts';

describe('the command line', () => {
  const cli = openCli();
  beforeAll(async () => {
    expect(await cli.run('tasks', 'list')).toMatchObject({ code: 2 });
    const login = await cli.feed(target.token, 'login', target.url, '--token-file', '-');
    expect(login).toMatchObject({ code: 0, out: '' });
  });
  afterAll(() => cli.dispose());

  const json = async (...args: string[]): Promise<unknown> => {
    const { code, out, err } = await cli.run(...args, '--json');
    expect([code, err]).toEqual([0, expect.anything()]);
    return JSON.parse(out);
  };

  it('keeps the token where only its owner can read it', () => {
    expect(statSync(join(cli.directory, 'config/escapement/config.json')).mode & 0o777).toBe(0o600);
  });

  it('makes a task, runs it, follows it and takes it away', async ({ world }) => {
    const id = world.newId();
    const options = ['--name', 'By hand', '--handler', 'demo.echo', '--every', '1h', '--payload', '{"n":1}'];
    const task = TaskDocument.parse(await json('tasks', 'put', id, ...options));
    expect(task).toMatchObject({ id, name: 'By hand', payload: { n: 1 } });
    expect(await json('tasks', 'upcoming', id, '--count', '3')).toHaveLength(3);
    expect((await cli.run('tasks', 'get', id)).out).toMatch(/schedule +Every 1 hour/);
    await json('tasks', 'pause', id);
    const run = RunDocument.parse(await json('tasks', 'trigger', id, '--payload', '{"n":2}'));
    await world.reached(run.id, 'success');
    expect(await json('runs', 'get', run.id)).toMatchObject({ status: 'success', result: { n: 2 } });
    expect((await cli.run('runs', 'list', '--task', id, '--status', 'success')).out).toContain(run.id);
    await json('tasks', 'delete', id);
    expect(await cli.run('tasks', 'get', id)).toMatchObject({ code: 3, err: expect.stringContaining('404') });
  });

  it('finds a run that gave up, and queues it again', async ({ world }) => {
    const { id } = await world.task({
      handler: 'demo.fail',
      payload: { times: 1, nonRetryable: true },
      schedule: { kind: 'now' },
    });
    const [dead] = await world.ended(id);
    expect((await cli.run('dead-letters', 'list', 'default')).out).toContain(dead?.id);
    await json('dead-letters', 'redrive', 'default', dead?.id ?? '');
    await world.ended(id);
  });

  it('tells what a schedule means', async () => {
    const { out } = await cli.run(
      'preview',
      '--cron',
      '0 9 * * 1-5',
      '--timezone',
      'Europe/Paris',
      '--count',
      '2',
    );
    expect(out).toContain('09:00');
    expect(out.trim().split('\n')).toHaveLength(3);
    expect(await cli.run('preview', '--cron', 'every day')).toMatchObject({
      code: 3,
      err: expect.stringContaining('schedule.expressions[0]'),
    });
  });

  it('keeps tasks as a file says: plan, apply, export, prune', async ({ world }) => {
    const [one, two] = [world.newId(), world.newId()];
    const name = `e2e-${one.slice(-12)}`;
    const path = join(cli.directory, 'tasks.json');
    const task = { name: 'Of a file', handler: 'demo.echo', schedule: { kind: 'interval', seconds: 3_600 } };
    const apply = (tasks: object, ...options: string[]) => {
      writeFileSync(path, JSON.stringify({ name, tasks }));
      return cli.run('apply', '-f', path, ...options);
    };
    const both = { [one]: { ...task, onSuccess: [{ taskId: two }] }, [two]: task };
    expect((await apply(both, '--dry-run')).out).toContain('2 added');
    expect(await cli.run('tasks', 'get', one)).toMatchObject({ code: 3 });
    expect(await apply(both)).toMatchObject({ code: 0, err: '' });
    expect((await apply(both)).out).toContain('0 added, 0 changed, 2 unchanged, 0 orphaned');

    const { out } = await cli.run('export', name);
    expect(await cli.feed(out, 'apply', '-f', '-', '--dry-run')).toMatchObject({
      out: expect.stringContaining('2 unchanged'),
    });
    const pruned = await apply({ [one]: { ...task, timeoutSeconds: 90 } }, '--prune');
    expect(pruned.out).toContain('timeoutSeconds: 60 → 90');
    expect(pruned.out).toContain('1 changed, 0 unchanged, 1 orphaned');
    expect(await cli.run('tasks', 'get', two)).toMatchObject({ code: 3 });
    expect(await apply({}, '--prune')).toMatchObject({ code: 2 });
    expect(await apply({}, '--prune', '--allow-empty')).toMatchObject({ code: 0 });
  });

  it('follows runs live until Ctrl-C, and waits for one', async ({ world }) => {
    const { id } = await world.task({ schedule: { kind: 'interval', seconds: 3_600 } });
    await world.ended(id);
    const tail = cli.start('tail', '--task', id, '--since', '10m', '--every', '1s');
    const run = RunDocument.parse(await json('tasks', 'trigger', id));
    expect(await cli.run('wait', run.id)).toMatchObject({ code: 0 });
    await eventually(() => expect(tail.out()).toMatch(new RegExp(`success +${id} +${run.id}`)));
    expect(await tail.interrupt()).toMatchObject({ code: 0, err: '' });
  });

  it('sees how the deployment does', async () => {
    const { out } = await cli.run('doctor');
    expect(out).toMatch(/ok +health: ok/);
    expect(out).toMatch(/ok +tick: \d+ s ago/);
    expect(out).toMatch(/ok +tasks: \d+ active/);
    expect(out).toMatch(/skip +alarms: not applicable/);
  });

  it('keeps variables, calendars and tenants', async ({ world }) => {
    const id = world.newId().toLowerCase();
    const name = `v${id.replaceAll(/\W/g, '')}`.slice(0, 60);
    expect(await cli.run('variables', 'set', name, '{"n":1}')).toMatchObject({ code: 0 });
    expect((await cli.run('variables', 'list')).out).toContain('{"n":1}');
    expect(await cli.run('variables', 'get', name)).toMatchObject({ code: 0, out: '{\n  "n": 1\n}\n' });
    expect(await cli.run('variables', 'delete', name)).toMatchObject({ code: 0 });

    const days = [
      '--name',
      'Closed',
      '--date=--12-25',
      '--range',
      '2026-08-01..2026-08-16',
      '--weekday',
      'sun',
    ];
    expect(await cli.run('calendars', 'set', id, ...days)).toMatchObject({ code: 0 });
    expect((await cli.run('calendars', 'get', id)).out).toContain('2026-08-01..2026-08-16');
    expect((await cli.run('calendars', 'list')).out).toContain('--12-25');
    expect(await cli.run('calendars', 'delete', id)).toMatchObject({ code: 0 });

    const tenant = `t-${id.replaceAll(/[^a-z0-9]/g, '')}`.slice(0, 40);
    expect(await cli.run('tenants', 'set', tenant, '--max-tasks', '5')).toMatchObject({ code: 0 });
    expect(await cli.run('tenants', 'set', tenant, '--max-tasks', 'none', '--name', 'Acme')).toMatchObject({
      code: 0,
      out: expect.stringContaining('at most none'),
    });
    expect((await cli.run('tenants', 'list')).out).toContain('Acme');
    const made = await cli.run('tokens', 'create', '--role', 'viewer', '--tenant', tenant);
    expect(made).toMatchObject({ code: 0, out: expect.stringMatching(/^esc_/) });
    expect((await cli.run('tokens', 'list', '--tenant', tenant)).out).toContain('viewer');
    expect(await cli.run('tenants', 'delete', tenant)).toMatchObject({ code: 0 });
  });

  it('makes a token that can look and do nothing else, and takes it back', async () => {
    const { token, id } = z
      .object({ token: z.string(), id: z.string() })
      .parse(await json('tokens', 'create', '--role', 'viewer', '--name', 'e2e', '--expires-in', '1h'));
    await cli.feed(token, 'login', target.url, '--token-file', '-', '--as', 'viewer');
    expect(await cli.run('queues', 'list')).toMatchObject({ code: 0 });
    expect(await cli.run('tasks', 'delete', 'any')).toMatchObject({ code: 3 });
    await cli.run('profile', 'use', 'default');
    expect((await cli.run('tokens', 'list')).out).toContain(id);
    expect(await cli.run('tokens', 'revoke', id)).toMatchObject({ code: 0 });
  });

  it('completes what is typed', async () => {
    expect((await cli.run('complete', 'bash')).out).toContain('complete -F');
    expect((await cli.run('complete', '--', 'dead-letters', 're')).out).toContain('redrive');
  });
});
