import { describe, expect } from 'vitest';
import { createClient, ProblemError } from '../../shared/client/client.ts';
import { inSeconds, it, target } from './target.ts';

const client = createClient(target);

describe.concurrent('the client', () => {
  it('makes, reads, steers and takes away a task', async ({ world }) => {
    const id = world.newId();
    const input = { name: 'By client', handler: 'demo.echo', payload: { n: 1 } };
    const task = await client.tasks.put(id, { ...input, schedule: { kind: 'interval', seconds: 3_600 } });
    expect(task).toMatchObject({ id, ...input, status: 'active', version: 1 });
    expect(await client.tasks.upcoming(id, 3)).toHaveLength(3);
    expect(await client.tasks.pause(id)).toMatchObject({ status: 'paused', nextRunAt: null });
    const patched = await client.tasks.patch(id, { description: 'told' });
    expect(await client.tasks.get(id)).toEqual(patched);
    const run = await client.tasks.trigger(id, { payload: { n: 2 } });
    await world.reached(run.id, 'success');
    expect(await client.executions.get(run.id)).toMatchObject({ result: { n: 2 }, trigger: 'manual' });
    await client.tasks.delete(id);
    await expect(client.tasks.get(id)).rejects.toMatchObject({ status: 404, code: 'not-found' });
  });

  it('goes through lists of many pages', async ({ world }) => {
    const tag = `t${world.newId()}`.slice(0, 40);
    const schedule = { kind: 'once', at: inSeconds(7_200) } as const;
    const ids = [...Array(5)].map(() => world.newId());
    for (const id of ids)
      await client.tasks.put(id, { name: 'Listed', handler: 'demo.echo', tags: [tag], schedule });
    const found = await client.tasks.list({ tag, limit: 2 }).toArray();
    expect(found.map((task) => task.id).sort()).toEqual(ids.sort());
  });

  it('throws what is refused as an error that names each field', async () => {
    const wrong = client.tasks.create({ name: '', handler: 'no.such', schedule: { kind: 'now' } });
    const error = await wrong.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ProblemError);
    expect(error).toMatchObject({ status: 422, code: 'validation-failed' });
    expect(error instanceof ProblemError && error.errors.map(({ path }) => path).sort()).toEqual([
      'handler',
      'name',
    ]);
  });
});
