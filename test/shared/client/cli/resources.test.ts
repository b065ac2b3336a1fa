import { describe, expect, it } from 'vitest';
import { makeCli, refusal } from './fake-io.ts';

describe('variables', () => {
  it('are set as JSON, or as a text', async () => {
    const cli = makeCli(({ path, body }) => ({ name: path.split('/').at(-1), ...(body as object) }));
    expect(await cli.run('variables', 'set', 'limits', '{"pages":20}')).toMatchObject({
      code: 0,
      out: 'limits: {"pages":20}\n',
    });
    await cli.run('variables', 'set', 'region', '--text', 'eu-west-1');
    expect(cli.asked.map(({ method, path, body }) => [method, path, body])).toEqual([
      ['PUT', '/v1/variables/limits', { value: { pages: 20 } }],
      ['PUT', '/v1/variables/region', { value: 'eu-west-1' }],
    ]);
    expect(await cli.run('variables', 'set', 'region', 'eu-west-1')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--text'),
    });
  });
  it('are printed as JSON, for scripts to read', async () => {
    const cli = makeCli(() => ({ name: 'limits', value: { pages: 20 } }));
    expect(JSON.parse((await cli.run('variables', 'get', 'limits')).out)).toEqual({ pages: 20 });
  });
});

describe('versions of a task', () => {
  const version = (number: number, more: object) => ({
    version: number,
    at: '2026-11-21T09:00:00.000Z',
    by: 'token:ada',
    definition: { name: 'Report', handler: 'demo.echo', payload: {}, ...more },
  });
  const items = [version(3, { queue: 'low' }), version(2, { queue: 'high' }), version(1, { queue: 'high' })];
  it('are told with what changed', async () => {
    const cli = makeCli(() => ({ items, nextCursor: null }));
    const { code, out } = await cli.run('tasks', 'versions', 'report', '--limit', '1');
    expect(code).toBe(0);
    expect(out).toMatch(/^3 .*token:ada +queue$/m);
    expect(out).not.toMatch(/^2 /m);
    expect(cli.asked[0]?.path).toBe('/v1/tasks/report/versions');
  });
  it('are printed as they can be put again', async () => {
    const cli = makeCli(() => ({ items, nextCursor: null }));
    const { out } = await cli.run('tasks', 'versions', 'report', '--show', '1');
    expect(JSON.parse(out)).toEqual(items[2]?.definition);
    const gone = await cli.run('tasks', 'versions', 'report', '--show', '7');
    expect(gone).toMatchObject({ code: 1, err: expect.stringContaining('no version 7') });
  });
});

describe('calendars', () => {
  const stored = {
    dates: [],
    ranges: [],
    weekdays: [],
    version: 1,
    replanned: { tasks: 2, complete: false },
  };
  it('are made of options, a date of every year among them', async () => {
    const cli = makeCli(({ body }) => ({ id: 'holidays', ...stored, ...(body as object) }));
    const given = ['--name', 'Holidays', '--date', '2026-05-14', '--date=--12-25', '--weekday', 'sat'];
    const { code, out, err } = await cli.run(
      'calendars',
      'set',
      'holidays',
      ...given,
      '--range',
      '2026-08-01..2026-08-16',
    );
    expect([code, err]).toEqual([0, expect.stringContaining('say the same again to go on')]);
    expect(out).toContain('2026-08-01..2026-08-16');
    expect(cli.asked[0]?.body).toEqual({
      name: 'Holidays',
      dates: ['2026-05-14', '--12-25'],
      ranges: [{ from: '2026-08-01', to: '2026-08-16' }],
      weekdays: ['sat'],
    });
  });
  it('are made of a file, over which options win', async () => {
    const cli = makeCli(({ body }) => ({ id: 'c', ...stored, ...(body as object) }));
    cli.files.set('c.yaml', 'name: Old\nweekdays: [sun]\n');
    await cli.run('calendars', 'set', 'c', '-f', 'c.yaml', '--name', 'New');
    expect(cli.asked[0]?.body).toEqual({ name: 'New', weekdays: ['sun'] });
    expect(await cli.run('calendars', 'set', 'c')).toMatchObject({ code: 2 });
  });
});

describe('tenants', () => {
  const acme = { id: 'acme', name: 'Acme', maxTasks: 100, maxConcurrency: null, ratePerMinute: 60, tasks: 3 };
  it('keep the limits that are not spoken of', async () => {
    const cli = makeCli(({ body }) => ({ ...acme, ...(body as object | undefined) }));
    expect(await cli.run('tenants', 'set', 'acme', '--max-tasks', 'none')).toMatchObject({ code: 0 });
    expect(cli.asked.at(-1)?.body).toEqual({
      name: 'Acme',
      maxTasks: null,
      maxConcurrency: null,
      ratePerMinute: 60,
    });
    expect(await cli.run('tenants', 'set', 'acme')).toMatchObject({ code: 2 });
  });
  it('are made where there is none', async () => {
    const cli = makeCli(({ method }) => (method === 'GET' ? refusal(404, 'not_found') : acme));
    expect(await cli.run('tenants', 'set', 'acme')).toMatchObject({ code: 0 });
    expect(cli.asked.at(-1)?.body).toEqual({});
  });
});
