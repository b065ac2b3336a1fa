import { describe, expect, it } from 'vitest';
import { cancelledExecution, revivedExecution } from '../../../shared/domain/execution-admin.ts';
import { manualExecution } from '../../../shared/domain/execution-births.ts';
import { manualOccurrence, scheduledOccurrence } from '../../../shared/domain/occurrence.ts';
import { pausedTask } from '../../../shared/domain/task-transitions.ts';
import { DAY_MS } from '../../../shared/domain/time.ts';
import { boom, makeSchedulerWorld, ok, type SchedulerWorld, T0 } from '../../support/scheduler-world.ts';

/** What a process that stood still, or was slow, between two requests must not do when it goes on. */
const first = scheduledOccurrence(T0);
const second = scheduledOccurrence(T0 + 60_000);
const key = { tenant: 'root', taskId: 'job' };

async function triggered(w: SchedulerWorld, ulid = '01ARZ3NDEKTSV4RRFFQ69G5FAV'): Promise<string> {
  const task = await w.tasks.read(key);
  if (!task) throw new Error('no task');
  const occurrence = manualOccurrence(w.clock.nowMs(), ulid);
  const q = { trigger: 'manual', nowMs: w.clock.nowMs() } as const;
  await w.executions.insert(manualExecution(task, { ...key, occurrence }, q));
  return occurrence;
}

/** A manual run of the task begins, and does not end. */
async function manualRunBegins(w: SchedulerWorld): Promise<void> {
  const occurrence = await triggered(w);
  const begun = Promise.withResolvers<void>();
  w.handle(() => {
    begun.resolve();
    return new Promise(() => {});
  });
  void w.hint(occurrence);
  await begun.promise;
  w.handle(() => ok());
}

/** A person cancels the run, and has it run again. */
async function cancelledAndRetried(
  w: SchedulerWorld,
  occurrence: string,
  between = async () => {},
): Promise<void> {
  const runOf = async () => {
    const run = await w.executions.read({ ...key, occurrence });
    if (!run) throw new Error('no run');
    return run;
  };
  const decision = cancelledExecution(await runOf(), w.clock.nowMs(), DAY_MS);
  if (decision.kind === 'refused') throw new Error('it has ended');
  await w.executions.update(await runOf(), decision.change);
  await between();
  const q = { retryLimit: 2, generation: 1, queue: 'default', nowMs: w.clock.nowMs() };
  const revived = revivedExecution(await runOf(), q);
  if (revived === 'refused') throw new Error('it cannot run again');
  await w.executions.update(await runOf(), revived);
}

describe('a start whose process stood still while its run was cancelled and retried', () => {
  it('does not begin beside the run that took its place', async () => {
    const w = makeSchedulerWorld();
    await w.addTask();
    const waiting = await triggered(w, '01ARZ3NDEKTSV4RRFFQ69G5FAW');
    w.hooks.before = async (operation) => {
      if (operation !== 'executions.update') return;
      w.hooks.before = undefined;
      await cancelledAndRetried(w, waiting, () => manualRunBegins(w));
    };
    expect(await w.hint(waiting)).toMatchObject({ note: 'another started it' });
    expect(w.runs).toHaveLength(1);
  });
});

describe('whoever stood still before he wrote that a run had waited too long', () => {
  it('does not take back that a person had it run again meanwhile', async () => {
    const w = makeSchedulerWorld();
    await w.addTask();
    const waiting = await triggered(w, '01ARZ3NDEKTSV4RRFFQ69G5FAW');
    await manualRunBegins(w);
    await w.advance(DAY_MS);
    w.hooks.before = async (operation) => {
      if (operation !== 'executions.update') return;
      w.hooks.before = undefined;
      await cancelledAndRetried(w, waiting);
    };
    await w.hint(waiting);
    expect(w.history().find(({ occurrence }) => occurrence === waiting)).toMatchObject({
      status: 'queued',
      epoch: 1,
    });
  });
});

describe('a retry whose process stood still when it was permitted', () => {
  it('does not begin after its task was paused meanwhile', async () => {
    const w = makeSchedulerWorld();
    await w.addTask();
    w.handle(() => boom());
    await w.hint(first);
    await w.advance(10_000);
    w.handle(() => ok());
    // The answer is on its way, and the process gets to see it only long afterwards.
    let reads = 0;
    w.hooks.after = async (operation) => {
      if (operation !== 'tasks.read' || ++reads < 2) return;
      w.hooks.after = undefined;
      await w.tasks.update(key, pausedTask(await w.state(), w.clock.nowMs()));
      await w.advance(20_000);
    };
    expect(await w.hint(first)).toMatchObject({ note: 'too late to begin; the sweeper goes on' });
    expect(w.runs).toHaveLength(1);
  });
});

describe('a claim whose process stood still until it was declared lost', () => {
  it('does not move its task past the occurrence, which waits for its retry', async () => {
    const w = makeSchedulerWorld();
    await w.addTask();
    w.hooks.before = async (operation) => {
      if (operation !== 'tasks.update') return;
      w.hooks.before = undefined;
      await w.advance(120_000);
      await w.sweep();
      await manualRunBegins(w);
    };
    expect(await w.hint(first)).toMatchObject({ note: 'lost our claim' });
    expect(w.history()[0]).toMatchObject({ occurrence: first, status: 'retrying' });
    expect((await w.state()).nextRunAt).toBe(T0);
  });
});

describe('an occurrence that first counts the end of the run before it', () => {
  it('does not begin beside a run that began while it counted', async () => {
    const w = makeSchedulerWorld();
    await w.addTask({ stop: { afterRuns: 9 } });
    w.hooks.before = (operation) =>
      operation === 'tasks.updateWithRun' ? Promise.reject(new Error('the process dies')) : undefined;
    await w.hint(first);
    w.hooks.before = undefined;
    await w.advance(60_000);
    w.hooks.after = async (operation) => {
      if (operation !== 'tasks.updateWithRun') return;
      w.hooks.after = undefined;
      await manualRunBegins(w);
    };
    await w.hint(second);
    expect(w.history().find(({ occurrence }) => occurrence === second)).toMatchObject({
      status: 'skipped',
      reason: 'overlap',
    });
    expect(w.runs).toHaveLength(2);
  });
});

describe('a hand-off whose process stood still before it was written', () => {
  it('keeps its slots as long as its lease', async () => {
    const w = makeSchedulerWorld();
    await w.addTask({ concurrency: [{ key: 'a', limit: 1 }], timeoutSeconds: 300 });
    w.handle(async ({ onHandOff }) => {
      await onHandOff?.();
      w.hooks.after = async (operation) => {
        if (operation !== 'semaphores.update') return;
        w.hooks.after = undefined;
        await w.advance(60_000);
      };
      return { kind: 'pending', timeoutSeconds: 600 };
    });
    await w.hint(first);
    const [slot] = Object.values(w.tables.semaphores.get('root#a')?.holders ?? {});
    const [run] = w.history();
    expect(run).toMatchObject({ status: 'running', pendingSeconds: 600 });
    expect(slot?.until).toBeGreaterThanOrEqual(run?.leaseUntil ?? 0);
  });
});
