import { describe, expect, it } from 'vitest';
import handlers from '#handlers';
import { makeRegistry } from '../../../shared/contract/handler.ts';
import type { Execution } from '../../../shared/domain/execution.ts';
import { claimedExecution } from '../../../shared/domain/execution-births.ts';
import { failed } from '../../../shared/domain/execution-failures.ts';
import { startedAttempt, succeeded } from '../../../shared/domain/execution-transitions.ts';
import { letterSent } from '../../../shared/domain/letter-transitions.ts';
import { executionId, scheduledOccurrence } from '../../../shared/domain/occurrence.ts';
import type { Principal } from '../../../shared/domain/principal.ts';
import { purgeLetters } from '../../../shared/usecases/manage-runs/purge.ts';
import { redriveLetters } from '../../../shared/usecases/manage-runs/redrive.ts';
import { cancelRun, retryRun } from '../../../shared/usecases/manage-runs/steer-run.ts';
import { triggerRun } from '../../../shared/usecases/manage-runs/trigger-run.ts';
import { replaceTask } from '../../../shared/usecases/manage-tasks/edit-task.ts';
import { makeMemoryWorld } from '../../support/memory-world.ts';

const retry = { strategy: 'fixed', limit: 1, baseSeconds: 1, maxSeconds: 1, jitter: 'none' } as const;
const admin: Principal = { tenant: 'root', role: 'admin', actor: 'token:test' };
const retentionMs = 86_400_000;

async function makeWorld() {
  const world = makeMemoryWorld();
  const deps = {
    ...world,
    handlers: makeRegistry(handlers),
    queueDefaults: { default: { priority: 5, workers: 20, timeoutSeconds: 60, retry } },
    shards: 4,
    retentionMs,
  };
  const schedule = { kind: 'interval', seconds: 3_600 };
  await replaceTask(deps, admin, 'task', { name: 'n', handler: 'demo.echo', schedule }, {});
  world.workQueues.sent.length = 0;
  const meanwhile = (name: string, act: () => Promise<unknown>) => {
    world.hooks.before = async (operation) => {
      if (operation !== name) return;
      world.hooks.before = undefined;
      await act();
    };
  };
  const at = () => ({ owner: 'me', nowMs: world.clock.nowMs(), retentionMs, requestId: 'r' });
  const change = async (run: Execution, by: Parameters<typeof world.executions.update>[1]) => {
    const outcome = await world.executions.update(run, by);
    if (!outcome.ok) throw new Error('refused');
    return outcome.record;
  };
  const claimed = async () => {
    const task = await world.tasks.read({ tenant: 'root', taskId: 'task' });
    if (!task) throw new Error('no task');
    const startedAt = world.clock.nowMs();
    const key = { tenant: 'root', taskId: 'task', occurrence: scheduledOccurrence(startedAt) };
    const lease = { owner: 'me', startedAt, leaseUntil: startedAt + 70_000, missed: 0 };
    const run = claimedExecution(task, key, lease);
    await world.executions.insert(run);
    return run;
  };
  const failure = { cause: 'error', errorType: 'E', errorMessage: 'm', nonRetryable: true } as const;
  const dead = async () => {
    const died = failed(await claimed(), { ...at(), after: { failure, nextAttemptAt: undefined } });
    const run = world.tables.executions.all().at(-1);
    if (!run) throw new Error('no run');
    const pending = await change(run, died);
    return change(pending, letterSent(pending));
  };
  return { ...world, deps, meanwhile, at, change, claimed, dead };
}

describe('cancelling', () => {
  it('does not touch a run that starts at that moment: it asks it to stop', async () => {
    const { deps, meanwhile, change, clock, tables } = await makeWorld();
    const { run } = await triggerRun(deps, admin, 'task', {}, undefined);
    const start = {
      owner: 'me',
      startedAt: clock.nowMs(),
      leaseUntil: clock.nowMs() + 70_000,
      generation: 1,
      queue: 'default',
    };
    meanwhile('executions.update', () => change(run, startedAttempt(run, start)));
    expect(await cancelRun(deps, admin, executionId(run))).toMatchObject({
      status: 'running',
      cancelRequested: true,
    });
    expect(tables.executions.all()).toMatchObject([{ status: 'running', attempt: 1 }]);
  });
  it('loses against a run that succeeds at that moment', async () => {
    const { deps, meanwhile, change, claimed, at } = await makeWorld();
    const run = await claimed();
    meanwhile('executions.update', () => change(run, succeeded(run, { ...at(), result: {} })));
    await expect(cancelRun(deps, admin, executionId(run))).rejects.toMatchObject({
      code: 'state-conflict',
      details: { status: 'success' },
    });
  });
});

describe('retrying', () => {
  it('revives a death once, however many ask at the same time', async () => {
    const { deps, dead, tables, workQueues } = await makeWorld();
    const id = executionId(await dead());
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => retryRun(deps, admin, id)));
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(tables.executions.all()).toMatchObject([{ status: 'queued', epoch: 1, maxAttempts: 3 }]);
    expect(workQueues.sent).toHaveLength(1);
  });
  it('stands although the hint is not sent: the run stays in the open set', async () => {
    const { deps, dead, hooks, tables, clock } = await makeWorld();
    const run = await dead();
    hooks.before = (operation) => {
      if (operation === 'workQueues.send') throw new Error('away');
    };
    await retryRun(deps, admin, executionId(run));
    expect(tables.executions.all()).toMatchObject([
      { status: 'queued', index: { set: 'open', at: clock.nowMs() + 60_000 } },
    ]);
  });
});

describe('triggering', () => {
  it('leaves no run without its payload when it dies in between', async () => {
    const { deps, hooks, tables } = await makeWorld();
    hooks.before = (operation) => {
      if (operation === 'executions.insert') throw new Error('crash');
    };
    const payload = 'x'.repeat(1_000);
    await expect(triggerRun(deps, admin, 'task', { payload }, 'k')).rejects.toThrow('crash');
    expect(tables.executions.all()).toEqual([]);
    hooks.before = undefined;
    const { run } = await triggerRun(deps, admin, 'task', { payload }, 'k');
    expect(await deps.executions.readDocument(run, 'payload')).toBe(JSON.stringify(payload));
  });
});

describe('dead letters', () => {
  it('go on being redriven after a store that was away in the middle', async () => {
    const { deps, dead, advance, hooks } = await makeWorld();
    for (let n = 0; n < 3; n++) {
      await advance(1_000);
      await dead();
    }
    let updates = 0;
    hooks.before = (operation) => {
      if (operation === 'executions.update' && ++updates === 2) throw new Error('away');
    };
    await expect(redriveLetters(deps, admin, 'default', {})).rejects.toThrow('away');
    hooks.before = undefined;
    const again = await redriveLetters(deps, admin, 'default', {});
    expect(again.items.every(({ ok }) => ok)).toBe(true);
    const left = await deps.listings.dead({ tenant: 'root', queue: 'default', limit: 10 });
    expect(left.entries).toEqual([]);
  });
  it('are purged but for one that somebody retries at that moment', async () => {
    const { deps, dead, meanwhile, tables } = await makeWorld();
    const id = executionId(await dead());
    meanwhile('executions.update', () => retryRun(deps, admin, id));
    expect(await purgeLetters(deps, admin, 'default')).toEqual({ count: 0, more: false });
    expect(tables.executions.all()).toMatchObject([{ status: 'queued' }]);
  });
  it('of another tenant are out of reach', async () => {
    const { deps, dead } = await makeWorld();
    const id = executionId(await dead());
    const stranger = { ...admin, tenant: 'other' };
    expect(await redriveLetters(deps, stranger, 'default', {})).toMatchObject({ items: [] });
    expect(await redriveLetters(deps, stranger, 'default', { ids: [id] })).toMatchObject({
      items: [{ ok: false, code: 'not-found' }],
    });
  });
});
