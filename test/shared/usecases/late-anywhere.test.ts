import { describe, expect, it } from 'vitest';
import { playWithCrash } from '../../support/crashing.ts';
import { boom, makeSchedulerWorld, ok, T0 } from '../../support/scheduler-world.ts';

/**
 * A process may die before or after any request. Whatever the point, a run that has not finished by its deadline is
 * marked, and told at least once under one id; nothing is left in the index of what has not ended.
 */
async function play(crashAt: number, side: 'before' | 'after') {
  const w = makeSchedulerWorld();
  await w.addTask({
    schedule: { kind: 'once', at: T0 },
    deadline: { seconds: 45, notify: true },
    timeoutSeconds: 10,
    retry: { strategy: 'fixed', limit: 3, baseSeconds: 60, maxSeconds: 60, jitter: 'none' },
  });
  w.handle(({ execution }) => (execution.attempt === 1 ? boom() : ok()));
  const operations = await playWithCrash(w, { crashAt, side, minutes: 9 });
  return { w, operations };
}

describe('a run that backs off over its deadline', () => {
  it.each(['before', 'after'] as const)('is told whatever request a crash comes %s', async (side) => {
    const total = (await play(Number.POSITIVE_INFINITY, side)).operations;
    expect(total).toBeGreaterThan(15);
    for (let crashAt = 1; crashAt <= Math.min(total, 80); crashAt++) {
      const { w } = await play(crashAt, side);
      const where = `crash ${side} request ${crashAt}`;
      const [run, ...others] = w.history();
      expect(others, where).toEqual([]);
      expect(run, where).toMatchObject({
        status: 'success',
        lateSince: T0 + 45_000,
        index: { set: 'ended' },
      });
      expect(run, where).not.toHaveProperty('deadline');
      const told = w.events.told.filter(({ type }) => type === 'run.late');
      expect(new Set(told.map(({ id }) => id)).size, where).toBe(1);
    }
  });
});
