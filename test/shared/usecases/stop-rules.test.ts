import { describe, expect, it } from 'vitest';
import { revivedExecution } from '../../../shared/domain/execution-admin.ts';
import { scheduledOccurrence } from '../../../shared/domain/occurrence.ts';
import type { TaskDefinition } from '../../../shared/domain/task.ts';
import { pausedTask } from '../../../shared/domain/task-transitions.ts';
import { boom, makeSchedulerWorld, ok, type SchedulerWorld, T0 } from '../../support/scheduler-world.ts';

const occurrence = (n: number) => scheduledOccurrence(T0 + n * 60_000);
const first = occurrence(0);
const never = { strategy: 'fixed', limit: 0, baseSeconds: 1, maxSeconds: 1, jitter: 'none' } as const;
const key = { tenant: 'root', taskId: 'job' };

async function worldWith(definition: Partial<TaskDefinition>): Promise<SchedulerWorld> {
  const w = makeSchedulerWorld();
  await w.addTask({ retry: never, ...definition });
  return w;
}
const told = (w: SchedulerWorld) =>
  w.events.told.filter(({ type }) => type.startsWith('task.')).map(({ v: _v, ...event }) => event);

describe('a task with stop rules', () => {
  it('completes when its condition on the result holds, and says so in the ledger and as an event', async () => {
    const w = await worldWith({
      stop: { when: 'result.done = true and payload.n = 1 and task.name = "Job"' },
    });
    w.handle(({ execution }) => ok({ done: execution.scheduledAt >= new Date(T0 + 120_000).toISOString() }));
    await w.minutes(5);
    const rows = w.history();
    expect(rows.map(({ status, stopped }) => [status, stopped])).toEqual([
      ['success', undefined],
      ['success', undefined],
      ['success', 'when'],
    ]);
    const last = rows.at(-1);
    expect(await w.state()).toMatchObject({
      status: 'completed',
      stopped: { by: 'when', run: last?.occurrence },
      tally: { runs: 3, successes: 3, failures: 0 },
    });
    expect(told(w)).toMatchObject([
      { type: 'task.completed', reason: 'when', executionId: `job~${last?.occurrence}` },
    ]);
    expect(last).toMatchObject({ counted: true, index: { set: 'ended' } });
    expect(last).not.toHaveProperty('tally');
  });

  it('is disabled when runs die in a row, and a success in between starts the count anew', async () => {
    const w = await worldWith({ stop: { afterConsecutiveFailures: 2 } });
    const outcomes = [boom(), ok(), boom(), boom(), ok()];
    w.handle(() => outcomes[w.runs.length - 1] ?? ok());
    await w.minutes(8);
    expect(w.history().map(({ status }) => status)).toEqual(['dead', 'success', 'dead', 'dead']);
    expect(await w.state()).toMatchObject({
      status: 'disabled',
      stopped: { by: 'afterConsecutiveFailures' },
    });
    expect(told(w)).toMatchObject([{ type: 'task.disabled', reason: 'afterConsecutiveFailures' }]);
    expect(w.history().every(({ letter }) => letter === undefined || letter === 'sent')).toBe(true);
  });

  it('counts runs by hand as well, and no skipped or cancelled one', async () => {
    const w = await worldWith({ stop: { afterRuns: 2 }, misfire: 'skip' });
    await w.advance(3_600_000);
    await w.minutes(3);
    expect(w.history().map(({ status }) => status)).toEqual(['skipped', 'success', 'success']);
    expect(await w.state()).toMatchObject({ status: 'completed', tally: { runs: 2 } });
  });

  it('does not ask a failed run, nor one whose condition cannot be asked, and says why', async () => {
    const w = await worldWith({ stop: { when: '$sum(result.texts) = 3' } });
    w.handle(() => (w.runs.length === 1 ? boom() : ok({ texts: ['a'] })));
    await w.minutes(2);
    const [failed, odd] = w.history();
    expect(failed).toMatchObject({ status: 'dead' });
    expect(failed).not.toHaveProperty('stopError');
    expect(odd).toMatchObject({ status: 'success', stopError: expect.stringContaining('sum') });
    expect(await w.state()).toMatchObject({ status: 'active', tally: { runs: 2, successes: 1 } });
  });

  it('holds only when the condition is true itself', async () => {
    const w = await worldWith({ stop: { when: 'result.n' } });
    w.handle(() => ok({ n: 1 }));
    await w.minutes(2);
    expect((await w.state()).status).toBe('active');
  });

  it('asks the payload that the run was triggered with, also a large one', async () => {
    const w = await worldWith({ stop: { when: '$length(payload.text) = 600' } });
    await w.hint(first);
    const [run] = w.history();
    expect(run).toMatchObject({ status: 'success' });
    const text = 'x'.repeat(600);
    w.hooks.before = async (operation, args) => {
      if (operation !== 'executions.insert') return;
      Object.assign(args[0] as object, { payloadStored: true });
      await w.executions.putDocument(
        { ...key, occurrence: occurrence(1) },
        'payload',
        JSON.stringify({ text }),
      );
    };
    await w.advance(60_000);
    await w.hint(occurrence(1));
    expect(w.history()[1]).toMatchObject({ stopped: 'when' });
  });
});

describe('counting survives', () => {
  it('an answer that got lost: the run is counted once', async () => {
    const w = await worldWith({ stop: { afterRuns: 2 } });
    let lost = 0;
    w.hooks.after = (operation) => {
      if (operation === 'tasks.updateWithRun' && lost++ === 0) throw new Error('the answer got lost');
    };
    await w.minutes(4);
    expect(w.history().map(({ status }) => status)).toEqual(['success', 'success']);
    expect(await w.state()).toMatchObject({ status: 'completed', tally: { runs: 2 } });
  });

  it('two that count at the same time', async () => {
    const w = await worldWith({ stop: { afterRuns: 5 }, overlap: 'allow' });
    const all = Promise.withResolvers<void>();
    w.handle(async () => {
      if (w.runs.length === 3) all.resolve();
      await all.promise;
      return ok();
    });
    w.hooks.before = (operation) =>
      operation === 'tasks.updateWithRun' ? Promise.reject(new Error('the process dies')) : undefined;
    const ending = [w.hint(first)];
    for (const n of [1, 2]) {
      await w.advance(60_000);
      ending.push(w.hint(occurrence(n)));
    }
    await Promise.all(ending);
    w.hooks.before = undefined;
    await w.advance(60_000);
    await Promise.all([w.sweep(), w.sweep(), w.sweep()]);
    expect(await w.state()).toMatchObject({ tally: { runs: 3, successes: 3 } });
  });

  it('a process that dies before it counted: the next occurrence counts first, and does not start', async () => {
    const w = await worldWith({ stop: { afterRuns: 1 } });
    w.hooks.before = (operation) =>
      operation === 'tasks.updateWithRun' ? Promise.reject(new Error('the process dies')) : undefined;
    await w.hint(first);
    expect(w.history()).toMatchObject([{ status: 'success', tally: 'pending', index: { set: 'open' } }]);
    w.hooks.before = undefined;
    await w.advance(60_000);
    expect(await w.hint(occurrence(1))).toMatchObject({ note: 'a stop rule has ended the task' });
    expect(w.history()).toMatchObject([{ status: 'success', stopped: 'afterRuns' }]);
    expect(await w.state()).toMatchObject({ status: 'completed' });
  });

  it('a run that ends while the next occurrence looks at it: that one does not start uncounted', async () => {
    const w = await worldWith({ stop: { afterRuns: 1 } });
    const end = Promise.withResolvers<void>();
    w.handle(async () => {
      await end.promise;
      return ok();
    });
    const running = w.hint(first);
    await w.advance(60_000);
    let looks = 0;
    let dies = true;
    w.hooks.before = (operation) =>
      operation === 'tasks.updateWithRun' && dies ? Promise.reject(new Error('the process dies')) : undefined;
    // The first look is at the run before it.
    w.hooks.after = async (operation) => {
      if (operation !== 'executions.read' || ++looks !== 1) return;
      end.resolve();
      await running;
      dies = false;
    };
    await w.hint(occurrence(1));
    expect(w.history().map(({ status }) => status)).toEqual(['success', 'skipped']);
    await w.advance(120_000);
    await w.sweep();
    expect(await w.state()).toMatchObject({ status: 'completed', tally: { runs: 1 } });
  });

  it('a bus that is away: the stop is told when it is back', async () => {
    const w = await worldWith({ stop: { afterRuns: 1 } });
    w.events.refuse(true);
    await w.hint(first);
    expect(w.history()).toMatchObject([{ status: 'success', tally: 'untold' }]);
    w.events.refuse(false);
    await w.advance(120_000);
    await w.sweep();
    expect(told(w)).toMatchObject([{ type: 'task.completed', id: `job~${first}@0` }]);
    expect(w.history()[0]).not.toHaveProperty('tally');
  });

  it('an edit in between: what holds is decided by the rules that stand', async () => {
    const w = await worldWith({ stop: { afterRuns: 1 } });
    w.hooks.before = async (operation) => {
      if (operation !== 'tasks.updateWithRun') return;
      w.hooks.before = undefined;
      const state = await w.state();
      await w.tasks.update(key, pausedTask(state, w.clock.nowMs()));
    };
    await w.hint(first);
    expect(await w.state()).toMatchObject({ status: 'completed', tally: { runs: 1 }, version: 3 });
  });
});

it('a run that a person revives before it was counted is counted when it ends again', async () => {
  const w = await worldWith({ schedule: { kind: 'once', at: T0 }, stop: { afterSuccesses: 9 } });
  w.handle(() => (w.runs.length === 1 ? boom() : ok()));
  w.hooks.before = (operation) =>
    operation === 'tasks.updateWithRun' ? Promise.reject(new Error('the process dies')) : undefined;
  await w.hint(first);
  w.hooks.before = undefined;
  const [dead] = w.history();
  const revived =
    dead &&
    revivedExecution(dead, { retryLimit: 0, generation: 1, queue: 'default', nowMs: w.clock.nowMs() });
  if (dead && revived && revived !== 'refused') await w.executions.update(dead, revived);
  await w.minutes(2);
  expect(w.history()).toMatchObject([{ status: 'success', counted: true }]);
  expect(await w.state()).toMatchObject({ tally: { runs: 1, successes: 1, failures: 0 } });
});

it('a task without stop rules is neither counted nor asked', async () => {
  const w = await worldWith({});
  const operations: string[] = [];
  w.hooks.before = (operation) => void operations.push(operation);
  await w.hint(first);
  expect(operations).not.toContain('tasks.updateWithRun');
  expect(w.history()[0]).not.toHaveProperty('counted');
  expect(await w.state()).not.toHaveProperty('tally');
});
