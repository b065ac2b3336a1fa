import { describe, expect, it } from 'vitest';
import type { BulkAction, BulkFilter } from '../../../shared/domain/bulk.ts';
import { driveBulkJobs } from '../../../shared/usecases/bulk/drive.ts';
import { aBulkJob } from '../../contracts/samples.ts';
import { playWithCrash } from '../../support/crashing.ts';
import { makeSchedulerWorld, T0 } from '../../support/scheduler-world.ts';

const TASKS = 4;
const LONG_MS = 60_000;
const FAR_MS = 3_600_000;
/** A minute's sweep at every step. */
const STEP_MS = 30_000;

async function play(action: BulkAction, filter: BulkFilter, crashAt: number, side: 'before' | 'after') {
  const w = makeSchedulerWorld();
  const deps = { ...w, queues: ['default'], shards: 1, retentionMs: 86_400_000 };
  for (let n = 0; n < TASKS; n++) {
    await w.addTask({ taskId: `t-${n}` }, T0 + FAR_MS);
    if (action === 'cancel' || action === 'retry')
      w.tables.executions.put({
        tenant: 'root',
        taskId: `t-${n}`,
        occurrence: '000000000000001',
        status: action === 'cancel' ? 'retrying' : 'dead',
        trigger: 'schedule',
        shard: 0,
        taskName: 'Job',
        handler: 'demo.echo',
        queue: 'default',
        tags: [],
        scheduledAt: 1,
        attempt: 1,
        maxAttempts: 5,
        epoch: 0,
        generation: 1,
        ...(action === 'cancel'
          ? {
              nextAttemptAt: w.clock.nowMs() + 3_600_000,
              index: { set: 'open', shard: 0, at: w.clock.nowMs() + 3_600_000 },
            }
          : {
              finishedAt: 2,
              diedAt: 2,
              letter: 'sent',
              index: { set: 'dead', shard: 0, at: 2, queue: 'default' },
            }),
      });
  }
  await w.bulkJobs.put(aBulkJob({ action, filter, createdAt: w.clock.nowMs() }));
  const operations = await playWithCrash(w, {
    crashAt,
    side,
    minutes: 4,
    stepMs: STEP_MS,
    meanwhile: async () => driveBulkJobs(deps, await w.bulkJobs.running(4), () => LONG_MS),
  });
  return { w, operations };
}

describe.each([
  ['pause', { status: ['active'] }],
  ['trigger', {}],
  ['delete', {}],
  ['cancel', {}],
  ['retry', {}],
] as [BulkAction, BulkFilter][])('a bulk job: %s', (action, filter) => {
  it.each(['before', 'after'] as const)('survives a crash %s every single request', async (side) => {
    const total = (await play(action, filter, Number.POSITIVE_INFINITY, side)).operations;
    const atOnce = Math.min(total, 120);
    expect(atOnce).toBeGreaterThan(10);
    for (let crashAt = 1; crashAt <= atOnce; crashAt++) {
      const { w } = await play(action, filter, crashAt, side);
      const where = `crash ${side} request ${crashAt}`;
      const [job] = w.tables.bulkJobs.values();
      expect(job, where).toMatchObject({ status: 'done', failed: 0, batch: [] });
      // What was done and died uncounted is unchanged to whoever goes on; each is counted once.
      expect((job?.done ?? 0) + (job?.unchanged ?? 0), where).toBe(TASKS);
      const states = w.tables.states.all().map(({ status }) => status);
      const runs = w.history();
      if (action === 'pause') expect(states, where).toEqual(Array(TASKS).fill('paused'));
      if (action === 'delete') expect(states, where).toEqual(Array(TASKS).fill('deleted'));
      if (action === 'trigger')
        expect(runs.map(({ taskId }) => taskId).toSorted(), where).toEqual(['t-0', 't-1', 't-2', 't-3']);
      if (action === 'cancel')
        expect(
          runs.map(({ status }) => status),
          where,
        ).toEqual(Array(TASKS).fill('cancelled'));
      if (action === 'retry')
        expect(
          runs.map(({ epoch }) => epoch),
          where,
        ).toEqual(Array(TASKS).fill(1));
    }
  });
});
