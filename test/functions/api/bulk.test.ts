import { describe, expect, it } from 'vitest';
import { type Call, makeApiWorld } from './api-world.ts';

const bulk = (body: object, over: Partial<Call> = {}): Call => ({
  method: 'POST',
  path: '/v1/bulk',
  body,
  ...over,
});

async function put(world: ReturnType<typeof makeApiWorld>, id: string, over: object = {}) {
  const body = {
    name: id,
    handler: 'demo.echo',
    schedule: { kind: 'cron', expressions: ['0 2 * * *'] },
    ...over,
  };
  const made = await world.call({ method: 'PUT', path: `/v1/tasks/${id}`, body });
  if (made.status >= 300) throw new Error(JSON.stringify(made.body));
}
const statuses = async ({ call }: ReturnType<typeof makeApiWorld>): Promise<Record<string, string>> =>
  Object.fromEntries(
    (await call({ path: '/v1/tasks' })).body.items.map((task: { id: string; status: string }) => [
      task.id,
      task.status,
    ]),
  );

describe('a bulk request by ids', () => {
  it('says of each what became of it, by the rules of the single endpoint', async () => {
    const world = makeApiWorld();
    for (const id of ['a', 'b', 'c']) await put(world, id);
    await put(world, 'own', { system: true });
    await world.call({ method: 'POST', path: '/v1/tasks/b/pause' });
    const ids = ['a', 'b', 'a', 'own', 'none', 'not/an#id'];
    const { status, body } = await world.call(bulk({ action: 'pause', ids }, { role: 'operator' }));
    expect([status, body.matched, body.done, body.unchanged, body.failed]).toEqual([200, 5, 1, 1, 3]);
    expect(body.items.map((item: { id: string; outcome: string }) => [item.id, item.outcome])).toEqual([
      ['a', 'done'],
      ['b', 'unchanged'],
      ['own', 'failed'],
      ['none', 'failed'],
      ['not/an#id', 'failed'],
    ]);
    expect(body.items.slice(2).map(({ problem }: { problem: { code: string } }) => problem.code)).toEqual([
      'forbidden',
      'not-found',
      'not-found',
    ]);
    expect(await statuses(world)).toEqual({ a: 'paused', b: 'paused', c: 'active', own: 'active' });
    const admins = await world.call(bulk({ action: 'pause', ids: ['own'] }));
    expect(admins.body).toMatchObject({ done: 1, failed: 0 });
  });

  it.each(['pause', 'resume', 'trigger', 'delete'])(
    '%s: a dry run tells the same and changes nothing',
    async (action) => {
      const world = makeApiWorld();
      for (const id of ['a', 'b']) await put(world, id);
      await put(world, 'own', { system: true });
      await world.call({ method: 'POST', path: '/v1/tasks/b/pause' });
      const request = { action, ids: ['a', 'b', 'own', 'none'] };
      const stored = () => JSON.stringify([world.tables.states.all(), world.tables.executions.all()]);
      const before = stored();
      const dry = await world.call(bulk({ ...request, dryRun: true }, { role: 'operator' }));
      expect(stored()).toBe(before);
      const real = await world.call(bulk(request, { role: 'operator' }));
      expect(stored()).not.toBe(before);
      expect(dry.body).toEqual({ ...real.body, dryRun: true });
    },
  );

  it('cancels what waits and retries what was cancelled', async () => {
    const world = makeApiWorld();
    await put(world, 'a');
    const trigger = { method: 'POST', path: '/v1/tasks/a/trigger' };
    const runs = [await world.call(trigger), await world.call(trigger)].map(({ body }) => body.id);
    const ask = async (action: string, dryRun = false) =>
      (await world.call(bulk({ action, ids: runs, dryRun }))).body;
    expect(await ask('retry', true)).toMatchObject({ done: 0, failed: 2 });
    expect(await ask('cancel', true)).toMatchObject({ done: 2, failed: 0 });
    expect(await ask('cancel')).toMatchObject({ done: 2, failed: 0 });
    const again = await ask('cancel');
    expect(again).toMatchObject({ done: 0, failed: 2 });
    expect(again.items[0].problem.code).toBe('state-conflict');
    expect(await ask('retry')).toMatchObject({ done: 2, failed: 0 });
    const listed = await world.call({ path: '/v1/executions', query: 'status=queued' });
    expect(listed.body.items).toHaveLength(2);
  });

  it('refuses what it cannot mean, naming each field', async () => {
    const { call } = makeApiWorld();
    const refused = async (body: object) => {
      const answer = await call(bulk(body));
      expect(answer.status).toBe(422);
      return answer.body.errors.map(({ path }: { path: string }) => path);
    };
    expect(await refused({ action: 'pause' })).toEqual(['ids']);
    expect(await refused({ action: 'pause', ids: ['a'], filter: {} })).toEqual(['ids']);
    expect(await refused({ action: 'pause', ids: [] })).toEqual(['ids']);
    expect(await refused({ action: 'pause', ids: Array(1_001).fill('a') })).toEqual(['ids']);
    const both = { action: 'pause', filter: {}, background: true, dryRun: true };
    expect(await refused(both)).toEqual(['background']);
    expect(await refused({ action: 'explode', ids: ['a'] })).toEqual(['action']);
    expect(await refused({ action: 'pause', filter: { taskId: 'a', status: 'dead' } })).toEqual([
      'filter.taskId',
      'filter.status',
    ]);
    expect(await refused({ action: 'retry', filter: { handler: 'x', status: ['active'] } })).toEqual([
      'filter.handler',
      'filter.status',
    ]);
  });
});

describe('a bulk request by filter', () => {
  it('takes what all its filters take, but nothing of the system and nothing that it would be refused for', async () => {
    const world = makeApiWorld();
    await put(world, 'a', { tags: ['x'] });
    await put(world, 'b', { tags: ['x'], queue: 'low' });
    await put(world, 'c', { tags: ['y'], queue: 'low' });
    await put(world, 'own', { tags: ['x'], queue: 'low', system: true });
    const both = await world.call(bulk({ action: 'pause', filter: { tag: 'x', queue: 'low' } }));
    expect(both.body).toMatchObject({ matched: 1, items: [{ id: 'b', outcome: 'done' }] });
    const rest = await world.call(bulk({ action: 'pause', filter: { search: 'ECHO' } }));
    expect(rest.body).toMatchObject({ matched: 3, done: 2, unchanged: 1, failed: 0 });
    const none = await world.call(bulk({ action: 'pause', filter: { status: 'completed' } }));
    expect(none.body).toMatchObject({ matched: 0, items: [] });
    const resumed = await world.call(bulk({ action: 'resume', filter: {} }));
    expect(resumed.body).toMatchObject({ matched: 3, done: 3 });
    expect(Object.values(await statuses(world))).toEqual(Array(4).fill('active'));
  });

  it('retries the dead only, unless it names others', async () => {
    const world = makeApiWorld();
    await put(world, 'a');
    const trigger = { method: 'POST', path: '/v1/tasks/a/trigger' };
    await world.call(trigger);
    const cancelled = await world.call(bulk({ action: 'cancel', filter: { taskId: 'a' } }));
    expect(cancelled.body).toMatchObject({ matched: 1, done: 1 });
    expect((await world.call(bulk({ action: 'retry', filter: {} }))).body).toMatchObject({ matched: 0 });
    const named = await world.call(bulk({ action: 'retry', filter: { status: ['cancelled', 'success'] } }));
    expect(named.body).toMatchObject({ matched: 1, done: 1 });
  });

  it('becomes a job when it matches too many, which can be looked at and aborted by its own tenant only', async () => {
    const world = makeApiWorld();
    for (let n = 0; n < 1_001; n++) await put(world, `t-${n}`);
    const dry = await world.call(bulk({ action: 'pause', filter: {}, dryRun: true }));
    expect(dry.body).toMatchObject({ dryRun: true, matched: 1_001, more: false, done: 1_000 });
    const made = await world.call(bulk({ action: 'pause', filter: {} }));
    expect(made.status).toBe(202);
    expect(made.body).toMatchObject({ status: 'running', matched: 1_001, done: 0, failures: [] });
    const path = `/v1/bulk/${made.body.id}`;
    expect(made.headers.location).toBe(path);
    expect((await world.call({ path })).body).toEqual(made.body);
    for (const method of ['GET', 'DELETE'])
      expect((await world.call({ method, path, tenant: 'other' })).status).toBe(404);
    const aborted = await world.call({ method: 'DELETE', path });
    expect(aborted.body).toMatchObject({ status: 'aborted', finishedAt: expect.any(String) });
    expect((await world.call({ method: 'DELETE', path })).body).toEqual(aborted.body);
  });
});

describe('the list of tasks', () => {
  it('is searched in id, name, description, handler and tags, whatever the case', async () => {
    const world = makeApiWorld();
    await put(world, 'Needle-1', { name: 'x' });
    await put(world, 'b', { name: 'A NEEDLE in the hay' });
    await put(world, 'c', { description: 'where is the needle?' });
    await put(world, 'd', { tags: ['needle:d'] });
    await put(world, 'e', { handler: 'demo.sleep', payload: { seconds: 1 } });
    const found = async (query: string): Promise<string[]> =>
      (await world.call({ path: '/v1/tasks', query })).body.items
        .map(({ id }: { id: string }) => id)
        .toSorted();
    expect(await found('search=nEEdle')).toEqual(['Needle-1', 'b', 'c', 'd']);
    expect(await found('search=SLEEP')).toEqual(['e']);
    expect(await found('search=echo&tag=needle:d')).toEqual(['d']);
    expect(await found('search=needle&handler=demo.sleep')).toEqual([]);
    expect(await found('kind=rrule')).toEqual([]);
  });

  it('has each match on exactly one page, whatever is filtered out in between', async () => {
    const world = makeApiWorld();
    const wanted: string[] = [];
    for (let n = 0; n < 240; n++) {
      const isWanted = n % 7 === 3;
      const id = `t-${String(n).padStart(3, '0')}`;
      if (isWanted) wanted.push(id);
      await put(world, id, {
        name: 'the same',
        queue: n % 2 ? 'low' : 'high',
        tags: isWanted ? ['keep'] : [],
      });
    }
    for (const limit of [1, 5, 200]) {
      const seen: string[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const query: string = `search=SAME&tag=keep&status=active&limit=${limit}${cursor && `&cursor=${cursor}`}`;
        const { body } = await world.call({ path: '/v1/tasks', query });
        seen.push(...body.items.map(({ id }: { id: string }) => id));
        cursor = body.nextCursor;
      }
      expect(seen.toSorted()).toEqual(wanted);
    }
  });
});
