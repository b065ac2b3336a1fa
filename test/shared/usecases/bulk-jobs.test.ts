import { describe, expect, it } from 'vitest';
import { SchedulerError } from '../../../shared/domain/errors.ts';
import { executionId, scheduledOccurrence } from '../../../shared/domain/occurrence.ts';
import { driveBulkJobs } from '../../../shared/usecases/bulk/drive.ts';
import { abortBulkJob } from '../../../shared/usecases/bulk/jobs.ts';
import { aBulkJob } from '../../contracts/samples.ts';
import { boom, makeSchedulerWorld, T0 } from '../../support/scheduler-world.ts';

const LONG_MS = 60_000;
const FAR_MS = 3_600_000;
const ADMIN = { tenant: 'root', role: 'admin', actor: 'token:admin' } as const;
const SHORT_OF_TIME_MS = 1_000;

function makeWorld() {
  const w = makeSchedulerWorld();
  const deps = { ...w, queues: ['default'], shards: 1, retentionMs: 86_400_000 };
  const key = { tenant: 'root', id: aBulkJob().id };
  return {
    ...w,
    deps,
    drive: async (remainingMs = () => LONG_MS) =>
      driveBulkJobs(deps, await w.bulkJobs.running(4), remainingMs),
    job: async () => {
      const job = await w.bulkJobs.read(key);
      if (!job) throw new Error('no job');
      return job;
    },
    async addTasks(count: number) {
      for (let n = 0; n < count; n++) await w.addTask({ taskId: `t-${n}`, name: `n-${n % 7}` }, T0 + FAR_MS);
    },
    /** Created a second after what there is. */
    async start(over: Parameters<typeof aBulkJob>[0] = {}) {
      await w.advance(1_000);
      await w.bulkJobs.put(aBulkJob({ createdAt: w.clock.nowMs(), ...over }));
      await w.advance(1_000);
    },
    statuses: () => w.tables.states.all().map(({ status }) => status),
  };
}

describe('a bulk job', () => {
  it('does each once, though what it does takes them out of its filter', async () => {
    const w = makeWorld();
    await w.addTasks(130);
    await w.start({ action: 'pause', filter: { status: ['active'] } });
    await w.drive();
    expect(await w.job()).toMatchObject({ status: 'done', done: 130, unchanged: 0, failed: 0, batch: [] });
    expect(new Set(w.statuses())).toEqual(new Set(['paused']));
    expect(await w.drive()).toBe(0);
  });

  it('leaves alone what came after it', async () => {
    const w = makeWorld();
    await w.addTasks(3);
    await w.start({ action: 'delete', filter: {} });
    await w.addTask({ taskId: 'later', name: 'z' }, T0 + FAR_MS);
    await w.drive();
    expect(await w.job()).toMatchObject({ status: 'done', done: 3 });
    expect((await w.state('later')).status).toBe('active');
  });

  it('stops in time, and goes on where it was', async () => {
    const w = makeWorld();
    await w.addTasks(120);
    await w.start({ action: 'trigger', filter: {} });
    let turns = 0;
    const oneTurn = () => (turns++ % 2 === 0 ? LONG_MS : SHORT_OF_TIME_MS);
    for (let minute = 0; minute < 10; minute++) await w.drive(oneTurn);
    expect(await w.job()).toMatchObject({ status: 'done', done: 120 });
    expect(w.history()).toHaveLength(120);
  });

  it('is aborted, and counts the batch that was under way', async () => {
    const w = makeWorld();
    await w.addTasks(120);
    await w.start({ action: 'pause', filter: {} });
    let writes = 0;
    w.hooks.before = async (operation) => {
      if (operation === 'tasks.update' && ++writes === 60)
        await abortBulkJob(w.deps, ADMIN, (await w.job()).id);
    };
    await w.drive();
    const { status, done } = await w.job();
    expect(status).toBe('aborted');
    expect(done).toBe(100);
    expect(w.statuses().filter((one) => one === 'paused')).toHaveLength(100);
    expect(await w.drive()).toBe(0);
  });

  it('cancels all runs, though they move in their list meanwhile', async () => {
    const w = makeWorld();
    await w.addTask({ taskId: 'job' }, T0 + FAR_MS);
    for (let n = 0; n < 130; n++)
      w.tables.executions.put({
        tenant: 'root',
        taskId: 'job',
        occurrence: `${String(n).padStart(15, '0')}`,
        status: 'retrying',
        trigger: 'schedule',
        shard: 0,
        taskName: 'Job',
        handler: 'demo.echo',
        queue: 'default',
        tags: [],
        scheduledAt: n,
        attempt: 1,
        maxAttempts: 5,
        epoch: 0,
        generation: 1,
        nextAttemptAt: n,
        index: { set: 'open', shard: 0, at: n },
      });
    await w.start({ action: 'cancel', filter: { status: ['retrying'] } });
    let moved = 0;
    w.hooks.before = (operation) => {
      // The last of the list goes to its front, while the job is on its way to it.
      if (operation !== 'executions.update' || moved++ > 0) return;
      for (const run of w.tables.executions.all())
        if (run.scheduledAt < 20)
          w.tables.executions.put({
            ...run,
            scheduledAt: run.scheduledAt + 10_000,
            index: { set: 'open', shard: 0, at: run.scheduledAt + 10_000 },
          });
    };
    await w.drive();
    expect(await w.job()).toMatchObject({ status: 'done', done: 130, failed: 0 });
    expect(new Set(w.history().map(({ status }) => status))).toEqual(new Set(['cancelled']));
  });

  it('retries a dead run once, also when it dies again before the job is over', async () => {
    const w = makeWorld();
    await w.addTask({
      taskId: 'job',
      retry: { strategy: 'fixed', limit: 0, baseSeconds: 1, maxSeconds: 1, jitter: 'none' },
    });
    w.handle(() => ({
      kind: 'failed',
      cause: 'error',
      errorType: 'E',
      errorMessage: 'no',
      nonRetryable: true,
    }));
    await w.minutes(3);
    const dead = w.history().filter(({ status }) => status === 'dead');
    expect(dead.length).toBeGreaterThan(1);
    await w.start({ action: 'retry', filter: {} });
    w.hooks.after = async (operation) => {
      if (operation === 'bulkJobs.put') while ((await w.deliver()) > 0);
    };
    await w.drive();
    expect(await w.job()).toMatchObject({ status: 'done', done: dead.length, failed: 0 });
    for (const { occurrence } of dead)
      expect(w.history().find((run) => run.occurrence === occurrence)).toMatchObject({
        status: 'dead',
        epoch: 1,
      });
  });

  it('counts once what two did of the batch that was under way when it was aborted', async () => {
    const w = makeWorld();
    await w.addTasks(3);
    await w.start({ action: 'trigger', filter: {}, batch: ['t-0', 't-1', 't-2'] });
    const { id } = await w.job();
    let puts = 0;
    w.hooks.before = async (operation) => {
      if (operation !== 'bulkJobs.put') return;
      if (++puts === 1) await w.drive();
      else {
        w.hooks.before = undefined;
        await abortBulkJob(w.deps, ADMIN, id);
      }
    };
    await w.drive();
    expect(await w.job()).toMatchObject({ status: 'aborted', done: 3 });
    expect(w.history()).toHaveLength(3);
  });

  it('does not retry what somebody has put away since it was chosen', async () => {
    const w = makeWorld();
    await w.addTask({
      taskId: 'job',
      retry: { strategy: 'fixed', limit: 0, baseSeconds: 1, maxSeconds: 1, jitter: 'none' },
    });
    w.handle(() => boom());
    await w.hint(scheduledOccurrence(T0));
    const [dead] = w.history();
    if (!dead) throw new Error('no run');
    await w.start({ action: 'retry', filter: {}, batch: [executionId(dead)] });
    const resolution = { kind: 'resolved', at: w.clock.nowMs(), by: 'token:ann' } as const;
    w.tables.executions.put({ ...dead, resolution });
    await w.drive();
    expect(await w.job()).toMatchObject({ status: 'done', done: 0, unchanged: 1, failed: 0 });
    expect(w.history()[0]).toMatchObject({ status: 'dead', resolution: { kind: 'resolved' } });
  });

  it('keeps for the next minute what there is no room for now, and tells what is refused', async () => {
    const w = makeWorld();
    await w.addTasks(5);
    await w.addTask({ taskId: 'own', name: 'z', system: true }, T0 + FAR_MS);
    await w.start({ action: 'pause', filter: {}, role: 'operator', batch: ['t-0', 't-1', 'own'] });
    let away = true;
    w.hooks.before = (operation, [key]) => {
      if (away && operation === 'tasks.update' && JSON.stringify(key).includes('t-1'))
        throw new SchedulerError('unavailable', 'throttled', { retryAfterSeconds: 1, service: 'dynamodb' });
    };
    await w.drive();
    expect(await w.job()).toMatchObject({ status: 'running', done: 1, failed: 1, batch: ['t-1'] });
    away = false;
    await w.drive();
    expect(await w.job()).toMatchObject({
      status: 'done',
      failed: 1,
      failures: [{ id: 'own', outcome: 'failed', problem: { code: 'forbidden' } }],
    });
    expect(w.statuses().filter((one) => one === 'paused')).toHaveLength(5);
  });
});
