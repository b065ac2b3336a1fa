import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cancelledExecution, revivedExecution } from '../../../shared/domain/execution-admin.ts';
import { manualExecution } from '../../../shared/domain/execution-births.ts';
import { manualOccurrence, scheduledOccurrence } from '../../../shared/domain/occurrence.ts';
import type { TaskDefinition } from '../../../shared/domain/task.ts';
import { pausedTask } from '../../../shared/domain/task-transitions.ts';
import { boom, makeSchedulerWorld, ok, type SchedulerWorld, T0 } from '../../support/scheduler-world.ts';

const first = scheduledOccurrence(T0);
const key = { tenant: 'root', taskId: 'job' };
const ONCE = { kind: 'once', at: T0 } as const;
const DEADLINE = { seconds: 90, notify: true };
const LATE_SINCE = T0 + 90_000;

async function worldWith(definition: Partial<TaskDefinition> = {}, nextRunAt = T0): Promise<SchedulerWorld> {
  const w = makeSchedulerWorld();
  await w.addTask({ schedule: ONCE, deadline: DEADLINE, timeoutSeconds: 600, ...definition }, nextRunAt);
  return w;
}
const told = (w: SchedulerWorld) => w.events.told.filter(({ type }) => type === 'run.late');
/** A run that goes on for so long. */
const lasting = (w: SchedulerWorld, ms: number) =>
  w.handle(async () => {
    await w.clock.sleep(ms);
    return ok();
  });
const sweeps = async (w: SchedulerWorld, minutes: number) => {
  for (let minute = 0; minute < minutes; minute++) {
    await w.advance(60_000);
    await w.tick();
    await w.sweep();
  }
};

describe('a run that is still running at its deadline', () => {
  it('is marked and told once, and ends as it would', async () => {
    const w = await worldWith();
    lasting(w, 400_000);
    const ending = w.hint(first);
    await w.advance(0);
    expect(w.history()).toMatchObject([
      { deadline: { at: LATE_SINCE }, index: { set: 'open', at: LATE_SINCE } },
    ]);
    await sweeps(w, 5);
    expect(w.history()).toMatchObject([{ status: 'running', lateSince: LATE_SINCE }]);
    expect(w.history()[0]).not.toHaveProperty('deadline');
    expect(w.history()[0]?.index).toMatchObject({ at: (w.history()[0]?.leaseUntil ?? 0) + 5_000 });
    await sweeps(w, 2);
    await ending;
    expect(w.history()).toMatchObject([
      { status: 'success', lateSince: LATE_SINCE, index: { set: 'ended' } },
    ]);
    expect(told(w)).toMatchObject([
      { id: `job~${first}`, status: 'running', at: new Date(LATE_SINCE).toISOString(), attempts: 1 },
    ]);
  });

  it('is told though it ends before anybody looked', async () => {
    const w = await worldWith();
    lasting(w, 91_000);
    const ending = w.hint(first);
    await w.advance(91_000);
    await ending;
    expect(w.history()).toMatchObject([
      { status: 'success', lateSince: LATE_SINCE, index: { set: 'ended' } },
    ]);
    expect(w.history()[0]).not.toHaveProperty('deadline');
    expect(told(w)).toMatchObject([{ status: 'success' }]);
    await sweeps(w, 3);
    expect(told(w)).toHaveLength(1);
  });

  it('is only marked when nobody wants to be told', async () => {
    const w = await worldWith({ deadline: { seconds: 90, notify: false } });
    lasting(w, 200_000);
    const ending = w.hint(first);
    await sweeps(w, 4);
    await ending;
    expect(w.history()).toMatchObject([{ status: 'success', lateSince: LATE_SINCE }]);
    expect(told(w)).toEqual([]);
  });

  it('is left alone when its task is paused', async () => {
    const w = await worldWith({ schedule: { kind: 'interval', seconds: 3_600, startAt: T0 } });
    lasting(w, 300_000);
    const ending = w.hint(first);
    await w.advance(10_000);
    await w.tasks.update(key, pausedTask(await w.state(), w.clock.nowMs()));
    await sweeps(w, 6);
    await ending;
    expect(w.history()).toMatchObject([{ status: 'success' }]);
    expect(told(w)).toEqual([]);
  });

  it('is told when the bus is back, and its lease ends all the same', async () => {
    const w = await worldWith({ timeoutSeconds: 100, retry: noRetry });
    w.handle(() => new Promise(() => {}));
    void w.hint(first);
    w.events.refuse(true);
    await sweeps(w, 3);
    expect(w.history()).toMatchObject([{ status: 'dead', lateSince: LATE_SINCE, letter: 'pending' }]);
    expect(told(w)).toEqual([]);
    w.events.refuse(false);
    await sweeps(w, 2);
    expect(w.history()).toMatchObject([{ status: 'dead', letter: 'sent', index: { set: 'dead' } }]);
    expect(told(w)).toMatchObject([{ id: `job~${first}` }]);
  });
});

const noRetry = { strategy: 'fixed', limit: 0, baseSeconds: 1, maxSeconds: 1, jitter: 'none' } as const;

describe('a run that ends in time', () => {
  it('leaves nothing of its deadline', async () => {
    const w = await worldWith();
    await w.hint(first);
    expect(w.history()).toMatchObject([{ status: 'success', index: { set: 'ended' } }]);
    for (const field of ['deadline', 'lateSince']) expect(w.history()[0]).not.toHaveProperty(field);
    await sweeps(w, 3);
    expect(told(w)).toEqual([]);
  });

  it.each([
    ['dead', (w: SchedulerWorld) => w.handle(() => boom())],
    [
      'cancelled',
      (w: SchedulerWorld) =>
        w.handle(async () => {
          const [run] = w.history();
          const decision = run && cancelledExecution(run, w.clock.nowMs(), 1);
          if (run && decision?.kind === 'requested') await w.executions.update(run, decision.change);
          return boom();
        }),
    ],
  ])('%s is not late either', async (status, script) => {
    const w = await worldWith({ retry: noRetry });
    script(w);
    await w.hint(first);
    await sweeps(w, 4);
    expect(w.history()).toMatchObject([{ status }]);
    expect(w.history()[0]).not.toHaveProperty('lateSince');
    expect(told(w)).toEqual([]);
  });
});

describe('a run that waits at its deadline', () => {
  it('is told while it backs off, and its next attempt keeps its time', async () => {
    const w = await worldWith({ retry: { ...noRetry, limit: 1, baseSeconds: 1_800, maxSeconds: 1_800 } });
    w.handle(({ execution }) => (execution.attempt === 1 ? boom() : ok()));
    await w.minutes(3);
    expect(w.history()).toMatchObject([{ status: 'retrying', lateSince: LATE_SINCE }]);
    expect(told(w)).toMatchObject([{ status: 'retrying', attempts: 1 }]);
    const nextAttemptAt = w.history()[0]?.nextAttemptAt;
    await w.minutes(30);
    expect(w.history()).toMatchObject([{ status: 'success', attempt: 2, startedAt: nextAttemptAt }]);
    expect(told(w)).toHaveLength(1);
  });

  it('is told of a run by hand that has not begun', async () => {
    const w = await worldWith({ schedule: { kind: 'once', at: T0 + 86_400_000 } }, T0 + 86_400_000);
    const run = manualExecution(
      { ...(await taskOf(w)) },
      { ...key, occurrence: manualOccurrence(T0, '01JD0000000000000000000000') },
      { trigger: 'manual', nowMs: T0 },
    );
    await w.executions.insert(run);
    w.workQueues.refuse(() => true);
    await sweeps(w, 3);
    expect(told(w)).toMatchObject([{ trigger: 'manual', status: 'queued', attempts: 0 }]);
    expect(w.history()).toMatchObject([{ status: 'queued', lateSince: LATE_SINCE }]);
  });
});

const taskOf = async (w: SchedulerWorld) => (await w.tasks.read(key)) ?? Promise.reject(new Error('no task'));

describe('an occurrence that nobody has claimed by its deadline', () => {
  it('is told once, and the run says so when it comes', async () => {
    const w = await worldWith();
    await sweeps(w, 10);
    expect(w.history()).toEqual([]);
    expect(told(w)).toMatchObject([
      { id: `job~${first}`, status: 'due', attempts: 0, at: new Date(LATE_SINCE).toISOString() },
    ]);
    await w.hint(first);
    expect(w.history()).toMatchObject([
      { status: 'success', lateSince: LATE_SINCE, index: { set: 'ended' } },
    ]);
    await sweeps(w, 3);
    expect(told(w)).toHaveLength(1);
  });

  it('is told also when the deadline is shorter than a look', async () => {
    const w = await worldWith({ deadline: { seconds: 5, notify: true } });
    await sweeps(w, 2);
    expect(told(w)).toMatchObject([{ status: 'due' }]);
  });

  it('is told again under the same id when the process dies in between', async () => {
    const w = await worldWith();
    w.hooks.before = (operation) =>
      operation === 'tasks.update' ? Promise.reject(new Error('the process dies')) : undefined;
    await sweeps(w, 2);
    w.hooks.before = undefined;
    await sweeps(w, 10);
    const ids = told(w).map(({ id }) => id);
    expect(ids.length).toBe(2);
    expect(new Set(ids).size).toBe(1);
  });

  it('waits behind its predecessor under overlap queue, and both are told', async () => {
    const w = await worldWith({
      schedule: { kind: 'interval', seconds: 60, startAt: T0 },
      overlap: 'queue',
      deadline: { seconds: 120, notify: true },
    });
    lasting(w, 400_000);
    const ending = w.hint(first);
    await sweeps(w, 5);
    expect(told(w).map((event) => [event.id, 'status' in event && event.status])).toEqual([
      [`job~${first}`, 'running'],
      [`job~${scheduledOccurrence(T0 + 60_000)}`, 'due'],
    ]);
    await sweeps(w, 3);
    await ending;
  });

  it('of a paused task is left alone', async () => {
    const w = await worldWith();
    await w.tasks.update(key, pausedTask(await w.state(), T0));
    await sweeps(w, 5);
    expect(told(w)).toEqual([]);
  });

  it('says nothing of tasks without a deadline, and reads none of them', async () => {
    const { deadline: _, ...definition } = { deadline: DEADLINE, schedule: ONCE };
    const w = makeSchedulerWorld();
    await w.addTask(definition);
    const reads: string[] = [];
    w.hooks.before = (operation) => void (operation.startsWith('tasks.') && reads.push(operation));
    await sweeps(w, 6);
    expect([told(w), reads]).toEqual([[], []]);
  });
});

it('a run that a person revives is not late for having been due long ago', async () => {
  const w = await worldWith({ retry: noRetry });
  w.handle(() => (w.runs.length === 1 ? boom() : ok()));
  await w.hint(first);
  await w.advance(3_600_000);
  const [dead] = w.history();
  const revived =
    dead &&
    revivedExecution(dead, { retryLimit: 0, generation: 1, queue: 'default', nowMs: w.clock.nowMs() });
  if (dead && revived && revived !== 'refused') await w.executions.update(dead, revived);
  await sweeps(w, 1);
  await w.minutes(2);
  expect(w.history()).toMatchObject([{ status: 'success', epoch: 1 }]);
  expect(told(w)).toEqual([]);
});

it('is late exactly when it has not finished in time, and told once, whatever its attempts do', async () => {
  const attempt = fc.record({ seconds: fc.integer({ min: 0, max: 40 }), fails: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 200 }),
      fc.array(attempt, { minLength: 1, maxLength: 4 }),
      async (seconds, attempts) => {
        const w = await worldWith({
          deadline: { seconds, notify: true },
          retry: { ...noRetry, limit: attempts.length - 1, baseSeconds: 7, maxSeconds: 7 },
        });
        w.handle(async ({ execution }) => {
          const { seconds: lasts, fails } = attempts[execution.attempt - 1] ?? { seconds: 0, fails: false };
          await w.clock.sleep(lasts * 1_000);
          return fails ? boom() : ok();
        });
        const hint = { v: 1, kind: 'hint', tenant: 'root', taskId: 'job', occurrence: first } as const;
        await w.workQueues.send([{ queue: 'default', hint, delaySeconds: 0 }]);
        for (let second = 0; second < 420; second++) {
          if (second % 60 === 30) await w.sweep();
          void w.deliver();
          await w.advance(1_000);
        }
        const [run] = w.history();
        const deadline = T0 + seconds * 1_000;
        const late = (run?.finishedAt ?? 0) > deadline;
        expect(['success', 'dead']).toContain(run?.status);
        expect(run?.lateSince).toBe(late ? deadline : undefined);
        expect(told(w)).toHaveLength(late ? 1 : 0);
        expect(run?.index?.set).not.toBe('open');
      },
    ),
    { numRuns: 60 },
  );
});
