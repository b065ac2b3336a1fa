import { describe, expect, it } from 'vitest';
import { makeCli, NOW, refusal } from './fake-io.ts';

const answer = (over: object = {}) => ({
  dryRun: false,
  matched: 2,
  more: false,
  done: 1,
  unchanged: 1,
  failed: 0,
  items: [
    { id: 'a', outcome: 'done' },
    { id: 'b', outcome: 'unchanged' },
  ],
  ...over,
});
const job = (over: object = {}) => ({
  id: '01KAJ3V1Q2M8W4C6Z7X9R0T5YB',
  action: 'pause',
  filter: {},
  status: 'running',
  matched: 1_200,
  done: 0,
  unchanged: 0,
  failed: 0,
  failures: [],
  createdAt: NOW,
  createdBy: 'token:ada',
  finishedAt: null,
  ...over,
});
const asBulk = (body: unknown) => [['POST', '/v1/bulk', body]];
const requests = ({ asked }: ReturnType<typeof makeCli>) =>
  asked.map(({ method, path, body }) => [method, path, body]);

describe('many tasks', () => {
  it('are said by the words of the list', async () => {
    const cli = makeCli(() => answer());
    const { code, out } = await cli.run(
      'tasks',
      'pause',
      '--tag',
      'x',
      '--queue',
      'low',
      '--status',
      'active',
    );
    expect([code, out]).toEqual([0, '1 paused, 1 so already\n']);
    expect(requests(cli)).toEqual(
      asBulk({ action: 'pause', filter: { tag: 'x', queue: 'low', status: ['active'] }, dryRun: false }),
    );
  });

  it('are all only when that is said', async () => {
    const cli = makeCli(() => answer());
    expect(await cli.run('tasks', 'resume')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--all'),
    });
    expect(await cli.run('tasks', 'resume', 'a', '--all')).toMatchObject({ code: 2 });
    expect(cli.asked).toEqual([]);
    await cli.run('tasks', 'resume', '--all');
    expect(requests(cli)).toEqual(asBulk({ action: 'resume', filter: {}, dryRun: false }));
  });

  it('are told one by one by a dry run, also those named by id', async () => {
    const cli = makeCli(() =>
      answer({
        dryRun: true,
        matched: 1_503,
        more: true,
        failed: 1,
        items: [...answer().items, { id: 'c', outcome: 'failed', problem: { code: 'x', detail: 'No.' } }],
      }),
    );
    const { code, out, err } = await cli.run('tasks', 'trigger', 'a', 'b', 'c', '--dry-run');
    expect(code).toBe(1);
    expect(out.trimEnd().split('\n')).toEqual([
      'a: would be triggered',
      'b: is so already',
      'c: No.',
      '… and 1500 more, at least',
      '1 would be triggered, 1 so already',
    ]);
    expect(err).toBe('1 would fail\n');
    expect(requests(cli)).toEqual(asBulk({ action: 'trigger', ids: ['a', 'b', 'c'], dryRun: true }));
  });

  it('are deleted only by who means it', async () => {
    const nobody = makeCli(() => answer());
    expect(await nobody.run('tasks', 'delete', '--all')).toMatchObject({ code: 2 });
    expect(nobody.asked).toEqual([]);
    expect(await nobody.run('tasks', 'delete', '--all', '--yes')).toMatchObject({ code: 0 });
    expect(await nobody.run('tasks', 'delete', '--all', '--dry-run')).toMatchObject({ code: 0 });
    const unsure = makeCli(() => answer(), { isInteractive: true, ask: async () => 'no' });
    expect(await unsure.run('tasks', 'delete', '--tag', 'x')).toMatchObject({ code: 2 });
    const sure = makeCli(() => answer(), { isInteractive: true, ask: async () => 'delete' });
    expect(await sure.run('tasks', 'delete', '--tag', 'x')).toMatchObject({ code: 0 });
  });

  it('take no payload and no reason, which are of one', async () => {
    const cli = makeCli(() => answer());
    expect(await cli.run('tasks', 'trigger', 'a', 'b', '--payload', '{}')).toMatchObject({ code: 2 });
    expect(await cli.run('tasks', 'pause', '--all', '--reason', 'x')).toMatchObject({ code: 2 });
    expect(cli.asked).toEqual([]);
  });
});

describe('many runs', () => {
  it('are said by the words of the list', async () => {
    const cli = makeCli(() => answer());
    await cli.run('runs', 'retry', '--task', 'report', '--since', '2h');
    await cli.run('runs', 'cancel', '--status', 'queued', 'retrying');
    expect(requests(cli).map(([, , body]) => body)).toEqual([
      { action: 'retry', filter: { taskId: 'report', from: '2026-11-21T07:00:00.000Z' }, dryRun: false },
      { action: 'cancel', filter: { status: ['queued', 'retrying'] }, dryRun: false },
    ]);
  });
});

describe('a job', () => {
  const states = [job({ done: 50 }), job({ done: 50 }), job({ done: 1_199, failed: 1, status: 'done' })];
  const working = () => {
    let looks = 0;
    return makeCli(({ method }) =>
      method === 'POST' ? Response.json(job(), { status: 202 }) : (states[looks++] ?? refusal(500, 'x')),
    );
  };

  it('is waited for, and what failed is told at the end', async () => {
    const cli = working();
    const { code, out, err } = await cli.run('tasks', 'pause', '--all');
    expect(code).toBe(1);
    expect(err.split('\n').slice(2)).toEqual(['50 of 1200', '1200 of 1200, 1 failed', '1 failed', '']);
    expect(err).toContain('escapement bulk abort 01KAJ3V1Q2M8W4C6Z7X9R0T5YB');
    expect(out).toMatch(/status +done/);
    expect(cli.asked.filter(({ method }) => method === 'GET')).toHaveLength(3);
  });

  it('is only named with --no-wait, and looked at, awaited or aborted later', async () => {
    const cli = working();
    expect(JSON.parse((await cli.run('tasks', 'pause', '--all', '--no-wait', '--json')).out)).toEqual(job());
    expect(cli.asked).toHaveLength(1);
    expect((await cli.run('bulk', 'status', 'j')).out).toMatch(/progress +50 of 1200/);
    expect((await cli.run('bulk', 'wait', 'j')).code).toBe(1);
    const aborting = makeCli(() => job({ status: 'aborted' }));
    expect((await aborting.run('bulk', 'abort', 'j')).out).toMatch(/status +aborted/);
    expect(aborting.asked[0]).toMatchObject({ method: 'DELETE', path: '/v1/bulk/j' });
  });
});
