import { describe, expect, it } from 'vitest';
import { cancelledExecution } from '../../../shared/domain/execution-admin.ts';
import { MAX_SNOOZES } from '../../../shared/domain/limits.ts';
import { scheduledOccurrence } from '../../../shared/domain/occurrence.ts';
import type { RetryRule } from '../../../shared/domain/task.ts';
import type { HandlerResult } from '../../../shared/ports.ts';
import { boom, makeSchedulerWorld, ok, type SchedulerWorld, T0 } from '../../support/scheduler-world.ts';

const first = scheduledOccurrence(T0);
const ONCE = { kind: 'once', at: T0 } as const;
const retry = (rules: RetryRule[], limit = 0) =>
  ({ strategy: 'fixed', limit, baseSeconds: 10, maxSeconds: 60, jitter: 'none', rules }) as const;
const snoozed = (seconds: number, reason = 'not ready'): HandlerResult => ({
  kind: 'snoozed',
  seconds,
  reason,
});

/** With its message, so that waits end when they should. */
async function begin(w: SchedulerWorld): Promise<void> {
  const hint = { v: 1, kind: 'hint', tenant: 'root', taskId: 'job', occurrence: first } as const;
  await w.workQueues.send([{ queue: 'default', hint, delaySeconds: 0 }]);
  await w.deliver();
}

describe('a failure that a rule takes', () => {
  it('is retried by the rule, and written down with what was matched', async () => {
    const w = makeSchedulerWorld();
    const rules: RetryRule[] = [{ match: { httpStatus: ['5xx'] }, then: 'retry', baseSeconds: 3, limit: 2 }];
    await w.addTask({ schedule: ONCE, retry: retry(rules) });
    w.handle(({ execution }) => (execution.attempt <= 2 ? boom({ httpStatus: 503 }) : ok()));
    await begin(w);
    expect(w.history()).toMatchObject([
      { status: 'retrying', nextAttemptAt: T0 + 3_000, attempt: 1, maxAttempts: 2 },
    ]);
    await w.minutes(1);
    expect(w.history()).toMatchObject([
      { status: 'success', attempt: 3, maxAttempts: 3, attempts: [{ httpStatus: 503 }, {}, {}] },
    ]);
  });

  it('ends the run at once when the rule says stop', async () => {
    const w = makeSchedulerWorld();
    const rules: RetryRule[] = [{ match: { errorType: 'Validation*' }, then: 'stop' }];
    await w.addTask({ schedule: ONCE, retry: retry(rules, 5) });
    w.handle(() => boom({ errorType: 'ValidationError' }));
    await w.hint(first);
    expect(w.history()).toMatchObject([
      { status: 'dead', reason: 'nonRetryable', letter: 'sent', attempt: 1 },
    ]);
  });

  it('may be one of which nothing was heard again', async () => {
    const w = makeSchedulerWorld();
    await w.addTask({ schedule: ONCE, retry: retry([{ match: { cause: 'crashed' }, then: 'stop' }], 5) });
    w.handle(() => {
      throw new Error('the process dies');
    });
    await w.hint(first).catch(() => undefined);
    await w.advance(60_000);
    await w.sweep();
    expect(w.history()).toMatchObject([
      { status: 'dead', reason: 'nonRetryable', attempts: [{ cause: 'crashed', errorType: 'LeaseExpired' }] },
    ]);
  });
});

describe('a run that is put off', () => {
  it('runs again when its time has come, and has spent no attempt', async () => {
    const w = makeSchedulerWorld();
    await w.addTask({ schedule: ONCE, retry: retry([]) });
    w.handle(({ execution }) => (execution.attempt < 4 ? snoozed(20) : ok()));
    await begin(w);
    expect(w.history()).toMatchObject([
      {
        status: 'retrying',
        nextAttemptAt: T0 + 20_000,
        snoozes: 1,
        snoozeReason: 'not ready',
        maxAttempts: 2,
      },
    ]);
    expect(w.history()[0]).not.toHaveProperty('attempts');
    await w.minutes(2);
    expect(w.runs.map(({ execution }) => execution.attempt)).toEqual([1, 2, 3, 4]);
    expect(w.history()).toMatchObject([{ status: 'success', attempt: 4, maxAttempts: 4, snoozes: 3 }]);
    expect(w.metrics.counted).toMatchObject({ failed: 0, succeeded: 1 });
  });

  it('fails with the budget that it had', async () => {
    const w = makeSchedulerWorld();
    await w.addTask({ schedule: ONCE, retry: retry([], 1) });
    w.handle(({ execution }) => (execution.attempt < 3 ? snoozed(1) : boom()));
    await w.minutes(2);
    expect(w.history()).toMatchObject([
      { status: 'dead', reason: 'exhausted', attempt: 4, attempts: [{ attempt: 3 }, { attempt: 4 }] },
    ]);
  });

  it('is woken by the index when it waits longer than a message can', async () => {
    const w = makeSchedulerWorld();
    await w.addTask({ schedule: ONCE });
    w.handle(({ execution }) => (execution.attempt === 1 ? snoozed(3_600) : ok()));
    await begin(w);
    await w.minutes(62);
    expect(w.history()).toMatchObject([{ status: 'success', startedAt: T0 + 3_600_000 }]);
  });

  it('is cancelled when somebody asks it to stop', async () => {
    const w = makeSchedulerWorld();
    await w.addTask({ schedule: ONCE });
    w.handle(async () => {
      const [run] = w.history();
      const decision = run && cancelledExecution(run, w.clock.nowMs(), 1);
      if (run && decision?.kind === 'requested') await w.executions.update(run, decision.change);
      return snoozed(10);
    });
    await w.hint(first);
    expect(w.history()).toMatchObject([{ status: 'cancelled', reason: 'requested' }]);
  });

  it('goes on after its lease was lost, by the budget of its task', async () => {
    const w = makeSchedulerWorld();
    await w.addTask({ schedule: ONCE, retry: retry([], 1) });
    w.handle(({ execution }) => {
      if (execution.attempt === 1) return snoozed(1);
      if (execution.attempt === 2) throw new Error('the process dies');
      return ok();
    });
    await w.hint(first);
    await w.advance(1_000);
    await w.hint(first).catch(() => undefined);
    await w.minutes(3);
    expect(w.history()).toMatchObject([{ status: 'success', attempt: 3, maxAttempts: 3, snoozes: 1 }]);
  });

  it('is dead when it was put off too often, and says so', async () => {
    const w = makeSchedulerWorld();
    await w.addTask({ schedule: ONCE, retry: retry([], 5) });
    w.handle(() => snoozed(60, 'the moon is wrong'));
    await w.hint(first);
    const [run] = w.history();
    if (run) await w.executions.update(run, { set: { snoozes: MAX_SNOOZES }, guard: {} });
    w.handle(({ execution }) => (execution.attempt < 8 ? snoozed(1, 'the moon is wrong') : ok()));
    await w.advance(60_000);
    await w.hint(first);
    expect(w.history()).toMatchObject([
      {
        status: 'retrying',
        errorType: 'SnoozeLimit',
        errorMessage: expect.stringContaining('the moon is wrong'),
      },
    ]);
  });
});
