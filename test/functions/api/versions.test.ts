import { describe, expect, it } from 'vitest';
import { makeApiWorld } from './api-world.ts';

const DAY_MS = 86_400_000;

async function editedWorld() {
  const world = makeApiWorld();
  const { call } = world;
  const put = (body: object) => call({ method: 'PUT', path: '/v1/tasks/report', body });
  const task = {
    name: 'Report',
    handler: 'demo.echo',
    schedule: { kind: 'cron', expressions: ['0 2 * * *'] },
  };
  await put({ ...task, payload: { to: 'a' } });
  await world.advance(60_000);
  await put({ ...task, payload: { to: 'b' } });
  await world.advance(60_000);
  await call({
    method: 'PATCH',
    path: '/v1/tasks/report',
    body: { schedule: { expressions: ['0 3 * * *'] } },
  });
  const versions = async (query = '') =>
    (await call({ path: '/v1/tasks/report/versions', query })).body as {
      items: { version: number; at: string; by: string; definition: Record<string, unknown> }[];
      nextCursor: string | null;
    };
  return { ...world, put, task, versions };
}

describe('upcoming', () => {
  it('from an instant on is what the schedule says, also when it has passed or the task is paused', async () => {
    const { call } = await editedWorld();
    await call({ method: 'POST', path: '/v1/tasks/report/pause' });
    const path = '/v1/tasks/report/upcoming';
    expect((await call({ path })).body).toEqual({ items: [] });
    const from = '2026-11-19T03:00:00.000Z';
    expect((await call({ path, query: `from=${from}&count=3` })).body).toEqual({
      items: [from, '2026-11-20T03:00:00.000Z', '2026-11-21T03:00:00.000Z'],
    });
  });
});

describe('versions of a task', () => {
  it('are its definition and those before it, newest first, with who wrote each and when', async () => {
    const { versions } = await editedWorld();
    const { items, nextCursor } = await versions();
    expect(nextCursor).toBeNull();
    expect(items.map(({ version, at, by }) => ({ version, at, by }))).toEqual([
      { version: 3, at: '2026-11-21T09:02:00.000Z', by: 'token:test' },
      { version: 2, at: '2026-11-21T09:01:00.000Z', by: 'token:test' },
      { version: 1, at: '2026-11-21T09:00:00.000Z', by: 'token:test' },
    ]);
    expect(items.map(({ definition }) => definition.payload)).toEqual([
      { to: 'b' },
      { to: 'b' },
      { to: 'a' },
    ]);
    expect(items[0]?.definition.schedule).toMatchObject({ expressions: ['0 3 * * *'] });
    expect(items[2]?.definition).not.toHaveProperty('status');
  });

  it('come in pages that together hold each once', async () => {
    const { versions } = await editedWorld();
    const seen: number[] = [];
    let cursor: string | null = null;
    do {
      const page = await versions(cursor === null ? 'limit=1' : `limit=1&cursor=${cursor}`);
      seen.push(...page.items.map(({ version }) => version));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual([3, 2, 1]);
  });

  it('are none of pausing, of resuming, and of saying the same again', async () => {
    const { call, put, task, versions } = await editedWorld();
    await call({ method: 'POST', path: '/v1/tasks/report/pause' });
    await call({ method: 'POST', path: '/v1/tasks/report/resume' });
    const now = (await call({ path: '/v1/tasks/report' })).body;
    await put(now);
    expect((await versions()).items).toHaveLength(3);
    await put({ ...task, payload: { to: 'c' } });
    expect((await versions()).items.map(({ version }) => version)).toEqual([6, 3, 2, 1]);
  });

  it('are taken back by PUT as they are', async () => {
    const { put, versions } = await editedWorld();
    const first = (await versions()).items[2]?.definition ?? {};
    expect((await put(first)).status).toBe(200);
    expect((await versions()).items[0]).toMatchObject({ version: 4, definition: first });
  });

  it('expire like runs, from when they were superseded, but for the one that is in force', async () => {
    const { tables } = await editedWorld();
    const now = Date.UTC(2026, 10, 21, 9, 1) / 1_000;
    const kept = tables.versions.all().map(({ ttl = 0 }) => ttl - now);
    expect(kept.every((seconds) => seconds >= DAY_MS / 1_000)).toBe(true);
    expect(tables.versions.all().every(({ index }) => index === undefined)).toBe(true);
    expect(tables.definitions.all()[0]?.ttl).toBeUndefined();
  });

  it('of a task that was deleted are not shown, and are there again when it is made anew', async () => {
    const { call, put, task, versions } = await editedWorld();
    await call({ method: 'DELETE', path: '/v1/tasks/report' });
    expect((await call({ path: '/v1/tasks/report/versions' })).status).toBe(404);
    await put(task);
    expect((await versions()).items.map(({ version }) => version)).toEqual([5, 3, 2, 1]);
  });
});
