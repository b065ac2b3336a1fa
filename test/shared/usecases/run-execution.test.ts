import { describe, expect, it } from 'vitest';
import { cancelledExecution } from '../../../shared/domain/execution-admin.ts';
import { manualExecution } from '../../../shared/domain/execution-births.ts';
import { manualOccurrence, scheduledOccurrence } from '../../../shared/domain/occurrence.ts';
import { deletedTask, pausedTask } from '../../../shared/domain/task-transitions.ts';
import { boom, makeSchedulerWorld, ok, T0 } from '../../support/scheduler-world.ts';

const first = scheduledOccurrence(T0);
const second = scheduledOccurrence(T0 + 60_000);
const key = { tenant: 'root', taskId: 'job' };

describe('an occurrence that is due', () => {
  it('is claimed, moves the task on, runs and ends in success', async () => {
    const w = makeSchedulerWorld();
    await w.addTask();
    w.handle(() => ok({ n: 1 }));
    await w.hint(first);
    expect(w.history()).toMatchObject([
      { occurrence: first, status: 'success', attempt: 1, result: '{"n":1}', index: { set: 'ended' } },
    ]);
    expect(await w.state()).toMatchObject({ nextRunAt: T0 + 60_000, run: `${first}@0`, status: 'active' });
  });

  it('runs once however often its message comes', async () => {
    const w = makeSchedulerWorld();
    await w.addTask({ overlap: 'allow' });
    await Promise.all([w.hint(first), w.hint(first), w.hint(first)]);
    await w.hint(first);
    expect(w.runs).toHaveLength(1);
  });

  it('is never claimed before its instant: a message seconds early waits, an earlier one comes back', async () => {
    const w = makeSchedulerWorld();
    await w.addTask({}, T0 + 60_000);
    expect(await w.hint(second)).toMatchObject({ kind: 'keep', seconds: 60 });
    await w.advance(59_300);
    const hinted = w.hint(second);
    await w.advance(600);
    expect(w.runs).toHaveLength(0);
    await w.advance(100);
    await hinted;
    expect(w.history()[0]).toMatchObject({ status: 'success', startedAt: T0 + 60_000, latenessMs: 0 });
  });

  it('sends the next hint itself when the next occurrence is near', async () => {
    const w = makeSchedulerWorld();
    await w.addTask({ schedule: { kind: 'interval', seconds: 2, startAt: T0 } });
    await w.hint(first);
    expect(w.workQueues.sent).toMatchObject([
      { queue: 'default', delaySeconds: 2, hint: { occurrence: scheduledOccurrence(T0 + 2_000) } },
    ]);
  });

  it('goes to another invocation when this one has too little time left for the attempt', async () => {
    const w = makeSchedulerWorld();
    await w.addTask({ timeoutSeconds: 60 });
    expect(await w.hint(first, { remainingMs: 67_000 })).toMatchObject({ kind: 'keep' });
    expect(w.history()).toEqual([]);
  });

  it('is not run for a paused, deleted or unknown task', async () => {
    const w = makeSchedulerWorld();
    expect(await w.hint(first)).toMatchObject({ kind: 'done' });
    const { state } = await w.addTask();
    await w.tasks.update(key, pausedTask(state, T0));
    await w.hint(first);
    expect(w.runs).toHaveLength(0);
  });

  it('completes a one-time task', async () => {
    const w = makeSchedulerWorld();
    await w.addTask({ schedule: { kind: 'once', at: T0 } });
    await w.hint(first);
    const state = await w.state();
    expect(state.status).toBe('completed');
    expect(state).not.toHaveProperty('nextRunAt');
    expect(state).not.toHaveProperty('index');
  });
});

describe('a change by a person between claim and advance', () => {
  const during = (w: ReturnType<typeof makeSchedulerWorld>, work: () => Promise<unknown>) => {
    w.hooks.after = async (operation) => {
      if (operation !== 'executions.insert') return;
      w.hooks.after = undefined;
      await work();
    };
  };

  it('pause: the claimed run is cancelled and its handler never begins', async () => {
    const w = makeSchedulerWorld();
    const { state } = await w.addTask();
    during(w, () => w.tasks.update(key, pausedTask(state, T0)));
    await w.hint(first);
    expect(w.runs).toHaveLength(0);
    expect(w.history()).toMatchObject([{ status: 'cancelled', reason: 'taskChanged' }]);
  });

  it('delete: likewise', async () => {
    const w = makeSchedulerWorld();
    const { state, definition } = await w.addTask();
    during(w, async () => {
      const deleted = deletedTask(state, definition, T0);
      await w.tasks.replace(key, deleted.change, deleted.definition);
    });
    await w.hint(first);
    expect(w.runs).toHaveLength(0);
    expect(w.history()).toMatchObject([{ status: 'cancelled', reason: 'taskDeleted' }]);
  });

  it('an edit that keeps the occurrence: the claim is adopted and runs once', async () => {
    const w = makeSchedulerWorld();
    const { state } = await w.addTask();
    during(w, () =>
      w.tasks.update(key, {
        set: { generation: state.generation + 1, version: state.version + 1 },
        guard: { equals: { version: state.version } },
      }),
    );
    await w.hint(first);
    expect(w.runs).toHaveLength(1);
    expect(w.history()).toMatchObject([{ status: 'success', generation: state.generation + 1 }]);
  });
});

describe('overlap', () => {
  const stillRunning = async (overlap: 'forbid' | 'queue' | 'allow') => {
    const w = makeSchedulerWorld();
    await w.addTask({ overlap, timeoutSeconds: 300 });
    let release = () => {};
    w.handle(
      (request) =>
        new Promise((resolve) => {
          if (w.runs.length === 1) release = () => resolve(ok());
          else resolve(ok(request.execution.id));
        }),
    );
    const running = w.hint(first);
    await w.advance(60_000);
    const finish = async () => {
      release();
      await running;
    };
    return { w, finish };
  };

  it('forbid: the occurrence is written down as skipped with the run it collided with', async () => {
    const { w, finish } = await stillRunning('forbid');
    await w.hint(second);
    expect(w.history()[1]).toMatchObject({
      status: 'skipped',
      reason: 'overlap',
      collidedWith: `job~${first}`,
    });
    expect((await w.state()).nextRunAt).toBe(T0 + 120_000);
    await finish();
    expect(w.runs).toHaveLength(1);
  });

  it('queue: the occurrence waits in the task and is woken when the run before it ends', async () => {
    const { w, finish } = await stillRunning('queue');
    expect(await w.hint(second)).toMatchObject({ kind: 'done' });
    expect(w.history()).toHaveLength(1);
    const before = w.workQueues.sent.length;
    await finish();
    expect(w.workQueues.sent.slice(before)).toMatchObject([
      { hint: { occurrence: second }, delaySeconds: 0 },
    ]);
    await w.deliver();
    expect(w.history().map(({ status }) => status)).toEqual(['success', 'success']);
  });

  it('allow: both run', async () => {
    const { w, finish } = await stillRunning('allow');
    await w.hint(second);
    await finish();
    expect(w.runs).toHaveLength(2);
  });

  it('a manual run waits behind a live one, and after an hour is skipped with the reason', async () => {
    const { w, finish } = await stillRunning('forbid');
    const task = await w.tasks.read(key);
    if (!task) throw new Error('no task');
    const occurrence = manualOccurrence(T0 + 60_000, '01ARZ3NDEKTSV4RRFFQ69G5FAV');
    const manual = manualExecution(task, { ...key, occurrence }, { trigger: 'manual', nowMs: T0 + 60_000 });
    await w.executions.insert(manual);
    expect(await w.hint(occurrence)).toMatchObject({ kind: 'keep', seconds: 10 });
    await w.advance(3_600_001);
    await w.hint(occurrence);
    const run = w.history().find((row) => row.occurrence === occurrence);
    expect(run).toMatchObject({ status: 'skipped', reason: 'waitedTooLong', collidedWith: `job~${first}` });
    await finish();
  });
});

describe('retry', () => {
  it('keeps the message for the growing delay, records each attempt and ends in success', async () => {
    const w = makeSchedulerWorld();
    await w.addTask({ schedule: { kind: 'once', at: T0 } });
    w.handle(({ execution }) => (execution.attempt <= 2 ? boom() : ok()));
    expect(await w.hint(first)).toMatchObject({ kind: 'keep', seconds: 10 });
    await w.advance(10_000);
    expect(await w.hint(first, { receiveCount: 2 })).toMatchObject({ kind: 'keep', seconds: 20 });
    await w.advance(20_000);
    await w.hint(first, { receiveCount: 3 });
    const [run] = w.history();
    expect(run).toMatchObject({ status: 'success', attempt: 3 });
    expect(run?.attempts?.map(({ status, startedAt }) => [status, startedAt - T0])).toEqual([
      ['failed', 0],
      ['failed', 10_000],
      ['success', 30_000],
    ]);
  });

  it('does not start before its backoff has passed, whoever asks', async () => {
    const w = makeSchedulerWorld();
    await w.addTask();
    w.handle(() => boom());
    await w.hint(first);
    await w.advance(3_000);
    expect(await w.hint(first)).toMatchObject({ kind: 'keep', seconds: 7 });
    expect(w.runs).toHaveLength(1);
  });

  it('replaces the message by a fresh one when its receives run out', async () => {
    const w = makeSchedulerWorld();
    await w.addTask();
    w.handle(() => boom());
    expect(await w.hint(first, { receiveCount: 16 })).toMatchObject({ kind: 'done' });
    expect(w.workQueues.sent.at(-1)).toMatchObject({ delaySeconds: 10, hint: { occurrence: first } });
  });

  it('leaves a wait beyond an SQS delay to the index, which wakes it in time', async () => {
    const w = makeSchedulerWorld();
    await w.addTask({
      schedule: { kind: 'once', at: T0 },
      retry: { strategy: 'fixed', limit: 1, baseSeconds: 3_600, maxSeconds: 3_600, jitter: 'none' },
    });
    w.handle(({ execution }) => (execution.attempt === 1 ? boom() : ok()));
    expect(await w.hint(first)).toMatchObject({ kind: 'done' });
    expect(w.workQueues.sent).toEqual([]);
    await w.minutes(61);
    expect(w.history()[0]).toMatchObject({ status: 'success', startedAt: T0 + 3_600_000 });
  });

  it('honours the delay that the error asks for and the end that it asks for', async () => {
    const w = makeSchedulerWorld();
    await w.addTask();
    w.handle(() => boom({ retryAfterSeconds: 77 }));
    expect(await w.hint(first)).toMatchObject({ seconds: 77 });
    await w.advance(77_000);
    w.handle(() => boom({ nonRetryable: true, errorType: 'Gone' }));
    await w.hint(first);
    expect(w.history()[0]).toMatchObject({ status: 'dead', reason: 'nonRetryable', errorType: 'Gone' });
  });
});

describe('a run that gives up', () => {
  const die = async () => {
    const w = makeSchedulerWorld();
    await w.addTask({
      schedule: { kind: 'once', at: T0 },
      retry: { strategy: 'fixed', limit: 0, baseSeconds: 1, maxSeconds: 1, jitter: 'none' },
    });
    w.handle(() => boom());
    await w.hint(first);
    return w;
  };

  it('is dead with a letter that a person can read and that names where to redrive it', async () => {
    const w = await die();
    expect(w.history()[0]).toMatchObject({
      status: 'dead',
      reason: 'exhausted',
      letter: 'sent',
      index: { set: 'dead', queue: 'default' },
    });
    expect(w.workQueues.letters).toMatchObject([
      {
        queue: 'default',
        letter: {
          executionId: `job~${first}`,
          errorMessage: 'boom',
          redriveTo: w.workQueues.arnOf('default'),
        },
      },
    ]);
  });

  it('runs again exactly once when its letter is moved to the work queue, even twice', async () => {
    const w = await die();
    const [sent] = w.workQueues.letters;
    w.handle(() => ok());
    w.workQueues.queue('default').add(sent?.letter);
    w.workQueues.queue('default').add(sent?.letter);
    while ((await w.deliver()) > 0);
    expect(w.runs).toHaveLength(2);
    expect(w.history()[0]).toMatchObject({ status: 'success', epoch: 1, attempt: 2 });
  });

  it('a letter of an earlier death revives nothing', async () => {
    const w = await die();
    const stale = w.workQueues.letters[0]?.letter;
    w.workQueues.queue('default').add(stale);
    while ((await w.deliver()) > 0);
    expect(w.history()[0]).toMatchObject({ status: 'dead', epoch: 1 });
    w.workQueues.queue('default').add(stale);
    while ((await w.deliver()) > 0);
    expect(w.runs).toHaveLength(2);
    expect(w.workQueues.letters).toHaveLength(2);
  });

  it('keeps its letter pending when the queue is away; the sweeper sends it once', async () => {
    const w = makeSchedulerWorld();
    await w.addTask({
      retry: { strategy: 'fixed', limit: 0, baseSeconds: 1, maxSeconds: 1, jitter: 'none' },
    });
    w.handle(() => boom());
    w.workQueues.refuse(() => true);
    await w.hint(first);
    expect(w.history()[0]).toMatchObject({ status: 'dead', letter: 'pending' });
    w.workQueues.refuse();
    await w.advance(60_000);
    await Promise.all([w.sweep(), w.sweep()]);
    await w.advance(60_000);
    await w.sweep();
    expect(w.workQueues.letters).toHaveLength(1);
    expect(w.history()[0]).toMatchObject({ letter: 'sent' });
  });
});

describe('a request to stop', () => {
  it('ends a failing run as cancelled instead of retrying it, and success wins over it', async () => {
    for (const [outcome, status] of [
      [boom(), 'cancelled'],
      [ok(), 'success'],
    ] as const) {
      const w = makeSchedulerWorld();
      await w.addTask();
      w.handle(async () => {
        const [running] = w.history();
        const decision = running && cancelledExecution(running, T0, 1_000);
        if (running && decision?.kind === 'requested') await w.executions.update(running, decision.change);
        return outcome;
      });
      await w.hint(first);
      expect(w.history()[0]).toMatchObject({ status });
    }
  });

  it('reaches the handler while it runs', async () => {
    const w = makeSchedulerWorld();
    await w.addTask();
    w.handle(
      ({ signal }) =>
        new Promise((resolve) => {
          signal?.addEventListener('abort', () => resolve(boom({ cause: 'aborted' })));
        }),
    );
    const hinted = w.hint(first);
    await w.advance(1_000);
    const [running] = w.history();
    if (running) await w.executions.update(running, { set: { cancelRequested: true }, guard: {} });
    await w.advance(5_000);
    await hinted;
    expect(w.history()[0]).toMatchObject({ status: 'cancelled', reason: 'requested' });
  });
});
