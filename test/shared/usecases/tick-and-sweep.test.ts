import { describe, expect, it } from 'vitest';
import { manualExecution } from '../../../shared/domain/execution-births.ts';
import { manualOccurrence, scheduledOccurrence } from '../../../shared/domain/occurrence.ts';
import { boom, makeSchedulerWorld, ok, T0 } from '../../support/scheduler-world.ts';

const first = scheduledOccurrence(T0);
const ULID = '01M7Z1F0WX2B8Y46MY1X16ZTRQ';
const hints = (w: ReturnType<typeof makeSchedulerWorld>) =>
  w.workQueues.sent.map(({ hint, delaySeconds }) => [hint.taskId, delaySeconds]);

describe('tick', () => {
  it('hints what falls due in the look-ahead, each landing on its second, and nothing later', async () => {
    const w = makeSchedulerWorld();
    for (const [taskId, at] of [
      ['soon', 30_500],
      ['edge', 75_000],
      ['later', 75_001],
    ] as const) {
      await w.addTask({ taskId, schedule: { kind: 'once', at: T0 + at } }, T0 + at);
    }
    // Put there long ago, when the instants were far away, so that nobody sent a hint at creation.
    for (const state of w.tables.states.all()) {
      if (state.nextRunAt === undefined) continue;
      const index = { set: 'due', shard: 0, at: state.nextRunAt, queue: 'default' } as const;
      await w.tasks.update(state, { set: { index }, guard: {} });
    }
    await w.tick();
    expect(hints(w)).toEqual([
      ['soon', 30],
      ['edge', 75],
    ]);
    expect(await w.heartbeat.read()).toBe(T0);
  });

  it('doubled by a second clock sends once', async () => {
    const w = makeSchedulerWorld();
    await w.addTask({}, T0 + 30_000);
    const [state] = w.tables.states.all();
    if (state)
      await w.tasks.update(state, {
        set: { index: { set: 'due', shard: 0, at: T0 + 30_000, queue: 'default' } },
        guard: {},
      });
    await Promise.all([w.dispatchOnly(), w.dispatchOnly()]);
    await w.tick();
    expect(hints(w)).toHaveLength(1);
  });

  it('sends nothing and asks no shard while nothing is due', async () => {
    const w = makeSchedulerWorld();
    await w.addTask({ schedule: { kind: 'once', at: T0 + 86_400_000 } }, T0 + 86_400_000);
    await w.tick();
    expect(w.workQueues.sent).toEqual([]);
    expect(w.tables.states.all()).toHaveLength(1);
  });

  it('hints an overdue task again after 1, 2, 4 minutes and then every 5, most overdue first', async () => {
    const w = makeSchedulerWorld();
    await w.addTask({ taskId: 'younger' }, T0 + 1_000);
    await w.addTask({ taskId: 'older' }, T0);
    const minutes: [number, string][] = [];
    for (let minute = 0; minute <= 16; minute++) {
      const before = w.workQueues.sent.length;
      await w.tick();
      for (const { hint } of w.workQueues.sent.slice(before)) minutes.push([minute, hint.taskId]);
      await w.advance(60_000);
    }
    expect(minutes.filter(([, taskId]) => taskId === 'older').map(([minute]) => minute)).toEqual([
      1, 2, 4, 5, 10, 15,
    ]);
    expect(minutes.filter(([minute]) => minute === 2).map(([, taskId]) => taskId)).toEqual([
      'older',
      'younger',
    ]);
  });

  it('restores the hints of everything near after the queues lost their messages', async () => {
    const w = makeSchedulerWorld();
    await w.addTask({ taskId: 'hot', schedule: { kind: 'once', at: T0 + 100_000 } }, T0 + 100_000);
    await w.tick();
    expect(hints(w)).toEqual([]);
    await w.dispatchOnly(true);
    expect(hints(w)).toEqual([['hot', 100]]);
  });
});

describe('sweeper', () => {
  const lost = async (retryLimit: number) => {
    const w = makeSchedulerWorld();
    await w.addTask({
      schedule: { kind: 'once', at: T0 },
      retry: { strategy: 'fixed', limit: retryLimit, baseSeconds: 1, maxSeconds: 1, jitter: 'none' },
    });
    w.handle(() => {
      throw new Error('the process dies');
    });
    await w.hint(first).catch(() => undefined);
    expect(w.history()).toMatchObject([{ status: 'running' }]);
    return w;
  };

  it('leaves a run alone while its lease may still be honoured', async () => {
    const w = await lost(1);
    await w.advance(41_999);
    expect(await w.sweep()).toMatchObject({ expired: 0 });
    expect(w.history()).toMatchObject([{ status: 'running' }]);
  });

  it('ends the attempt of a run whose lease ran out and retries it', async () => {
    const w = await lost(1);
    w.handle(() => ok());
    await w.minutes(3);
    expect(w.history()).toMatchObject([
      { status: 'success', attempt: 2, attempts: [{ errorType: 'LeaseExpired' }, { status: 'success' }] },
    ]);
  });

  it('makes it dead with one letter when that was its last attempt, however many sweepers there are', async () => {
    const w = await lost(0);
    await w.advance(60_000);
    await Promise.all([w.sweep(), w.sweep(), w.sweep()]);
    expect(w.history()).toMatchObject([{ status: 'dead', reason: 'crashed', letter: 'sent' }]);
    expect(w.workQueues.letters).toHaveLength(1);
  });

  it('leaves the letter of a run that has just died to whoever wrote so, although the index still shows its lease', async () => {
    const w = await lost(0);
    await w.advance(60_000);
    const [run] = w.history();
    if (!run) throw new Error('nothing was claimed');
    const diedAt = w.clock.nowMs();
    const index = { set: 'open', shard: 0, at: diedAt + 60_000 } as const;
    w.hooks.before = (operation) => {
      if (operation !== 'executions.read') return;
      w.hooks.before = undefined;
      w.tables.executions.put({ ...run, status: 'dead', letter: 'pending', diedAt, index });
    };
    expect(await w.sweep()).toMatchObject({ letters: 0, failed: 0 });
    expect(w.workQueues.letters).toEqual([]);
    await w.advance(61_000);
    expect(await w.sweep()).toMatchObject({ letters: 1, failed: 0 });
  });

  it('leaves what dies on a queue that is gone to the default queue, whose letters can be redriven', async () => {
    const w = makeSchedulerWorld();
    await w.addTask({
      schedule: { kind: 'once', at: T0 },
      queue: 'gone',
      retry: { strategy: 'fixed', limit: 0, baseSeconds: 1, maxSeconds: 1, jitter: 'none' },
    });
    w.handle(() => {
      throw new Error('the process dies, and its queue is removed');
    });
    await w.hint(first).catch(() => undefined);
    await w.advance(60_000);
    expect(await w.sweep()).toMatchObject({ expired: 1, failed: 0 });
    expect(w.workQueues.letters).toMatchObject([
      { queue: 'default', letter: { queue: 'gone', redriveTo: w.workQueues.arnOf('default') } },
    ]);
    expect(w.history()).toMatchObject([{ status: 'dead', queue: 'default', letter: 'sent' }]);
    const listed = await w.listings.dead({ tenant: 'root', queue: 'default', limit: 10 });
    expect(listed.entries).toMatchObject([{ taskId: 'job' }]);
    await w.advance(60_000);
    expect(await w.sweep()).toMatchObject({ letters: 0, failed: 0 });
  });

  it('cancels a lost run that somebody asked to stop', async () => {
    const w = await lost(5);
    const [run] = w.history();
    if (run) await w.executions.update(run, { set: { cancelRequested: true }, guard: {} });
    await w.advance(60_000);
    await w.sweep();
    expect(w.history()).toMatchObject([{ status: 'cancelled', reason: 'requested' }]);
  });

  it('hints a waiting run whose message got lost', async () => {
    const w = makeSchedulerWorld();
    await w.addTask({ schedule: { kind: 'once', at: T0 } });
    w.handle(({ execution }) => (execution.attempt === 1 ? boom() : ok()));
    await w.hint(first);
    w.workQueues.queue('default').purge();
    await w.minutes(4);
    expect(w.history()).toMatchObject([{ status: 'success', attempt: 2 }]);
  });
});

describe('misfire', () => {
  const OUTAGE_MS = 3_600_000;
  const afterOutage = async (misfire: 'fireOnce' | 'skip' | 'catchUp') => {
    const w = makeSchedulerWorld();
    await w.addTask({
      misfire,
      overlap: 'allow',
      catchUpLimit: 3,
      schedule: { kind: 'interval', seconds: 600, startAt: T0 },
    });
    await w.advance(OUTAGE_MS + 1_000);
    await w.minutes(2);
    return w.history().map(({ occurrence, status, reason, missed }) => ({
      at: (Number(occurrence) - T0) / 600_000,
      status,
      ...(reason ? { reason } : {}),
      ...(missed ? { missed } : {}),
    }));
  };

  it('fireOnce: the oldest missed one runs and stands for the others', async () => {
    expect(await afterOutage('fireOnce')).toEqual([{ at: 0, status: 'success', missed: 6 }]);
  });
  it('skip: the missed ones are one row with their count, what is on time runs', async () => {
    expect(await afterOutage('skip')).toEqual([
      { at: 0, status: 'skipped', reason: 'misfire', missed: 6 },
      { at: 6, status: 'success' },
    ]);
  });
  it('catchUp: at most the limit runs, newest ones, in order; the older are one row', async () => {
    expect(await afterOutage('catchUp')).toEqual([
      { at: 0, status: 'skipped', reason: 'misfire', missed: 4 },
      { at: 4, status: 'success' },
      { at: 5, status: 'success' },
      { at: 6, status: 'success' },
    ]);
  });
});

describe('a paused queue', () => {
  const pause = (w: ReturnType<typeof makeSchedulerWorld>, paused: boolean) => {
    w.tables.queues.directory = {
      version: w.tables.queues.directory.version + 1,
      queues: { default: { overrides: { paused }, applied: true } },
    };
  };

  it('keeps one message of what waits in it: tick and sweeper add no others until it goes on', async () => {
    const w = makeSchedulerWorld();
    pause(w, true);
    await w.addTask({ taskId: 'due' });
    await w.addTask({ taskId: 'elsewhere', queue: 'high' });
    const task = await w.addTask({ taskId: 'by-hand', schedule: { kind: 'once', at: T0 + 1e9 } }, T0 + 1e9);
    const key = { tenant: 'root', taskId: 'by-hand', occurrence: manualOccurrence(T0, ULID) };
    await w.executions.insert(manualExecution(task, key, { trigger: 'manual', nowMs: T0 }));
    const told = async (minutes: number) => {
      const before = w.workQueues.sent.length;
      for (let minute = 0; minute < minutes; minute++) {
        await w.advance(60_000);
        await w.tick();
        await w.sweep();
      }
      return new Set(w.workQueues.sent.slice(before).map(({ hint }) => hint.taskId));
    };
    expect(await told(12)).toEqual(new Set(['elsewhere']));
    pause(w, false);
    expect(await told(6)).toEqual(new Set(['elsewhere', 'due', 'by-hand']));
  });

  it('gets all its messages again when they were lost', async () => {
    const w = makeSchedulerWorld();
    pause(w, true);
    await w.addTask();
    await w.dispatchOnly(true);
    expect(hints(w)).toEqual([['job', 0]]);
  });

  it('is asked after by nobody while nothing is overdue', async () => {
    const w = makeSchedulerWorld();
    w.hooks.before = (operation) => {
      if (operation === 'queueControls.read') throw new Error('not asked for');
    };
    await w.addTask({}, T0 + 180_000);
    await w.minutes(6);
    expect(w.history().length).toBeGreaterThan(1);
  });
});
