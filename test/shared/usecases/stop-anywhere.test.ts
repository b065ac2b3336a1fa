import { describe, expect, it } from 'vitest';
import type { StopRule, StopRules } from '../../../shared/domain/task.ts';
import type { HandlerRequest, HandlerResult } from '../../../shared/ports.ts';
import { playWithCrash } from '../../support/crashing.ts';
import { boom, makeSchedulerWorld, ok, T0 } from '../../support/scheduler-world.ts';

/**
 * A process may die before or after any request. Whatever the point, each run is counted once, the task stops after
 * the run that fulfils its rule, that is told, and no occurrence starts after it.
 */
const WORKLOADS = {
  'a task that stops after two runs': {
    stop: { afterRuns: 2 },
    handle: async () => ok(),
    by: 'afterRuns',
    status: 'completed',
  },
  'a task that is disabled after two deaths in a row': {
    stop: { afterConsecutiveFailures: 2 },
    handle: async () => boom(),
    by: 'afterConsecutiveFailures',
    status: 'disabled',
  },
} satisfies Record<
  string,
  {
    stop: StopRules;
    handle: (request: HandlerRequest) => Promise<HandlerResult>;
    by: StopRule;
    status: 'completed' | 'disabled';
  }
>;

async function play(workload: keyof typeof WORKLOADS, crashAt: number, side: 'before' | 'after') {
  const { stop, handle } = WORKLOADS[workload];
  const w = makeSchedulerWorld();
  await w.addTask({
    stop,
    schedule: { kind: 'interval', seconds: 30, startAt: T0 },
    timeoutSeconds: 10,
    retry: { strategy: 'fixed', limit: 0, baseSeconds: 1, maxSeconds: 1, jitter: 'none' },
  });
  w.handle(handle);
  return { w, operations: await playWithCrash(w, { crashAt, side, minutes: 10 }) };
}

describe.each(Object.keys(WORKLOADS) as (keyof typeof WORKLOADS)[])('%s', (workload) => {
  const { by, status } = WORKLOADS[workload];
  it.each(['before', 'after'] as const)('does so whatever request a crash comes %s', async (side) => {
    const total = (await play(workload, Number.POSITIVE_INFINITY, side)).operations;
    const atOnce = Math.min(total, 90);
    expect(atOnce).toBeGreaterThan(20);
    for (let crashAt = 1; crashAt <= atOnce; crashAt++) {
      const { w } = await play(workload, crashAt, side);
      const where = `crash ${side} request ${crashAt}`;
      const ran = w.history().filter((row) => row.status === 'success' || row.status === 'dead');
      // A run lost to the crash is a death: it counts as a run, and it may come first.
      const state = await w.state();
      expect(state, where).toMatchObject({ status, stopped: { by }, tally: { runs: 2 } });
      expect(
        ran.map(({ counted }) => counted),
        where,
      ).toEqual([true, true]);
      expect(
        ran.map(({ stopped }) => stopped),
        where,
      ).toEqual([undefined, by]);
      expect(
        w.history().every((row) => row.attempt > 0 || row.status === 'skipped'),
        where,
      ).toBe(true);
      const told = w.events.told.filter(({ type }) => type === `task.${status}`);
      expect(new Set(told.map(({ id }) => id)).size, where).toBe(1);
      expect(
        w.history().every((row) => row.index?.set !== 'open'),
        where,
      ).toBe(true);
      const starts = w.runs.map(({ execution }) => `${execution.id} ${execution.attempt}`);
      expect(new Set(starts).size, where).toBe(starts.length);
    }
  });
});
