import { describe, expect, it } from 'vitest';
import { makeApiWorld, TASK } from './api-world.ts';

const OWN = { to: 'me@example.com' };
const OF_TASK = { to: 'team@example.com' };

async function withRun(given: object = {}) {
  const world = makeApiWorld();
  await world.call({ method: 'PUT', path: '/v1/tasks/nightly', body: { ...TASK, payload: OF_TASK } });
  const { body } = await world.call({ method: 'POST', path: '/v1/tasks/nightly/trigger', body: given });
  return { ...world, id: String(body.id), payload: `/v1/executions/${body.id}/payload` };
}

describe('the payload of a run', () => {
  it('is the one that it was given, however large', async () => {
    const large = { text: 'x'.repeat(2_000) };
    for (const payload of [OWN, null, large]) {
      const { call, payload: path } = await withRun({ payload });
      expect((await call({ path })).body).toEqual({ payload, source: 'execution' });
    }
  });

  it('is what its task has now when it was given none', async () => {
    const { call, payload: path } = await withRun();
    expect((await call({ path })).body).toEqual({ payload: OF_TASK, source: 'task' });
    await call({ method: 'PATCH', path: '/v1/tasks/nightly', body: { payload: OWN } });
    expect((await call({ path })).body).toEqual({ payload: OWN, source: 'task' });
  });

  it('says why it is not there any more', async () => {
    const own = await withRun({ payload: { text: 'x'.repeat(2_000) } });
    own.tables.documents.clear();
    const gone = await own.call({ path: own.payload });
    expect([gone.status, gone.body.detail]).toEqual([404, expect.stringContaining('not stored any more')]);
    const taskless = await withRun();
    await taskless.call({ method: 'DELETE', path: '/v1/tasks/nightly' });
    const deleted = await taskless.call({ path: taskless.payload });
    expect([deleted.status, deleted.body.detail]).toEqual([404, expect.stringContaining('deleted')]);
  });
});

describe('what a viewer is told of the data of runs', () => {
  it('is the size of payloads and of results, in lists as well', async () => {
    const { call, id, payload, executions, tables, clock } = await withRun({ payload: OWN });
    const [run] = tables.executions.all();
    if (!run) throw new Error('no run');
    const end = { set: { status: 'success', result: '{"total":12}', finishedAt: clock.nowMs() } } as const;
    await executions.update(run, { ...end, guard: {} });
    const bytes = JSON.stringify({ total: 12 }).length;
    const seenBy = async (role: 'viewer' | 'operator') => {
      const one = await call({ path: `/v1/executions/${id}`, role });
      const list = await call({ path: '/v1/tasks/nightly/executions', role });
      const given = await call({ path: payload, role });
      return [one.body.result, list.body.items[0].result, given.body.payload];
    };
    const masked = { masked: true, bytes };
    expect(await seenBy('viewer')).toEqual([masked, masked, { masked: true, bytes: 23 }]);
    expect(await seenBy('operator')).toEqual([{ total: 12 }, { total: 12 }, OWN]);
  });
});
