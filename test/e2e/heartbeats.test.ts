import { describe, expect } from 'vitest';
import { inSeconds, it } from './target.ts';

const idle = { schedule: { kind: 'once', at: inSeconds(3_600) }, retry: { limit: 0 } };

describe.concurrent('a task that expects signs of life', () => {
  it('runs far longer than its heartbeats are apart while they come', async ({ world }) => {
    const payload = { seconds: 12, heartbeat: true };
    const task = await world.task({ ...idle, handler: 'demo.sleep', payload, heartbeatSeconds: 5 });
    expect(task).toMatchObject({ heartbeatSeconds: 5 });
    const run = await world.trigger(task.id);
    expect(await world.reached(run.id, 'success', 60_000)).toMatchObject({ result: { sleptSeconds: 12 } });
  });

  it('fails its attempt as soon as they stay away', async ({ world }) => {
    // Reports each hundredth of its way: one at once, and the next after 10 s.
    const payload = { seconds: 1_000 };
    const task = await world.task({ ...idle, handler: 'demo.sleep', payload, heartbeatSeconds: 5 });
    const run = await world.trigger(task.id);
    const dead = await world.reached(run.id, 'dead', 40_000);
    expect(dead).toMatchObject({ reason: 'timedOut', attempts: [{ errorType: 'HeartbeatTimeout' }] });
  });

  it('finds a run whose process vanished long before its timeout', { timeout: 240_000 }, async ({
    world,
  }) => {
    const task = await world.task({
      handler: 'demo.crash',
      queue: 'low',
      schedule: { kind: 'now' },
      timeoutSeconds: 800,
      heartbeatSeconds: 5,
      retry: { strategy: 'fixed', limit: 3, baseSeconds: 1, maxSeconds: 1 },
    });
    const [run] = await world.ended(task.id, 1, 200_000);
    expect(run).toMatchObject({ status: 'success', attempt: 2 });
  });
});
