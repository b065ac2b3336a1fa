import { describe, expect, it } from 'vitest';
import { makeRegistry } from '../../../shared/contract/handler.ts';
import { GRACE_MS, KILL_MS } from '../../../shared/domain/limits.ts';
import { executionId, scheduledOccurrence } from '../../../shared/domain/occurrence.ts';
import type { TaskDefinition } from '../../../shared/domain/task.ts';
import type { HandlerRequest } from '../../../shared/ports.ts';
import { cancelRun } from '../../../shared/usecases/manage-runs/steer-run.ts';
import { boom, makeSchedulerWorld, ok, T0 } from '../../support/scheduler-world.ts';

const first = scheduledOccurrence(T0);
const SLACK_MS = KILL_MS + GRACE_MS;
const somebody = { tenant: 'root', role: 'operator', actor: 'test' } as const;

/** A run under way of a task that expects a sign of life every 30 s; its handler does what the test says, when it says so. */
async function makeBeatingWorld(over: Partial<TaskDefinition> = {}) {
  const w = makeSchedulerWorld();
  await w.addTask({ timeoutSeconds: 300, heartbeatSeconds: 30, ...over });
  let request: HandlerRequest | undefined;
  let end = (_result: ReturnType<typeof ok>) => {};
  w.handle((given) => {
    request = given;
    return new Promise((resolve) => {
      end = resolve;
    });
  });
  const leases: number[] = [];
  w.hooks.after = (operation) => {
    const lease = operation === 'executions.update' && w.history()[0]?.leaseUntil;
    if (lease && lease !== leases.at(-1)) leases.push(lease);
  };
  const outcome = w.hint(first);
  await w.advance(0);
  return {
    ...w,
    leases,
    outcome,
    /** Resolves with what is left until the next sign, or undefined while nothing was written. */
    beat: async () => {
      let left: number | undefined;
      void request?.onHeartbeat?.().then((ms) => {
        left = ms;
      });
      await w.advance(0);
      return left;
    },
    request: () => request,
    end: async (result = ok()) => {
      end(result);
      await outcome;
    },
    run: () => w.history()[0],
  };
}

describe('a run whose task expects signs of life', () => {
  it('begins with a short lease, and tells its handler when the first sign is due', async () => {
    const w = await makeBeatingWorld();
    expect(w.run()?.leaseUntil).toBe(T0 + 30_000 + SLACK_MS);
    expect(w.request()).toMatchObject({ heartbeatMs: 30_000, timeoutMs: 300_000 });
  });

  it('keeps its lease as long as signs come, and ends as ever', async () => {
    const w = await makeBeatingWorld();
    for (let seconds = 20; seconds <= 200; seconds += 20) {
      await w.advance(20_000);
      expect(await w.beat()).toBe(30_000);
      expect(w.run()?.leaseUntil).toBe(T0 + seconds * 1_000 + 30_000 + SLACK_MS);
      await w.sweep();
    }
    await w.end();
    expect(w.run()).toMatchObject({ status: 'success', attempt: 1 });
  });

  it('is not found by its lease any later than the timeout allows', async () => {
    const w = await makeBeatingWorld({ timeoutSeconds: 40 });
    await w.advance(20_000);
    expect(await w.beat()).toBe(30_000);
    expect(w.run()?.leaseUntil).toBe(T0 + 40_000 + SLACK_MS);
  });

  it('is written once in a third of the span at most, and then counts from the last sign', async () => {
    const w = await makeBeatingWorld();
    for (let second = 1; second <= 60; second++) {
      await w.advance(1_000);
      await w.beat();
    }
    expect(w.leases).toHaveLength(6);
    expect(w.run()?.leaseUntil).toBe(T0 + 59_000 + 30_000 + SLACK_MS);
    await w.advance(9_000);
    await w.beat();
    await w.advance(1_000);
    expect(w.run()?.leaseUntil).toBe(T0 + 69_000 + 30_000 + SLACK_MS);
  });

  it('counts from before the write, however long that takes', async () => {
    const w = await makeBeatingWorld();
    await w.advance(15_000);
    w.hooks.before = async (operation) => {
      if (operation === 'executions.update') await w.clock.sleep(4_000);
    };
    let left: number | undefined;
    void w
      .request()
      ?.onHeartbeat?.()
      .then((ms) => {
        left = ms;
      });
    await w.advance(4_000);
    expect(left).toBe(26_000);
    expect(w.run()?.leaseUntil).toBe(T0 + 45_000 + SLACK_MS);
  });

  it('is found soon after its process vanished', async () => {
    const w = await makeBeatingWorld();
    await w.advance(15_000);
    await w.beat();
    await w.advance(30_000 + SLACK_MS);
    await w.sweep();
    expect(w.run()).toMatchObject({ status: 'running' });
    await w.advance(2_000);
    await w.sweep();
    expect(w.run()).toMatchObject({ status: 'retrying', errorType: 'LeaseExpired' });
  });

  it('is stopped at once when a sign finds that somebody asked it to', async () => {
    const w = await makeBeatingWorld();
    await w.advance(14_000);
    await cancelRun(
      { ...w, handlers: makeRegistry([]), retentionMs: 1_000 },
      somebody,
      executionId({ taskId: 'job', occurrence: first }),
    );
    await w.beat();
    expect(w.request()?.signal?.aborted).toBe(true);
    await w.end(boom({ cause: 'aborted' }));
    expect(w.run()).toMatchObject({ status: 'cancelled', reason: 'requested' });
  });

  it('is stopped at once when a sign finds that it was declared lost', async () => {
    const w = await makeBeatingWorld();
    await w.advance(50_000);
    await w.sweep();
    expect(await w.beat()).toBeUndefined();
    expect(w.request()?.signal?.aborted).toBe(true);
    await w.end();
    expect(w.run()).toMatchObject({ status: 'retrying' });
  });

  it('outlives a store that is away for a moment, and an answer that got lost', async () => {
    const w = await makeBeatingWorld();
    let away = 1;
    w.hooks.before = (operation) => {
      if (operation === 'executions.update' && away-- > 0) throw new Error('away');
    };
    await w.advance(15_000);
    void w.request()?.onHeartbeat?.();
    await w.advance(1_000);
    expect(w.run()?.leaseUntil).toBe(T0 + 45_000 + SLACK_MS);

    let lost = 1;
    w.hooks.before = undefined;
    w.hooks.after = (operation) => {
      if (operation === 'executions.update' && lost-- > 0) throw new Error('lost');
    };
    await w.advance(15_000);
    let left: number | undefined;
    void w
      .request()
      ?.onHeartbeat?.()
      .then((ms) => {
        left = ms;
      });
    await w.advance(1_000);
    expect(left).toBe(29_000);
    await w.end();
    expect(w.run()).toMatchObject({ status: 'success' });
  });

  it('writes nothing more once it has ended', async () => {
    const w = await makeBeatingWorld();
    await w.advance(1_000);
    await w.beat();
    await w.end();
    const before = JSON.stringify(w.run());
    await w.advance(30_000);
    expect(JSON.stringify(w.run())).toBe(before);
    expect(w.request()?.signal?.aborted).toBe(false);
  });

  it('does not begin when its first sign would be too late', async () => {
    const w = makeSchedulerWorld();
    await w.addTask({ heartbeatSeconds: 5 });
    w.hooks.after = (operation) => (operation === 'tasks.update' ? w.clock.sleep(5_000) : undefined);
    const hinted = w.hint(first);
    await w.advance(6_000);
    expect(await hinted).toMatchObject({ note: 'too late to begin; the sweeper goes on' });
    expect(w.runs).toHaveLength(0);
  });
});

it('a run whose task expects none has its whole lease from the start, and signs cost nothing', async () => {
  const w = makeSchedulerWorld();
  await w.addTask();
  await w.hint(first);
  expect(w.runs[0]).not.toHaveProperty('onHeartbeat');
  expect(w.runs[0]).not.toHaveProperty('heartbeatMs');
});
