import { describe, expect } from 'vitest';
import type { ApiWorld } from '../support/api-world.ts';
import { eventually } from '../support/eventually.ts';
import { api, inSeconds, it } from './target.ts';

const later = () => ({ kind: 'once', at: inSeconds(3_600) });
const retry = { strategy: 'fixed', limit: 1, baseSeconds: 1, maxSeconds: 1 };
const runsOf = (world: ApiWorld, taskId: string, count: number) => world.ended(taskId, count);

describe.concurrent('a chain', () => {
  it('hands the result of one task on to the next', async ({ world }) => {
    const load = await world.task({ schedule: later() });
    const extract = await world.task({
      schedule: later(),
      payload: { file: 'a.csv' },
      onSuccess: [{ taskId: load.id, payload: { load: '{{ upstream.result.file }}' } }],
    });
    const first = await world.trigger(extract.id);
    const [second] = await runsOf(world, load.id, 1);
    expect(second).toMatchObject({
      status: 'success',
      trigger: 'event',
      result: { load: 'a.csv' },
      upstream: { taskId: extract.id, executionId: first.id, outcome: 'success' },
    });
  });

  it('triggers for every attempt that fails, and once when the run gives up', async ({ world }) => {
    const [failed, dead] = [await world.task({ schedule: later() }), await world.task({ schedule: later() })];
    const task = await world.task({
      schedule: later(),
      handler: 'demo.fail',
      payload: { message: 'no luck' },
      retry,
      onFailure: [{ taskId: failed.id, payload: '{{ upstream.errorMessage }}' }],
      onDead: [{ taskId: dead.id }],
    });
    const run = await world.trigger(task.id);
    await world.reached(run.id, 'dead');
    const warnings = await runsOf(world, failed.id, 2);
    expect(warnings.map(({ result }) => result)).toEqual(['no luck', 'no luck']);
    expect(await runsOf(world, dead.id, 1)).toHaveLength(1);
    await world.must(202, 'POST', `/v1/executions/${run.id}/retry`);
    await eventually(async () => expect(await world.runs(dead.id)).toHaveLength(2));
  });

  it('is refused when it leads back, leads nowhere or holds a template that does not parse', async ({
    world,
  }) => {
    const b = await world.task({ schedule: later() });
    const a = await world.task({ schedule: later(), onSuccess: [{ taskId: b.id }] });
    const patch = (json: object) => api.call('PATCH', `/v1/tasks/${b.id}`, { json });
    expect(await patch({ onDead: [{ taskId: a.id }] })).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'onDead[0].taskId', message: expect.stringContaining(`${a.id} → ${b.id}`) }] },
    });
    expect(await patch({ onDead: [{ taskId: 'nobody' }] })).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'onDead[0].taskId' }] },
    });
    expect(await patch({ onDead: [{ taskId: a.id, payload: '{{ ( }}' }] })).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'onDead[0].payload' }] },
    });
    expect(await world.read(b.id)).not.toHaveProperty('onDead');
  });
});
