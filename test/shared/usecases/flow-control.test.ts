import { describe, expect, it } from 'vitest';
import type { Change } from '../../../shared/domain/change.ts';
import type { Execution } from '../../../shared/domain/execution.ts';
import { manualExecution } from '../../../shared/domain/execution-births.ts';
import { manualOccurrence, scheduledOccurrence } from '../../../shared/domain/occurrence.ts';
import type { TaskDefinition } from '../../../shared/domain/task.ts';
import type { HandlerResult } from '../../../shared/ports.ts';
import { boom, makeSchedulerWorld, ok, type SchedulerWorld, T0 } from '../../support/scheduler-world.ts';

const FIRST = scheduledOccurrence(T0);
const BILLING = [{ key: 'tag:billing', limit: 1 }];

/** One-time tasks that are due at T0, each with the same cap. */
async function withTasks(
  count: number,
  over: Partial<TaskDefinition>,
): Promise<Omit<SchedulerWorld, 'ids'> & { ids: string[]; gates: Gates }> {
  const w = makeSchedulerWorld();
  const ids = Array.from({ length: count }, (_, at) => `job-${at}`);
  for (const taskId of ids)
    await w.addTask({ taskId, schedule: { kind: 'once', at: T0 }, timeoutSeconds: 10, ...over });
  const gates = makeGates();
  w.handle(({ execution }) => gates.pass(execution.taskId));
  return { ...w, ids, gates };
}

interface Gates {
  pass(taskId: string): Promise<HandlerResult>;
  open(taskId: string, result?: HandlerResult): void;
}
/** Handlers that run until the test lets them end. */
function makeGates(): Gates {
  const gates = new Map<string, PromiseWithResolvers<HandlerResult>>();
  const gate = (taskId: string) => {
    const known = gates.get(taskId) ?? Promise.withResolvers<HandlerResult>();
    gates.set(taskId, known);
    return known;
  };
  return {
    pass: (taskId) => gate(taskId).promise,
    open: (taskId, result = ok()) => gate(taskId).resolve(result),
  };
}

const turns = async (w: Pick<SchedulerWorld, 'advance'>) => w.advance(0);
const semaphore = (w: Pick<SchedulerWorld, 'tables'>, key = 'tag:billing') =>
  w.tables.semaphores.get(`root#${key}`);
/** Somebody else has the slot until so long after T0. */
const holdSlot = (w: Pick<SchedulerWorld, 'tables'>, ms: number) =>
  w.tables.semaphores.set('root#tag:billing', {
    holders: { 'other#0': { nonce: 'other', attempt: 1, until: T0 + ms } },
    waiters: {},
  });
const started = (w: Pick<SchedulerWorld, 'runs'>) => w.runs.map(({ execution }) => execution.taskId);

describe('a cap on runs at the same time', () => {
  it('makes the next one wait, and lets it begin as soon as the first has ended', async () => {
    const w = await withTasks(2, { concurrency: BILLING });
    const first = w.hint(FIRST, { taskId: 'job-0' });
    await turns(w);
    expect(await w.hint(FIRST, { taskId: 'job-1' })).toEqual({
      kind: 'keep',
      seconds: 5,
      note: 'waits for a slot of tag:billing; back in 5 s',
    });
    expect(started(w)).toEqual(['job-0']);
    // Nothing is written of it but its place in the line: the task is its outbox still.
    expect(w.history().map(({ taskId }) => taskId)).toEqual(['job-0']);
    expect(await w.state('job-1')).toMatchObject({ status: 'active', nextRunAt: T0 });

    w.gates.open('job-0');
    w.gates.open('job-1');
    expect(await first).toEqual({ kind: 'done', note: 'success' });
    expect(await w.deliver()).toBe(1);
    expect(w.history()).toMatchObject([
      { taskId: 'job-0', status: 'success', slots: ['tag:billing'] },
      { taskId: 'job-1', status: 'success', attempt: 1 },
    ]);
    expect(semaphore(w)).toEqual({ holders: {}, waiters: {} });
  });

  it('is shared by all that name the key, each with its own limit', async () => {
    const w = await withTasks(3, { concurrency: [{ key: 'tag:billing', limit: 2 }] });
    await w.addTask({ taskId: 'careful', schedule: { kind: 'once', at: T0 }, concurrency: BILLING });
    await w.addTask({ taskId: 'other', schedule: { kind: 'once', at: T0 } });
    const running = [w.hint(FIRST, { taskId: 'job-0' })];
    await turns(w);
    expect(await w.hint(FIRST, { taskId: 'careful' })).toMatchObject({ kind: 'keep' });
    running.push(w.hint(FIRST, { taskId: 'job-1' }), w.hint(FIRST, { taskId: 'other' }));
    await turns(w);
    expect(await w.hint(FIRST, { taskId: 'job-2' })).toMatchObject({ kind: 'keep' });
    expect(started(w).toSorted()).toEqual(['job-0', 'job-1', 'other']);
    for (const taskId of ['job-0', 'job-1', 'other']) w.gates.open(taskId);
    await Promise.all(running);
  });

  it('is of one tenant', async () => {
    const w = await withTasks(1, { concurrency: BILLING });
    w.gates.open('job-0');
    w.tables.semaphores.set('other#tag:billing', {
      holders: { x: { nonce: 'x', attempt: 1, until: T0 + 1e6 } },
      waiters: {},
    });
    expect(await w.hint(FIRST, { taskId: 'job-0' })).toMatchObject({ note: 'success' });
  });

  it('looks again ever more rarely, from 5 s to a minute, and spends no attempt', async () => {
    const w = await withTasks(2, { concurrency: BILLING });
    void w.hint(FIRST, { taskId: 'job-0' });
    await turns(w);
    const looks: number[] = [];
    for (let receiveCount = 1; receiveCount <= 8; receiveCount++) {
      const kept = await w.hint(FIRST, { taskId: 'job-1', receiveCount });
      if (kept.kind !== 'keep') throw new Error(kept.note);
      looks.push(kept.seconds);
      await w.advance(kept.seconds * 1_000);
      // The first one's lease would end, which is another story.
      const [holder] = Object.values(semaphore(w)?.holders ?? {});
      if (holder) holder.until = w.clock.nowMs() + 100_000;
    }
    expect(looks).toEqual([5, 5, 10, 20, 40, 60, 60, 60]);
    expect(w.history()).toHaveLength(1);
  });

  it('keeps one message a waiting run: what tick and sweeper repeat looks once and goes', async () => {
    const w = await withTasks(2, { concurrency: BILLING });
    void w.hint(FIRST, { taskId: 'job-0' });
    await turns(w);
    await w.hint(FIRST, { taskId: 'job-1' });
    await w.advance(61_000);
    const [holder] = Object.values(semaphore(w)?.holders ?? {});
    if (holder) holder.until = w.clock.nowMs() + 100_000;
    expect(await w.hint(FIRST, { taskId: 'job-1' })).toEqual({
      kind: 'done',
      note: 'waits for a slot of tag:billing',
    });
    expect(await w.hint(FIRST, { taskId: 'job-1', receiveCount: 6 })).toMatchObject({ kind: 'keep' });
    // Its receives are needed for retries; tick and sweeper go on hinting.
    expect(await w.hint(FIRST, { taskId: 'job-1', receiveCount: 16 })).toMatchObject({ kind: 'done' });
  });

  it('comes free with the lease of whoever died', async () => {
    const w = await withTasks(2, { concurrency: BILLING });
    void w.hint(FIRST, { taskId: 'job-0' });
    await turns(w);
    w.gates.open('job-1');
    // timeout 10 s, kill 5 s, grace 5 s
    await w.advance(20_000);
    expect(await w.hint(FIRST, { taskId: 'job-1', receiveCount: 2 })).toMatchObject({ kind: 'keep' });
    await w.advance(1);
    expect(await w.hint(FIRST, { taskId: 'job-1', receiveCount: 2 })).toMatchObject({ note: 'success' });
  });

  it.each([
    ['the sweeper that ends a lease', false],
    ['a sweeper whose write is done twice, since the first answer was lost', true],
  ])('is given back by %s, and whoever waits is woken', async (_, isLost) => {
    const w = await withTasks(2, { concurrency: BILLING, timeoutSeconds: 600, heartbeatSeconds: 10 });
    void w.hint(FIRST, { taskId: 'job-0' });
    await turns(w);
    await w.hint(FIRST, { taskId: 'job-1' });
    w.gates.open('job-1');
    // Its process is gone: no sign of life for 10 s, and then the grace of the lease.
    await w.advance(26_000);
    w.hooks.before = async (operation, [seen, change]) => {
      if (!isLost || operation !== 'executions.update') return;
      w.hooks.before = undefined;
      await w.executions.update(seen as Execution, change as Change<Execution>);
    };
    await w.sweep();
    await w.deliver();
    expect(w.history()).toMatchObject([
      { taskId: 'job-0', status: 'retrying' },
      { taskId: 'job-1', status: 'success' },
    ]);
  });

  it('is given back by who loses the claim, finds its task changed, or is too late to begin', async () => {
    const w = await withTasks(3, { concurrency: BILLING });
    for (const taskId of w.ids) w.gates.open(taskId);
    let steal = async () => {};
    w.hooks.before = async (operation) => {
      if (operation === 'executions.insert' || operation === 'tasks.update') await steal();
    };
    const lostTo = async (change: () => void | Promise<void>, taskId: string) => {
      steal = async () => {
        steal = async () => {};
        await change();
      };
      return w.hint(FIRST, { taskId });
    };
    // Lost W1: somebody claimed it in between.
    await lostTo(async () => void (await w.hint(FIRST, { taskId: 'job-0' })), 'job-0');
    expect(semaphore(w)?.holders).toEqual({});
    // Lost W2: a person paused it.
    let updates = 0;
    steal = async () => {
      if (++updates !== 2) return;
      const key = { tenant: 'root', taskId: 'job-1' };
      const seen = w.tables.states.get(key);
      if (seen) w.tables.states.put({ ...seen, status: 'paused', generation: seen.generation + 1 });
    };
    expect(await w.hint(FIRST, { taskId: 'job-1' })).toMatchObject({ note: 'cancelled: taskChanged' });
    expect(semaphore(w)?.holders).toEqual({});
    // Too late to begin: the process stood still.
    steal = async () => {};
    w.hooks.after = async (operation) => {
      if (operation === 'tasks.update') await w.advance(6_000);
    };
    expect(await w.hint(FIRST, { taskId: 'job-2' })).toMatchObject({
      note: 'too late to begin; the sweeper goes on',
    });
    expect(semaphore(w)?.holders).toEqual({});
  });

  it('counts a retry anew, whose backoff holds no slot', async () => {
    const w = await withTasks(2, { concurrency: BILLING });
    w.gates.open('job-1');
    w.gates.open('job-0', boom());
    expect(await w.hint(FIRST, { taskId: 'job-0' })).toMatchObject({ kind: 'keep', seconds: 10 });
    expect(semaphore(w)?.holders).toEqual({});
    expect(await w.hint(FIRST, { taskId: 'job-1' })).toMatchObject({ note: 'success' });
    await w.advance(10_000);
    const retry = await w.hint(FIRST, { taskId: 'job-0', receiveCount: 2 });
    expect(retry).toMatchObject({ note: expect.stringContaining('retrying') });
    expect(started(w)).toEqual(['job-0', 'job-1', 'job-0']);
  });

  it('holds for what people trigger as well, which waits without writing either', async () => {
    const w = await withTasks(1, { concurrency: BILLING });
    const manual = manualOccurrence(T0, '01M7Z1F0WX2B8Y46MY1X16ZTRQ');
    const running = w.hint(FIRST, { taskId: 'job-0' });
    await turns(w);
    await w.addTask(
      { taskId: 'by-hand', schedule: { kind: 'once', at: T0 + 1e9 }, concurrency: BILLING },
      T0 + 1e9,
    );
    const key = { tenant: 'root', taskId: 'by-hand' };
    const task = await w.tasks.read(key);
    if (!task) throw new Error('no task');
    await w.executions.insert(
      manualExecution(task, { ...key, occurrence: manual }, { trigger: 'manual', nowMs: T0 }),
    );
    expect(await w.hint(manual, { taskId: 'by-hand' })).toMatchObject({ kind: 'keep', seconds: 5 });
    expect(w.history().find(({ taskId }) => taskId === 'by-hand')).toMatchObject({
      status: 'queued',
      attempt: 0,
    });
    w.gates.open('job-0');
    w.gates.open('by-hand');
    await running;
    expect(await w.deliver()).toBe(1);
    expect(w.history().find(({ taskId }) => taskId === 'by-hand')).toMatchObject({ status: 'success' });
  });

  it('takes all of several caps or none, in one order', async () => {
    const caps = (...keys: string[]) => keys.map((key) => ({ key, limit: 1 }));
    const w = await withTasks(0, {});
    await w.addTask({ taskId: 'ab', schedule: { kind: 'once', at: T0 }, concurrency: caps('b', 'a') });
    await w.addTask({ taskId: 'b', schedule: { kind: 'once', at: T0 }, concurrency: caps('b') });
    await w.addTask({ taskId: 'a', schedule: { kind: 'once', at: T0 }, concurrency: caps('a') });
    const running = w.hint(FIRST, { taskId: 'b' });
    await turns(w);
    expect(await w.hint(FIRST, { taskId: 'ab' })).toMatchObject({
      note: 'waits for a slot of b; back in 5 s',
    });
    expect(semaphore(w, 'a')?.holders).toEqual({});
    w.gates.open('a');
    expect(await w.hint(FIRST, { taskId: 'a' })).toMatchObject({ note: 'success' });
    w.gates.open('b');
    w.gates.open('ab');
    await running;
    await w.deliver();
    expect(started(w)).toEqual(['b', 'a', 'ab']);
  });

  it('keeps the slot of a run that is handed off until its holder ends it', async () => {
    const w = await withTasks(2, { concurrency: BILLING });
    w.gates.open('job-0', { kind: 'pending', timeoutSeconds: 600 });
    expect(await w.hint(FIRST, { taskId: 'job-0' })).toMatchObject({ note: 'handed off' });
    await w.advance(500_000);
    expect(await w.hint(FIRST, { taskId: 'job-1', receiveCount: 9 })).toMatchObject({ kind: 'keep' });
    const [run] = w.history();
    expect(Object.values(semaphore(w)?.holders ?? {})[0]?.until).toBeGreaterThan(run?.leaseUntil ?? 0);
    w.gates.open('job-1');
    await w.advance(105_001);
    expect(await w.hint(FIRST, { taskId: 'job-1', receiveCount: 9 })).toMatchObject({ note: 'success' });
  });

  it('does not count what must wait as late', async () => {
    const w = await withTasks(1, { concurrency: BILLING });
    w.gates.open('job-0');
    await w.advance(30_000);
    await w.hint(FIRST, { taskId: 'job-0' });
    expect(w.metrics.counted.lateness).toEqual([]);
  });
});

describe('a scheduled occurrence that waits', () => {
  it('runs late, and the occurrences that came meanwhile after it, within the grace of misfires', async () => {
    const w = await withTasks(0, {});
    const schedule = { kind: 'interval', seconds: 60, startAt: T0, endAt: T0 + 180_000 } as const;
    await w.addTask({ taskId: 'steady', schedule, overlap: 'allow', concurrency: BILLING });
    holdSlot(w, 1e7);
    w.gates.open('steady');
    await w.minutes(3);
    expect(w.history()).toEqual([]);
    holdSlot(w, -1);
    await w.minutes(2);
    expect(w.history()).toMatchObject(
      [0, 60_000, 120_000].map((ms) => ({ scheduledAt: T0 + ms, status: 'success', attempt: 1 })),
    );
  });

  it('beyond that grace is what its misfire policy makes of it', async () => {
    const w = await withTasks(1, { concurrency: BILLING, misfire: 'skip' });
    holdSlot(w, 400_000);
    expect(await w.hint(FIRST, { taskId: 'job-0' })).toMatchObject({ kind: 'keep' });
    await w.advance(301_000);
    expect(await w.hint(FIRST, { taskId: 'job-0', receiveCount: 9 })).toMatchObject({
      note: 'skipped: misfire',
    });
    expect(w.history()).toMatchObject([{ status: 'skipped', reason: 'misfire' }]);
  });
});

describe('a limit on starts', () => {
  const RATE = [{ key: 'api:crm', limit: 2, perSeconds: 60 }];

  it('gives each run that must wait its own instant, at which it comes back, once', async () => {
    const w = await withTasks(5, { rateLimit: RATE });
    for (const taskId of w.ids) w.gates.open(taskId);
    const answers = [];
    for (const taskId of w.ids) answers.push(await w.hint(FIRST, { taskId }));
    expect(answers.map(({ note }) => note)).toEqual([
      'success',
      'success',
      'waits for its rate limit; back in 60 s',
      'waits for its rate limit; back in 60 s',
      'waits for its rate limit; back in 120 s',
    ]);
    await w.advance(60_000);
    for (const taskId of ['job-2', 'job-3'])
      expect(await w.hint(FIRST, { taskId, receiveCount: 2 })).toMatchObject({ note: 'success' });
    await w.advance(60_000);
    expect(await w.hint(FIRST, { taskId: 'job-4', receiveCount: 2 })).toMatchObject({ note: 'success' });
    expect(w.history().every(({ status, attempt }) => status === 'success' && attempt === 1)).toBe(true);
  });

  it('leaves what tick and sweeper repeat to the message that carries the instant', async () => {
    const w = await withTasks(3, { rateLimit: RATE });
    for (const taskId of w.ids) w.gates.open(taskId);
    for (const taskId of w.ids) await w.hint(FIRST, { taskId });
    await w.advance(59_000);
    expect(await w.hint(FIRST, { taskId: 'job-2' })).toMatchObject({ kind: 'keep', seconds: 1 });
    await w.advance(1_000);
    const reserved = structuredClone(w.tables.rates.get('root#api:crm'));
    expect(await w.hint(FIRST, { taskId: 'job-2', receiveCount: 2 })).toMatchObject({ note: 'success' });
    expect(w.tables.rates.get('root#api:crm')).toEqual(reserved);
  });

  it('counts each attempt, and waits for the latest of several limits without wasting the others', async () => {
    const w = await withTasks(2, {
      rateLimit: [
        { key: 'a', limit: 2, perSeconds: 10 },
        { key: 'b', limit: 1, perSeconds: 30 },
      ],
      retry: { strategy: 'fixed', limit: 1, baseSeconds: 1, maxSeconds: 1, jitter: 'none' },
    });
    w.gates.open('job-0', boom());
    w.gates.open('job-1');
    await w.hint(FIRST, { taskId: 'job-0' });
    expect(await w.hint(FIRST, { taskId: 'job-1' })).toMatchObject({ kind: 'keep', seconds: 30 });
    await w.advance(1_000);
    expect(await w.hint(FIRST, { taskId: 'job-0', receiveCount: 2 })).toMatchObject({
      kind: 'keep',
      seconds: 59,
    });
    expect(w.tables.rates.get('root#a')?.starts).toEqual([T0, T0 + 30_000, T0 + 60_000]);
    expect(w.tables.rates.get('root#b')?.starts).toEqual([T0, T0 + 30_000, T0 + 60_000]);
  });

  it('gives the slots back of a run that waits for its instant', async () => {
    const w = await withTasks(2, {
      concurrency: BILLING,
      rateLimit: [{ key: 'a', limit: 1, perSeconds: 30 }],
    });
    for (const taskId of w.ids) w.gates.open(taskId);
    await w.hint(FIRST, { taskId: 'job-0' });
    expect(await w.hint(FIRST, { taskId: 'job-1' })).toMatchObject({ kind: 'keep', seconds: 30 });
    expect(semaphore(w)?.holders).toEqual({});
    await w.advance(30_000);
    expect(await w.hint(FIRST, { taskId: 'job-1', receiveCount: 2 })).toMatchObject({ note: 'success' });
  });
});
