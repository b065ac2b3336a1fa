import { describe, expect, it } from 'vitest';
import { ConnectionError, ProblemError } from '../../../shared/client/client.ts';
import { fakeDeployment, problem } from './fake-deployment.ts';

const task = { name: 'Report', handler: 'demo.echo', schedule: { kind: 'now' } } as const;
const throttled = (retryAfter: string) => ({
  ...problem(503, 'unavailable'),
  headers: { 'content-type': 'application/problem+json', 'retry-after': retryAfter },
});
const rejected = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a request', () => {
  it('carries the token and its body as JSON, and gives back what was answered', async () => {
    const { client, seen } = fakeDeployment([{ body: { id: 'a/b' } }]);
    expect(await client.tasks.put('a/b', task, { ifVersion: 3 })).toEqual({ id: 'a/b' });
    expect(seen[0]).toMatchObject({ method: 'PUT', path: '/v1/tasks/a%2Fb', body: task });
    expect(seen[0]?.headers.get('authorization')).toBe('Bearer esc_secret');
    expect(seen[0]?.headers.get('if-match')).toBe('"3"');
  });

  it('asks for the token each time, so that it can be renewed', async () => {
    let number = 0;
    const { client, seen } = fakeDeployment([{ body: {} }, { body: {} }], {
      token: async () => `t${++number}`,
    });
    await client.health();
    await client.health();
    expect(seen.map(({ headers }) => headers.get('authorization'))).toEqual(['Bearer t1', 'Bearer t2']);
  });

  it('of a patch is a merge patch', async () => {
    const { client, seen } = fakeDeployment([{ body: {} }]);
    await client.tasks.patch('a', { description: null });
    expect(seen[0]?.headers.get('content-type')).toBe('application/merge-patch+json');
    expect(seen[0]?.body).toEqual({ description: null });
  });

  it('stops when its signal does', async () => {
    const controller = new AbortController();
    const { client, seen } = fakeDeployment([throttled('1')], { sleep: async () => controller.abort() });
    const error = await rejected(client.tasks.get('a', { signal: controller.signal }));
    expect(error).toMatchObject({ name: 'AbortError' });
    expect(seen).toHaveLength(1);
  });
});

describe('what is refused', () => {
  it('is a typed error with the code and every field problem', async () => {
    const errors = [{ path: 'schedule.expressions[0]', message: 'not a cron expression' }];
    const { client } = fakeDeployment([problem(422, 'validation-failed', { errors })]);
    const error = await rejected(client.tasks.create(task));
    expect(error).toBeInstanceOf(ProblemError);
    expect(error).toMatchObject({ status: 422, code: 'validation-failed', errors, requestId: 'r-1' });
    expect(String(error)).toContain('schedule.expressions[0]: not a cron expression');
  });

  it('has the same form when something other than the API answered', async () => {
    const { client } = fakeDeployment([{ status: 403, body: { message: 'Forbidden' } }]);
    expect(await rejected(client.tasks.get('a'))).toMatchObject({
      name: 'ProblemError',
      status: 403,
      code: 'http-403',
      detail: 'HTTP 403 without a problem document: Forbidden',
    });
  });

  it('is not tried again', async () => {
    const { client, seen } = fakeDeployment([problem(404, 'not-found')]);
    await rejected(client.tasks.get('a'));
    expect(seen).toHaveLength(1);
  });
});

describe('what did not get through', () => {
  it('is tried again after as long as Retry-After says', async () => {
    const { client, waitsMs } = fakeDeployment([throttled('7'), { body: { id: 'a' } }]);
    expect(await client.tasks.get('a')).toEqual({ id: 'a' });
    expect(waitsMs).toEqual([7_000]);
  });

  it('is given up at once when Retry-After is too long to wait for', async () => {
    const { client, waitsMs } = fakeDeployment([throttled('3600')]);
    expect(await rejected(client.tasks.get('a'))).toMatchObject({ status: 503, retryAfterSeconds: 3_600 });
    expect(waitsMs).toEqual([]);
  });

  it('is tried again with growing waits, a bounded number of times', async () => {
    const { client, seen, waitsMs } = fakeDeployment(Array(9).fill(new TypeError('fetch failed')));
    const error = await rejected(client.tasks.get('a'));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(String(error)).toContain('https://jobs.example: fetch failed');
    expect(seen).toHaveLength(5);
    expect(waitsMs).toEqual([125, 250, 500, 1_000]);
  });

  it('is tried again under one Idempotency-Key when it creates something', async () => {
    const { client, seen } = fakeDeployment([
      new TypeError('reset'),
      throttled('1'),
      { status: 201, body: {} },
    ]);
    await client.tasks.create(task);
    const keys = seen.map(({ headers }) => headers.get('idempotency-key'));
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(new Set(keys).size).toBe(1);
  });

  it('is not tried again when that could do something twice', async () => {
    const { client, seen } = fakeDeployment([throttled('1'), throttled('1'), throttled('1')]);
    await rejected(client.executions.retry('a'));
    await rejected(client.tasks.patch('a', { name: 'B' }));
    await rejected(client.queues.redrive('default'));
    expect(seen).toHaveLength(3);
  });

  it('is a delete that succeeded when the second time there is nothing left', async () => {
    const { client } = fakeDeployment([new TypeError('reset'), problem(404, 'not-found')]);
    await client.tasks.delete('a');
  });

  it('but a delete of what was never there is refused', async () => {
    const { client } = fakeDeployment([problem(404, 'not-found')]);
    expect(await rejected(client.tasks.delete('a'))).toMatchObject({ code: 'not-found' });
  });
});

describe('a list', () => {
  const pages = [
    { body: { items: [1, 2], nextCursor: 'x' } },
    { body: { items: [], nextCursor: 'y' } },
    { body: { items: [3], nextCursor: null } },
  ];

  it('is read page by page to its end, short and empty pages included', async () => {
    const { client, seen } = fakeDeployment(pages);
    expect(await client.tasks.list({ status: ['active', 'paused'], limit: 2 }).toArray()).toEqual([1, 2, 3]);
    expect(seen.map(({ path }) => path)).toEqual([
      '/v1/tasks?status=active%2Cpaused&limit=2',
      '/v1/tasks?status=active%2Cpaused&limit=2&cursor=x',
      '/v1/tasks?status=active%2Cpaused&limit=2&cursor=y',
    ]);
  });

  it('asks for no page that nobody wants', async () => {
    const { client, seen } = fakeDeployment(pages);
    const list = client.executions.list();
    expect(seen).toHaveLength(0);
    expect(await list.toArray(2)).toEqual([1, 2]);
    expect(seen).toHaveLength(1);
  });

  it('can be read one page at a time', async () => {
    const { client, seen } = fakeDeployment(pages);
    const list = client.queues.deadLetters('default');
    const { nextCursor } = await list.page();
    await list.page(nextCursor ?? undefined);
    expect(seen[1]?.path).toBe('/v1/queues/default/dead-letters?cursor=x');
  });
});
