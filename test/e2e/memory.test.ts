import { describe, expect } from 'vitest';
import { inSeconds, it } from './target.ts';

const idle = { queue: 'low', schedule: { kind: 'once', at: inSeconds(3_600) }, retry: { limit: 0 } };

describe('memory', () => {
  it('used up by one run fails that run, and its neighbour goes on', { timeout: 120_000 }, async ({
    world,
  }) => {
    const runaway = { ...idle, handler: 'demo.memory', payload: { megabytes: 100_000 } };
    const neighbour = { ...idle, handler: 'demo.sleep', payload: { seconds: 10 } };
    const tasks = await Promise.all([world.task(neighbour), world.task(runaway)]);
    const [slept, ran] = await Promise.all(tasks.map(({ id }) => world.trigger(id)));
    expect(await world.reached(ran?.id ?? '', 'dead', 60_000)).toMatchObject({
      reason: 'crashed',
      attempts: [{ errorType: 'OutOfMemory' }],
    });
    expect(await world.reached(slept?.id ?? '', 'success', 60_000)).toMatchObject({ attempt: 1 });
  });

  it('kept hold of by one run is there again for the next', { timeout: 120_000 }, async ({ world }) => {
    // Two of them would be too much for one thread.
    const payload = { megabytes: 140, leak: true };
    const task = await world.task({ ...idle, handler: 'demo.memory', payload });
    for (let nth = 0; nth < 5; nth++) {
      const { id } = await world.trigger(task.id);
      await world.reached(id, 'success', 30_000);
    }
  });
});
