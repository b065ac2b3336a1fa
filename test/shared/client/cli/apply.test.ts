import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { makeApiWorld } from '../../../functions/api/api-world.ts';
import { type Asked, makeCli, refusal } from './fake-io.ts';

const FILE = 'tasks.yaml';
const daily = (hour: number) => ({ kind: 'cron', expressions: [`0 ${hour} * * *`] });
const report = { name: 'Report', handler: 'demo.echo', schedule: daily(2) };
const sync = { name: 'Sync', handler: 'demo.echo', schedule: { kind: 'interval', seconds: 3_600 } };

/** A command line before the API itself, over memory. */
function makeDeployment() {
  const world = makeApiWorld();
  const hooks: { before?: (asked: Asked) => Promise<unknown> | undefined } = {};
  const answer = async (asked: Asked): Promise<Response> => {
    await hooks.before?.(asked);
    const [path = '', query = ''] = asked.path.split('?');
    const { status, headers, body } = await world.call({
      method: asked.method,
      path,
      query,
      headers: Object.fromEntries(asked.headers),
      ...(asked.body === undefined ? {} : { body: asked.body }),
    });
    return new Response(status === 204 ? null : JSON.stringify(body), { status, headers });
  };
  const cli = makeCli(answer);
  return {
    world,
    answer,
    cli,
    hooks,
    apply(tasks: object, ...options: string[]) {
      cli.files.set(FILE, JSON.stringify({ name: 'crew', tasks }));
      return cli.run('apply', '-f', FILE, ...options);
    },
    async ids(): Promise<string[]> {
      return JSON.parse((await cli.run('tasks', 'list', '--json', '--limit', '9999')).out).map(
        ({ id }: { id: string }) => id,
      );
    },
    writes: () => cli.asked.filter(({ method, path }) => method !== 'GET' && !/dryRun|preview/.test(path)),
  };
}

describe('a plan', () => {
  it('tells what is added, with its next firings, and changes nothing in a dry run', async () => {
    const { apply, ids } = makeDeployment();
    const { code, out } = await apply({ report }, '--dry-run');
    expect(code).toBe(0);
    expect(out).toBe(
      `+ report  Report, At 02:00 (UTC)
    next after:  2026-11-22 02:00:00Z (in 17 h), 2026-11-23 02:00:00Z (in 41 h), 2026-11-24 02:00:00Z (in 3 d)
1 added, 0 changed, 0 unchanged, 0 orphaned
Nothing was changed: this was a dry run.
`,
    );
    expect(await ids()).toEqual([]);
  });

  it('tells of changes by field, with the firings before and after', async () => {
    const { apply } = makeDeployment();
    await apply({ report, sync });
    const { out } = await apply(
      { report: { ...report, schedule: daily(3) }, sync },
      '--dry-run',
      '--firings',
      '1',
    );
    expect(out).toContain('~ report');
    expect(out).toContain('schedule: {"kind":"cron","expressions":["0 2 * * *"]');
    expect(out).toContain('next before: 2026-11-22 02:00:00Z (in 17 h)');
    expect(out).toContain('next after:  2026-11-22 03:00:00Z (in 18 h)');
    expect(out).toContain('0 added, 1 changed, 1 unchanged, 0 orphaned');
  });

  it('sees that a field which is not said any more goes back to its default', async () => {
    const { apply } = makeDeployment();
    await apply({ report: { ...report, timeoutSeconds: 90 } });
    const { out } = await apply({ report }, '--dry-run');
    expect(out).toContain('timeoutSeconds: 90 → 60');
  });

  it('names everything that is refused, of all tasks, and then nothing is done', async () => {
    const { apply, writes } = makeDeployment();
    const { code, err } = await apply({
      report,
      bad: { ...report, handler: 'no.such' },
      worse: { ...report, schedule: { kind: 'cron', expressions: ['x'] }, color: 'red' },
    });
    expect(code).toBe(3);
    expect(err).toContain('handler: no handler "no.such"');
    expect(err).toContain('schedule.expressions[0]: ');
    expect(err).toContain('color: unknown field');
    expect(writes()).toEqual([]);
  });

  it('is a document for scripts', async () => {
    const { apply } = makeDeployment();
    const { out } = await apply({ report }, '--json', '--firings', '1');
    expect(JSON.parse(out)).toEqual({
      name: 'crew',
      applied: true,
      steps: [
        {
          id: 'report',
          action: 'added',
          firings: { before: [], after: ['2026-11-22T02:00:00.000Z'] },
          done: true,
        },
      ],
    });
  });
});

describe('applying', () => {
  it('makes the tasks, marks them as the file’s, and the second time changes nothing', async () => {
    const { apply, world, writes } = makeDeployment();
    expect(await apply({ report: { ...report, tags: ['x'] }, sync })).toMatchObject({ code: 0 });
    expect((await world.call({ path: '/v1/tasks/report' })).body.tags).toEqual(['x', 'managed:crew']);
    const before = writes().length;
    expect((await apply({ report: { ...report, tags: ['x'] }, sync })).out).toContain('2 unchanged');
    expect(writes()).toHaveLength(before);
  });

  it('leaves orphans unless told to prune them', async () => {
    const { apply, ids } = makeDeployment();
    await apply({ report, sync });
    const kept = await apply({ report });
    expect(kept.out).toContain('- sync');
    expect(kept.out).toContain('--prune');
    expect(await ids()).toEqual(['report', 'sync']);
    expect(await apply({ report }, '--prune')).toMatchObject({ code: 0 });
    expect(await ids()).toEqual(['report']);
  });

  it('leaves no deployment without a task unless that is said', async () => {
    const { apply, ids } = makeDeployment();
    await apply({ report });
    const refused = await apply({}, '--prune');
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('--allow-empty')]);
    expect(await ids()).toEqual(['report']);
    expect(await apply({}, '--prune', '--allow-empty')).toMatchObject({ code: 0 });
    expect(await ids()).toEqual([]);
  });

  it('touches no task of others, unless it is to adopt them', async () => {
    const { apply, world } = makeDeployment();
    await world.call({ method: 'PUT', path: '/v1/tasks/report', body: report });
    const refused = await apply({ report });
    expect([refused.code, refused.err]).toEqual([3, expect.stringContaining('--adopt')]);
    expect(await apply({ report }, '--adopt')).toMatchObject({ code: 0 });
    expect((await world.call({ path: '/v1/tasks/report' })).body.tags).toEqual(['managed:crew']);
  });

  it('makes tasks before those that trigger them', async () => {
    const { apply, ids } = makeDeployment();
    const links = (taskId: string) => ({ ...report, onSuccess: [{ taskId }] });
    expect(await apply({ a: links('b'), b: links('c'), c: report })).toMatchObject({ code: 0 });
    expect(await ids()).toEqual(['a', 'b', 'c']);
  });

  it('does not undo what somebody changed since the plan was made, nor prune then', async () => {
    const { apply, world, hooks, ids } = makeDeployment();
    await apply({ report, sync });
    hooks.before = async ({ method, path }) => {
      if (method !== 'PUT' || path.includes('dryRun')) return;
      delete hooks.before;
      await world.call({ method: 'PATCH', path: '/v1/tasks/report', body: { description: 'mine' } });
    };
    const { code, err } = await apply({ report: { ...report, name: 'Other' } }, '--prune');
    expect([code, err]).toEqual([1, expect.stringContaining('apply again')]);
    expect(await ids()).toEqual(['report', 'sync']);
  });

  it('takes its own write for done when only the answer to it was lost', async () => {
    const { apply, world, hooks } = makeDeployment();
    hooks.before = async ({ method, path, body }) => {
      if (method !== 'PUT' || path.includes('dryRun')) return;
      delete hooks.before;
      await world.call({ method: 'PUT', path: '/v1/tasks/report', body });
      throw new TypeError('reset');
    };
    expect(await apply({ report })).toMatchObject({ code: 0, err: '' });
  });

  it('takes a thousand tasks', async () => {
    const { apply, ids } = makeDeployment();
    const tasks = Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`task-${n}`, report]));
    expect((await apply(tasks, '--firings', '1')).out).toContain('1000 added');
    expect(await ids()).toHaveLength(1_000);
    const { 'task-7': _gone, ...rest } = tasks;
    const changed = { ...rest, 'task-8': { ...report, name: 'Changed' } };
    expect((await apply(changed, '--prune')).out).toContain('0 added, 1 changed, 998 unchanged, 1 orphaned');
    expect(await ids()).toHaveLength(999);
  });

  it.each([
    ['tasks: {}', 'name: '],
    ['name: Crew One\ntasks: {}', 'name: must be'],
    ['name: crew\ntasks: {"a b": {}}', 'tasks.a b: is not an id'],
    ['name: crew\njobs: {}', 'jobs: unknown field'],
    ['name: crew\ntasks:\n  a: {}\n  a: {}', 'is not YAML'],
  ])('refuses a file that is none: %j', async (text, words) => {
    const { cli } = makeDeployment();
    cli.files.set(FILE, text);
    const { code, err } = await cli.run('apply', '-f', FILE);
    expect([code, err]).toEqual([2, expect.stringContaining(words)]);
    expect(cli.asked).toEqual([]);
  });
});

describe('export', () => {
  it('writes a file that applies without a change', async () => {
    const { apply, cli } = makeDeployment();
    await apply({ report: { ...report, tags: ['x'], description: 'told' }, sync });
    const { out } = await cli.run('export', 'crew');
    expect(parse(out)).toMatchObject({ name: 'crew', tasks: { report: { ...report, tags: ['x'] } } });
    cli.files.set(FILE, out);
    expect((await cli.run('apply', '-f', FILE)).out).toContain('0 added, 0 changed, 2 unchanged, 0 orphaned');
    cli.files.set(FILE, (await cli.run('export', 'crew', '--json')).out);
    expect((await cli.run('apply', '-f', FILE)).out).toContain('2 unchanged');
  });

  it('can hold tasks of others, to be adopted under another name', async () => {
    const { apply, cli, world } = makeDeployment();
    await world.call({ method: 'PUT', path: '/v1/tasks/report', body: report });
    await apply({ sync });
    cli.files.set(FILE, (await cli.run('export', 'all-of-it', '--all')).out);
    expect(await cli.run('apply', '-f', FILE, '--adopt')).toMatchObject({ code: 0 });
    expect((await cli.run('apply', '-f', FILE)).out).toContain('2 unchanged, 0 orphaned');
  });
});

describe('many tasks', () => {
  const MANY = 200;
  const tasks = Object.fromEntries(Array.from({ length: MANY }, (_, at) => [`many-${at}`, report]));

  it('are planned and written with few requests at a time, and one for each but the preview of their schedule', async () => {
    const { cli, hooks, apply } = makeDeployment();
    let open = 0;
    let most = 0;
    hooks.before = async () => {
      open++;
      most = Math.max(most, open);
      await Promise.resolve();
      open--;
    };
    expect((await apply(tasks, '--dry-run')).out).toContain(`${MANY} added`);
    const of = (part: RegExp) => cli.asked.filter(({ path }) => part.test(path)).length;
    expect([of(/dryRun/), of(/preview/), cli.asked.length]).toEqual([MANY, 1, MANY + 2]);
    expect((await apply(tasks)).out).toContain(`${MANY} done`);
    expect(most).toBeLessThanOrEqual(8);
    expect((await apply(tasks)).out).toContain(`0 added, 0 changed, ${MANY} unchanged, 0 orphaned`);
  });

  it('wait for as long as a limit of the API says, and then go on', async () => {
    const world = makeDeployment();
    const waits: number[] = [];
    let left = 60;
    const cli = makeCli(
      async (asked) => {
        if (left-- <= 0) return refusal(429, 'too_many_requests', {}, { 'retry-after': '20' });
        return world.answer(asked);
      },
      {
        sleep: async (ms) => {
          waits.push(ms);
          left = 60;
        },
      },
    );
    cli.files.set(FILE, JSON.stringify({ name: 'crew', tasks }));
    const { code, out } = await cli.run('apply', '-f', FILE);
    expect([code, out]).toEqual([0, expect.stringContaining(`${MANY} done`)]);
    expect(waits.length).toBeGreaterThan(3);
    expect(new Set(waits)).toEqual(new Set([20_000]));
  });
});
