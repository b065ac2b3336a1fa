import { describe, expect } from 'vitest';
import { it } from './target.ts';

describe('a process that dies under its runs', () => {
  /** On the queue that no other test runs tasks on for long, since whatever shares the batch is held up too. */
  it('is noticed by the lease: the run goes on, and so does its neighbour', { timeout: 300_000 }, async ({
    world,
  }) => {
    const fields = {
      queue: 'low',
      schedule: { kind: 'now' },
      timeoutSeconds: 5,
      retry: { strategy: 'fixed', limit: 3, baseSeconds: 1, maxSeconds: 1 },
    };
    const startedMs = performance.now();
    const [crashing, ...neighbours] = await Promise.all([
      world.task({ ...fields, handler: 'demo.crash', payload: { times: 1 } }),
      ...Array.from({ length: 4 }, () => world.task({ ...fields, handler: 'demo.echo' })),
    ]);
    const [run] = await world.ended(crashing.id, 1, 240_000);
    console.log(
      `crash: success ${Math.round((performance.now() - startedMs) / 1_000)} s after the request was sent`,
    );
    expect(run).toMatchObject({ status: 'success', attempt: 2, result: { attempt: 2 } });
    expect(run?.attempts.map(({ status }) => status)).toEqual(['failed', 'success']);
    for (const { id } of neighbours) {
      const runs = await world.ended(id, 1, 60_000);
      expect(runs.map(({ status }) => status)).toEqual(['success']);
    }
  });
});
