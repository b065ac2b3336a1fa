import { describe, expect, it } from 'vitest';
import handlers from '#handlers';
import { makeRegistry } from '../../../shared/contract/handler.ts';
import type { Principal } from '../../../shared/domain/principal.ts';
import { advancedTask } from '../../../shared/domain/task-transitions.ts';
import { createTask } from '../../../shared/usecases/manage-tasks/create-task.ts';
import { patchTask, replaceTask } from '../../../shared/usecases/manage-tasks/edit-task.ts';
import { deleteTask, pauseTask, resumeTask } from '../../../shared/usecases/manage-tasks/steer-task.ts';
import { makeMemoryWorld } from '../../support/memory-world.ts';

const retry = { strategy: 'fixed', limit: 1, baseSeconds: 1, maxSeconds: 1, jitter: 'none' } as const;
const admin: Principal = { tenant: 'root', role: 'admin', actor: 'token:test' };
const every10Minutes = { name: 'n', handler: 'demo.echo', schedule: { kind: 'interval', seconds: 600 } };
const atOnce = { name: 'n', handler: 'demo.echo', schedule: { kind: 'now' } };

function makeWorld() {
  const world = makeMemoryWorld();
  const deps = {
    ...world,
    handlers: makeRegistry(handlers),
    queueDefaults: { default: { priority: 5, workers: 20, timeoutSeconds: 60, retry } },
    shards: 4,
    retentionMs: 86_400_000,
  };
  const state = () => {
    const [only] = world.tables.states.all();
    if (!only) throw new Error('no task');
    return only;
  };
  /** The first operation of this name does not come back: before its effect, or after. */
  const crash = (when: 'before' | 'after', name: string) => {
    world.hooks[when] = (operation) => {
      if (operation !== name) return;
      world.hooks[when] = undefined;
      throw new Error('crash');
    };
  };
  /** Somebody else acts just before the first operation of this name. */
  const meanwhile = (name: string, act: () => Promise<unknown>) => {
    world.hooks.before = async (operation) => {
      if (operation !== name) return;
      world.hooks.before = undefined;
      await act();
    };
  };
  return { ...world, deps, state, crash, meanwhile };
}

describe('creating under an Idempotency-Key', () => {
  it.each([
    ['after', 'idempotency.remember'],
    ['before', 'tasks.create'],
    ['after', 'tasks.create'],
    ['before', 'workQueues.send'],
  ] as const)('makes one task although the first request died %s %s', async (when, operation) => {
    const { deps, crash, tables } = makeWorld();
    crash(when, operation);
    const first = await createTask(deps, admin, atOnce, 'key').catch(() => undefined);
    const second = await createTask(deps, admin, atOnce, 'key');
    expect(tables.states.all()).toHaveLength(1);
    if (first) expect(second.task.state.taskId).toBe(first.task.state.taskId);
  });
  it('says that its instant has passed, not that it was deleted, when the first request died before it made anything', async () => {
    const { deps, crash, tables, advance, clock } = makeWorld();
    const soon = { ...atOnce, schedule: { kind: 'once', at: new Date(clock.nowMs() + 2_000).toISOString() } };
    crash('after', 'idempotency.remember');
    await expect(createTask(deps, admin, soon, 'key')).rejects.toThrow('crash');
    await advance(600_000);
    await expect(createTask(deps, admin, soon, 'key')).rejects.toMatchObject({ code: 'validation-failed' });
    expect(tables.states.all()).toHaveLength(0);
  });
  it('does not mix the keys of two tenants', async () => {
    const { deps, tables } = makeWorld();
    await createTask(deps, admin, atOnce, 'key');
    await createTask(deps, { ...admin, tenant: 'other' }, atOnce, 'key');
    expect(tables.states.all()).toHaveLength(2);
  });
});

describe('the hint of a task that is due soon', () => {
  it('is sent after the write, never before', async () => {
    const { deps, hooks } = makeWorld();
    const order: string[] = [];
    hooks.before = (operation) => void order.push(operation);
    await createTask(deps, admin, atOnce, undefined);
    expect(order).toEqual(['queueControls.read', 'tasks.create', 'workQueues.send']);
  });
  it('is only late when it is not sent: the write stands and the tick finds the task overdue', async () => {
    const { deps, crash, state, shardIndex, clock, advance, lines } = makeWorld();
    crash('before', 'workQueues.send');
    await createTask(deps, admin, atOnce, undefined);
    expect(lines).toMatchObject([{ level: 'error' }]);
    await advance(60_000);
    const { shard } = state();
    const overdue = await shardIndex.due({ set: 'hot', shard, after: 0, until: clock.nowMs(), limit: 10 });
    expect(overdue.entries).toHaveLength(1);
  });
});

describe('an edit that others overtake', () => {
  const id = 'task';
  it('is decided again on what they wrote', async () => {
    const { deps, meanwhile, state } = makeWorld();
    await replaceTask(deps, admin, id, every10Minutes, {});
    meanwhile('tasks.replace', () => pauseTask(deps, admin, id, {}));
    const patched = await patchTask(deps, admin, id, { overlap: 'allow' }, {});
    expect(patched.state).toMatchObject({ status: 'paused', version: 3, generation: 3 });
    expect(state()).not.toHaveProperty('nextRunAt');
  });
  it('is refused when it asked for the version that they changed', async () => {
    const { deps, meanwhile } = makeWorld();
    await replaceTask(deps, admin, id, every10Minutes, {});
    meanwhile('tasks.replace', () => pauseTask(deps, admin, id, {}));
    await expect(patchTask(deps, admin, id, { name: 'x' }, { match: [1] })).rejects.toMatchObject({
      code: 'version-mismatch',
    });
  });
  it('creates when they delete, and replaces when they create', async () => {
    const { deps, meanwhile, state } = makeWorld();
    meanwhile('tasks.create', () => replaceTask(deps, admin, id, every10Minutes, {}));
    expect((await replaceTask(deps, admin, id, { ...every10Minutes, name: 'x' }, {})).created).toBe(false);
    meanwhile('tasks.replace', () => deleteTask(deps, admin, id, {}));
    expect((await replaceTask(deps, admin, id, { ...every10Minutes, name: 'y' }, {})).created).toBe(true);
    expect(state()).toMatchObject({ status: 'active', generation: 3 });
  });
  it('gives up with a conflict when it is overtaken for ever', async () => {
    const { deps, hooks } = makeWorld();
    await replaceTask(deps, admin, id, every10Minutes, {});
    let names = 0;
    let inside = false;
    hooks.before = async (operation) => {
      if (operation !== 'tasks.replace' || inside) return;
      inside = true;
      await patchTask(deps, admin, id, { name: `other ${++names}` }, {});
      inside = false;
    };
    await expect(patchTask(deps, admin, id, { tags: ['x'] }, {})).rejects.toMatchObject({
      code: 'state-conflict',
    });
  });
  it('under the same schedule keeps an occurrence that is due and not yet claimed', async () => {
    const { deps, advance, state } = makeWorld();
    await replaceTask(deps, admin, id, every10Minutes, {});
    const { nextRunAt } = state();
    await advance(30_000);
    await patchTask(deps, admin, id, { overlap: 'queue' }, {});
    expect(state()).toMatchObject({ nextRunAt, generation: 2 });
  });
});

describe('a one-time task that has run', () => {
  async function withCompleted() {
    const world = makeWorld();
    await replaceTask(world.deps, admin, 'once', atOnce, {});
    const seen = world.state();
    const scheduledAt = seen.nextRunAt ?? 0;
    const done = {
      scheduledAt,
      nextRunAt: null,
      definition: { queue: 'default' },
      nowMs: scheduledAt,
      exclusive: false,
      missed: 0,
    };
    await world.tasks.update(seen, advancedTask(seen, done));
    world.workQueues.sent.length = 0;
    return world;
  }
  it('does not run again for new rules or a new name', async () => {
    const { deps, state, workQueues } = await withCompleted();
    await patchTask(deps, admin, 'once', { overlap: 'allow', name: 'x' }, {});
    await replaceTask(deps, admin, 'once', { ...atOnce, misfire: 'skip' }, {});
    expect(state()).toMatchObject({ status: 'completed', generation: 1, version: 3 });
    expect(workQueues.sent).toEqual([]);
  });
  it('runs again for a new schedule', async () => {
    const { deps, state, workQueues } = await withCompleted();
    await patchTask(deps, admin, 'once', { schedule: { kind: 'once', delaySeconds: 5 } }, {});
    expect(state()).toMatchObject({ status: 'active', generation: 2 });
    expect(workQueues.sent).toMatchObject([{ delaySeconds: 5 }]);
  });
});

describe('resuming', () => {
  it('goes on with the first occurrence after now', async () => {
    const { deps, advance, clock } = makeWorld();
    await replaceTask(deps, admin, 't', every10Minutes, {});
    const start = clock.nowMs();
    await pauseTask(deps, admin, 't', {});
    await advance(1_500_000);
    const { state } = await resumeTask(deps, admin, 't', {});
    expect(state.nextRunAt).toBe(start + 1_800_000);
  });
  it.each([undefined, ['after', 'executions.insert'], ['before', 'tasks.update']] as const)(
    'accounts for what passed meanwhile in one row (crash: %j)',
    async (at) => {
      const { deps, advance, crash, clock, tables } = makeWorld();
      await replaceTask(deps, admin, 't', every10Minutes, {});
      await advance(1);
      const first = clock.nowMs() - 1;
      await pauseTask(deps, admin, 't', {});
      await advance(1_500_000);
      if (at) {
        crash(at[0], at[1]);
        await expect(resumeTask(deps, admin, 't', {})).rejects.toThrow('crash');
        await advance(600_000);
      }
      await resumeTask(deps, admin, 't', {});
      const rows = tables.executions.all();
      expect(rows).toMatchObject([{ scheduledAt: first, status: 'skipped', reason: 'paused', attempt: 0 }]);
      expect(rows[0]?.missed).toBe(at ? 4 : 3);
      await pauseTask(deps, admin, 't', {});
      await resumeTask(deps, admin, 't', {});
      expect(tables.executions.all()).toHaveLength(1);
    },
  );
  it('completes a schedule that ended meanwhile', async () => {
    const { deps, advance } = makeWorld();
    const schedule = { kind: 'interval', seconds: 60, endAt: '2026-11-21T10:00:00.000Z' };
    await replaceTask(deps, admin, 't', { ...every10Minutes, schedule }, {});
    await pauseTask(deps, admin, 't', {});
    await advance(7_200_000);
    expect((await resumeTask(deps, admin, 't', {})).state.status).toBe('completed');
  });
});
