import { describe, expect, it } from 'vitest';
import handlers from '#handlers';
import { makeRegistry } from '../../../shared/contract/handler.ts';
import type { Execution } from '../../../shared/domain/execution.ts';
import { executionId } from '../../../shared/domain/occurrence.ts';
import type { Principal } from '../../../shared/domain/principal.ts';
import type { HandlerRequest, HandlerResult } from '../../../shared/ports.ts';
import { closeLetters, reopenLetters } from '../../../shared/usecases/manage-runs/close-letters.ts';
import {
  listDeadLetterGroups,
  listIgnored,
} from '../../../shared/usecases/manage-runs/dead-letter-groups.ts';
import { listDeadLetters, listRuns } from '../../../shared/usecases/manage-runs/look-at-runs.ts';
import { findCanary, redriveLetters } from '../../../shared/usecases/manage-runs/redrive.ts';
import { cancelRun, retryRun } from '../../../shared/usecases/manage-runs/steer-run.ts';
import { triggerRun } from '../../../shared/usecases/manage-runs/trigger-run.ts';
import { playWithCrash } from '../../support/crashing.ts';
import { boom, makeSchedulerWorld, ok, T0 } from '../../support/scheduler-world.ts';

const ann: Principal = { tenant: 'root', role: 'operator', actor: 'token:ann' };
const Q = 'default';
const FAR = T0 + 365 * 86_400_000;
const page = { limit: 50, resolution: 'open' } as const;

const dies = (errorMessage: string, errorType = 'Error') =>
  boom({ errorType, errorMessage, nonRetryable: true });

/** Tasks whose runs die as `death` says, until somebody mends them. */
async function makeWorld(death: (request: HandlerRequest) => HandlerResult = () => dies('boom')) {
  const w = makeSchedulerWorld();
  const api = {
    ...w,
    handlers: makeRegistry(handlers),
    retentionMs: 30 * 86_400_000,
  };
  await w.addTask({ taskId: 'job', schedule: { kind: 'once', at: FAR }, overlap: 'allow' }, FAR);
  await w.addTask(
    {
      taskId: 'mail',
      handler: 'demo.send-email',
      payload: '{"to":"a@b.c"}',
      schedule: { kind: 'once', at: FAR },
      overlap: 'allow',
    },
    FAR,
  );
  w.handle(death);
  const settle = async () => {
    while ((await w.deliver()) > 0);
    await w.advance(1_000);
  };
  return {
    ...w,
    api,
    settle,
    mend: (then: (request: HandlerRequest) => HandlerResult = () => ok()) => w.handle(then),
    /** So many of them, a second apart. */
    async die(count: number, taskId = 'job', payload: unknown = {}) {
      const ids: string[] = [];
      for (let i = 0; i < count; i++) {
        const { run } = await triggerRun(api, ann, taskId, { payload }, undefined);
        ids.push(executionId(run));
        await settle();
      }
      return ids;
    },
    run: async (id: string): Promise<Execution> => {
      const run = w.history().find((one) => executionId(one) === id);
      if (!run) throw new Error(`no run ${id}`);
      return run;
    },
    groups: async (query: object = {}) =>
      (await listDeadLetterGroups(api, ann, Q, { ...page, ...query })).items,
    letters: async (query: object = {}) =>
      (await listDeadLetters(api, ann, Q, { ...page, ...query })).items.map(({ run }) => executionId(run)),
  };
}

describe('groups of dead letters', () => {
  it('have what died of the same, with count, first and last death, tasks and the latest as a sample', async () => {
    let n = 0;
    const w = await makeWorld(({ execution }) => {
      n++;
      if (execution.taskId === 'mail') return dies('mailbox full', 'SmtpError');
      return n % 2 === 0 ? dies(`order ${n} not found`) : dies(`timeout after ${n} ms`, 'TimeoutError');
    });
    const ids = await w.die(7);
    await w.die(1, 'mail', { to: 'x@y.z' });
    const groups = await w.groups();
    expect(groups.map(({ count, sample }) => [count, sample?.errorType, sample?.pattern])).toEqual([
      [4, 'TimeoutError', 'timeout after <n> ms'],
      [3, 'Error', 'order <n> not found'],
      [1, 'SmtpError', 'mailbox full'],
    ]);
    const [timeouts] = groups;
    expect(timeouts).toMatchObject({
      queue: Q,
      atLeast: false,
      tasks: 1,
      taskIds: ['job'],
      firstSeenAt: new Date(T0).toISOString(),
      lastSeenAt: new Date(T0 + 6_000).toISOString(),
      sample: { executionId: ids[6], errorMessage: 'timeout after 7 ms', taskName: 'Job' },
      ignored: null,
    });
    const listed = await w.letters({ fingerprint: timeouts?.fingerprint });
    expect(listed).toEqual([ids[6], ids[4], ids[2], ids[0]]);
  });

  it('come in pages without any of them twice', async () => {
    let n = 0;
    const w = await makeWorld(() => dies('boom', `E${'x'.repeat(n++ % 5)}`));
    await w.die(12);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const found = await listDeadLetterGroups(w.api, ann, Q, {
        ...page,
        limit: 2,
        ...(cursor && { cursor }),
      });
      seen.push(...found.items.map(({ fingerprint }) => fingerprint));
      cursor = found.nextCursor ?? undefined;
    } while (cursor);
    expect(seen).toHaveLength(5);
    expect(new Set(seen).size).toBe(5);
    await expect(listDeadLetterGroups(w.api, ann, 'low', { ...page, cursor: 'x' })).rejects.toThrow('cursor');
  });

  it('read items of old entries only, which carry no fingerprint', async () => {
    const w = await makeWorld();
    await w.die(3);
    const before = await w.groups();
    for (const run of w.history()) {
      const { fingerprint: _, ...old } = run;
      if (old.index?.set !== 'dead') throw new Error('not dead');
      const { fingerprint: __, ...index } = old.index;
      w.tables.executions.put({ ...old, index });
    }
    const reads: number[] = [];
    w.hooks.before = (operation, [keys]) => {
      if (operation === 'listings.readExecutions' && Array.isArray(keys)) reads.push(keys.length);
    };
    expect(await w.groups()).toEqual(before);
    expect(reads).toEqual([3, 1]);
    await redriveLetters(w.api, ann, Q, { fingerprint: before[0]?.fingerprint });
    w.hooks.before = undefined;
    expect(await w.groups()).toEqual([]);
  });

  it('are those of the queue and of the tenant', async () => {
    const w = await makeWorld();
    await w.die(1);
    expect(await listDeadLetterGroups(w.api, ann, 'low', page)).toMatchObject({ items: [] });
    const stranger = { ...ann, tenant: 'other' };
    expect(await listDeadLetterGroups(w.api, stranger, Q, page)).toMatchObject({ items: [] });
  });
});

describe('a redrive', () => {
  it('runs a group again and leaves the others', async () => {
    let n = 0;
    const w = await makeWorld(() => (n++ < 3 ? dies('one') : dies('another')));
    await w.die(5);
    const [one] = await w.groups();
    w.mend();
    const done = await redriveLetters(w.api, ann, Q, { fingerprint: one?.fingerprint });
    expect(done).toMatchObject({ count: 3, more: false, remaining: 0, canary: null });
    await w.settle();
    expect(w.history().map(({ status }) => status)).toEqual([
      'success',
      'success',
      'success',
      'dead',
      'dead',
    ]);
  });

  it('says how many of more than a thousand are left', async () => {
    const w = await makeWorld();
    const [id = ''] = await w.die(1);
    const run = await w.run(id);
    for (let i = 2; i < 1_204; i++)
      w.tables.executions.put({
        ...run,
        occurrence: `${run.occurrence.slice(0, -4)}${String(i).padStart(4, '0')}`,
      });
    const done = await redriveLetters(w.api, ann, Q, {});
    expect([done.count, done.more, done.remaining]).toEqual([1_000, true, 203]);
    expect(await redriveLetters(w.api, ann, Q, {})).toMatchObject({ count: 203, more: false, remaining: 0 });
  });

  it('patches the payload of each, and refuses those that the handler would', async () => {
    const w = await makeWorld();
    const [own] = await w.die(1, 'mail', { to: 'x@y.z', cc: 1 });
    const [tasks] = await w.die(1);
    w.mend();
    const bad = await redriveLetters(w.api, ann, Q, { ids: [own ?? ''], payloadPatch: { to: null } });
    expect(bad).toMatchObject({ count: 0, items: [{ ok: false, code: 'validation-failed' }] });
    expect(bad.items[0]?.message).toMatch(/^payload.to|^to/);
    w.runs.length = 0;
    await redriveLetters(w.api, ann, Q, { payloadPatch: { to: 'n@y.z', note: 'x'.repeat(600) } });
    await w.settle();
    expect(await w.run(own ?? '')).toMatchObject({ status: 'success' });
    expect(w.runs.map(({ execution, payload }) => [execution.id, payload])).toEqual(
      expect.arrayContaining([
        [own, { to: 'n@y.z', cc: 1, note: 'x'.repeat(600) }],
        [tasks, { to: 'n@y.z', note: 'x'.repeat(600) }],
      ]),
    );
  });

  it('of what has died of something else meanwhile is refused', async () => {
    const w = await makeWorld();
    const [id = ''] = await w.die(1);
    const [group] = await w.groups();
    w.hooks.after = async (operation) => {
      if (operation !== 'listings.deaths') return;
      w.hooks.after = undefined;
      w.mend(() => dies('worse'));
      await retryRun(w.api, ann, id);
      await w.settle();
    };
    const done = await redriveLetters(w.api, ann, Q, { fingerprint: group?.fingerprint });
    expect(done).toMatchObject({ count: 0, items: [{ id, ok: false, code: 'state-conflict' }] });
  });
});

describe('a retry', () => {
  it('takes another payload, checked as a trigger’s is', async () => {
    const w = await makeWorld();
    const [id = ''] = await w.die(1, 'mail', { to: 'x@y.z' });
    w.mend();
    await expect(retryRun(w.api, ann, id, { payload: { wrong: 1 } })).rejects.toMatchObject({
      code: 'validation-failed',
    });
    expect(await w.run(id)).toMatchObject({ status: 'dead' });
    w.runs.length = 0;
    const large = { to: 'y@z.x', text: 'x'.repeat(600) };
    await retryRun(w.api, ann, id, { payload: large });
    await w.settle();
    expect(w.runs).toMatchObject([{ payload: large, execution: { attempt: 2 } }]);
    expect(await w.run(id)).toMatchObject({ status: 'success', payloadStored: true });
    expect(await w.run(id)).not.toHaveProperty('payload');
  });

  it('keeps what it had without one', async () => {
    const w = await makeWorld();
    const [id = ''] = await w.die(1, 'job', { mine: true });
    w.mend();
    w.runs.length = 0;
    await retryRun(w.api, ann, id);
    await w.settle();
    expect(w.runs).toMatchObject([{ payload: { mine: true } }]);
  });
});

describe('a canary', () => {
  const started = async (count: number, over: object = {}) => {
    const w = await makeWorld();
    const ids = await w.die(count);
    const [group] = await w.groups();
    const { canary, ...done } = await redriveLetters(w.api, ann, Q, {
      fingerprint: group?.fingerprint,
      canary: true,
      ...over,
    });
    if (!canary) throw new Error('no canary');
    const look = () => findCanary(w.api, ann, Q, canary.id);
    return { w, ids, canary, done, look, fingerprint: group?.fingerprint ?? '' };
  };

  it('that succeeds lets the others go', async () => {
    const { w, ids, canary, done, look } = await started(4);
    expect(done).toMatchObject({ count: 1, items: [{ id: ids[3], ok: true }], remaining: 0 });
    expect(canary).toMatchObject({ executionId: ids[3], waiting: 3 });
    expect(await look()).toMatchObject({ state: 'running', total: 3, waiting: 3, by: 'token:ann' });
    expect(w.history().filter(({ status }) => status === 'dead')).toHaveLength(3);
    w.mend();
    await w.settle();
    expect(w.history().map(({ status }) => status)).toEqual(Array(4).fill('success'));
    expect(await look()).toMatchObject({ state: 'released', waiting: 0, reason: null });
    expect(await w.run(ids[3] ?? '')).not.toHaveProperty('aftermath');
    expect(w.history().every(({ index }) => index?.set === 'ended')).toBe(true);
  });

  it('that dies again holds the others, and says why', async () => {
    const { w, ids, look } = await started(3);
    await w.settle();
    expect(w.history().map(({ status, epoch }) => [status, epoch])).toEqual([
      ['dead', 0],
      ['dead', 0],
      ['dead', 1],
    ]);
    expect(await look()).toMatchObject({ state: 'held', reason: 'its run is dead: boom', waiting: 2 });
    // By hand it is a run like any other.
    w.mend();
    await retryRun(w.api, ann, ids[2] ?? '');
    await w.settle();
    expect(w.history().map(({ status }) => status)).toEqual(['dead', 'dead', 'success']);
    expect(await look()).toMatchObject({ state: 'held', waiting: 2 });
    expect(await w.groups()).toMatchObject([{ count: 2 }]);
  });

  it('that is cancelled holds the others', async () => {
    const { w, ids, look } = await started(2);
    await cancelRun(w.api, ann, ids[1] ?? '');
    expect(await look()).toMatchObject({ state: 'held', waiting: 1 });
    await w.settle();
    expect(w.history().map(({ status }) => status)).toEqual(['dead', 'cancelled']);
  });

  it('may fail and be retried first', async () => {
    const { w, look } = await started(2);
    let tries = 0;
    w.mend(() => (tries++ === 0 ? boom() : ok()));
    await w.settle();
    expect(await look()).toMatchObject({ state: 'running', waiting: 1 });
    await w.minutes(1);
    expect(await look()).toMatchObject({ state: 'released', waiting: 0 });
    expect(w.history().map(({ status }) => status)).toEqual(['success', 'success']);
  });

  it('patches all of them alike', async () => {
    const { w } = await started(2, { payloadPatch: { mended: true } });
    w.mend();
    w.runs.length = 0;
    await w.settle();
    expect(w.runs.map(({ payload }) => payload)).toEqual([{ mended: true }, { mended: true }]);
  });

  it('leaves alone what was resolved, retried or orphaned meanwhile', async () => {
    const { w, ids } = await started(4);
    await closeLetters(w.api, ann, Q, { kind: 'resolved', ids: [ids[0] ?? ''] });
    const other = await w.run(ids[1] ?? '');
    w.tables.executions.put({ ...other, epoch: 7 });
    w.mend();
    await w.settle();
    expect(w.history().map(({ status, epoch }) => [status, epoch])).toEqual([
      ['dead', 0],
      ['dead', 7],
      ['success', 1],
      ['success', 1],
    ]);
  });

  it('leaves alone what is resolved at the very moment at which it would go', async () => {
    const { w, ids } = await started(2);
    w.mend();
    w.hooks.before = async (operation, [key]) => {
      if (operation !== 'executions.update' || !JSON.stringify(key).includes(ids[0]?.split('~')[2] ?? ''))
        return;
      w.hooks.before = undefined;
      await closeLetters(w.api, ann, Q, { kind: 'resolved', ids: [ids[0] ?? ''] });
    };
    await w.settle();
    expect(await w.run(ids[1] ?? '')).toMatchObject({ status: 'success' });
    expect(await w.run(ids[0] ?? '')).toMatchObject({ status: 'dead', resolution: { kind: 'resolved' } });
  });

  it('is another one when the first cannot run any more; those that cannot are told', async () => {
    const w = await makeWorld();
    const ids = await w.die(3);
    const run = await w.run(ids[0] ?? '');
    w.tables.executions.put({ ...run, status: 'success' });
    const done = await redriveLetters(w.api, ann, Q, { ids: ['job~nothing', ...ids], canary: true });
    expect(done).toMatchObject({
      count: 1,
      items: [
        { id: ids[1], ok: true },
        { id: 'job~nothing', ok: false, code: 'not-found' },
        { id: ids[0], ok: false, code: 'state-conflict' },
      ],
      canary: { executionId: ids[1], waiting: 1 },
    });
    expect(await redriveLetters(w.api, ann, Q, { ids: ['job~nothing'], canary: true })).toMatchObject({
      count: 0,
      canary: null,
    });
  });

  it('is nobody else’s', async () => {
    const { w, canary } = await started(2);
    await expect(findCanary(w.api, ann, 'low', canary.id)).rejects.toMatchObject({ code: 'not-found' });
    const stranger = { ...ann, tenant: 'other' };
    await expect(findCanary(w.api, stranger, Q, canary.id)).rejects.toMatchObject({ code: 'not-found' });
  });

  it.each(['before', 'after'] as const)(
    'lets each of them go once and after its success, also when a process dies %s any request',
    async (side) => {
      const play = async (crashAt: number) => {
        const w = await makeWorld();
        await w.die(4);
        const early: string[] = [];
        w.mend(({ execution }) => {
          const isFirst = w.history().find((run) => executionId(run) === execution.id)?.canary !== undefined;
          const mayGo = w.history().some((run) => run.canary !== undefined && run.status === 'success');
          if (!isFirst && !mayGo) early.push(execution.id);
          return ok();
        });
        let answered = false;
        const operations = await playWithCrash(w, {
          crashAt,
          side,
          minutes: 6,
          stepMs: 5_000,
          // Whoever gets no answer asks again.
          meanwhile: async () => {
            if (answered) return;
            await redriveLetters(w.api, ann, Q, {
              ids: w
                .history()
                .filter(({ status }) => status === 'dead')
                .map(executionId),
              canary: true,
            });
            answered = true;
          },
        });
        return { w, operations, early };
      };
      const total = (await play(Number.POSITIVE_INFINITY)).operations;
      expect(total).toBeGreaterThan(30);
      for (let crashAt = 1; crashAt <= Math.min(total, 110); crashAt++) {
        const { w, early } = await play(crashAt);
        const where = `crash ${side} request ${crashAt}`;
        expect(
          w.history().map(({ status, epoch }) => [status, epoch]),
          where,
        ).toEqual(Array(4).fill(['success', 1]));
        expect(early, where).toEqual([]);
        expect(
          w.history().every(({ index }) => index?.set === 'ended'),
          where,
        ).toBe(true);
        const starts = w.runs.map(({ execution }) => `${execution.id} ${execution.attempt}`);
        expect(new Set(starts).size, where).toBe(starts.length);
      }
    },
  );

  it('costs a plain run nothing', async () => {
    const w = await makeWorld(() => ok());
    const seen: string[] = [];
    w.hooks.before = (operation) => {
      if (operation.startsWith('deadLetters.')) seen.push(operation);
    };
    await w.die(1);
    expect(seen).toEqual([]);
  });
});

describe('what people say of dead letters', () => {
  it('takes those that are resolved out of the list, with who, when and why, until they are reopened', async () => {
    const w = await makeWorld();
    const ids = await w.die(3);
    const [id = ''] = ids;
    const done = await closeLetters(w.api, ann, Q, { kind: 'resolved', ids: [id], note: 'by hand' });
    expect(done).toEqual({ count: 1, items: [{ id, ok: true }], more: false, remaining: 0 });
    expect(await w.run(id)).toMatchObject({
      status: 'dead',
      resolution: { kind: 'resolved', by: 'token:ann', note: 'by hand', at: w.clock.nowMs() },
    });
    expect(await w.letters()).toEqual([ids[2], ids[1]]);
    expect(await w.letters({ resolution: 'resolved' })).toEqual([id]);
    expect(await w.letters({ resolution: 'ignored' })).toEqual([]);
    expect(await w.groups()).toMatchObject([{ count: 2 }]);
    expect(await w.groups({ resolution: 'resolved' })).toMatchObject([{ count: 1 }]);
    const all = await listRuns(w.api, ann, [Q], { limit: 50, status: ['dead'] });
    expect(all.items).toHaveLength(3);
    expect(await redriveLetters(w.api, ann, Q, {})).toMatchObject({ count: 2 });

    expect(await reopenLetters(w.api, ann, Q, { ids: [id] })).toMatchObject({ count: 1 });
    expect(await w.run(id)).not.toHaveProperty('resolution');
    expect(await w.letters()).toEqual([id]);
    expect(await reopenLetters(w.api, ann, Q, { ids: [id] })).toMatchObject({
      items: [{ ok: false, code: 'state-conflict' }],
    });
  });

  it('resolves a group as it is now; what dies later is listed again', async () => {
    const w = await makeWorld();
    await w.die(2);
    const [group] = await w.groups();
    const { fingerprint = '' } = group ?? {};
    expect(await closeLetters(w.api, ann, Q, { kind: 'resolved', fingerprint })).toMatchObject({ count: 2 });
    expect(await w.groups()).toEqual([]);
    await w.die(1);
    expect(await w.groups()).toMatchObject([{ fingerprint, count: 1 }]);
  });

  it('ignores a fingerprint from then on, until it is reopened', async () => {
    const w = await makeWorld();
    await w.die(2);
    const [group] = await w.groups();
    const { fingerprint = '' } = group ?? {};
    await closeLetters(w.api, ann, Q, { kind: 'ignored', fingerprint, note: 'known' });
    const [later = ''] = await w.die(1);
    expect(await w.groups()).toEqual([]);
    expect(await w.run(later)).toMatchObject({
      letter: 'sent',
      resolution: { kind: 'ignored', by: 'token:ann', note: 'known' },
    });
    expect(await w.groups({ resolution: 'ignored' })).toMatchObject([
      { fingerprint, count: 3, ignored: { by: 'token:ann', note: 'known' } },
    ]);
    expect(await listIgnored(w.api, ann, Q, page)).toMatchObject({ items: [{ fingerprint, note: 'known' }] });

    expect(await reopenLetters(w.api, ann, Q, { fingerprint })).toMatchObject({ count: 3 });
    await w.die(1);
    expect(await w.groups()).toMatchObject([{ count: 4, ignored: null }]);
    expect(await listIgnored(w.api, ann, Q, page)).toMatchObject({ items: [] });
  });

  it('ignores single ones without anything to follow', async () => {
    const w = await makeWorld();
    const [id = ''] = await w.die(1);
    await closeLetters(w.api, ann, Q, { kind: 'ignored', ids: [id] });
    await w.die(1);
    expect(await w.groups()).toMatchObject([{ count: 1 }]);
    expect(await w.letters({ resolution: 'ignored' })).toEqual([id]);
  });

  it('ends when the run is made to run again', async () => {
    const w = await makeWorld();
    const [id = ''] = await w.die(1);
    await closeLetters(w.api, ann, Q, { kind: 'resolved', ids: [id] });
    await retryRun(w.api, ann, id);
    await w.settle();
    expect(await w.run(id)).toMatchObject({ status: 'dead', epoch: 1, index: { set: 'dead' } });
    expect(await w.run(id)).not.toHaveProperty('resolution');
  });

  it('waits for the letter, and finds no other queue’s and no living run', async () => {
    const w = await makeWorld();
    const [id = ''] = await w.die(1);
    const run = await w.run(id);
    const refused = async (queue: string) =>
      (await closeLetters(w.api, ann, queue, { kind: 'resolved', ids: [id] })).items;
    expect(await refused('low')).toMatchObject([{ ok: false, code: 'state-conflict' }]);
    w.tables.executions.put({ ...run, letter: 'pending', index: { set: 'open', shard: 0, at: 0 } });
    expect(await refused(Q)).toMatchObject([{ ok: false, message: expect.stringContaining('not out yet') }]);
    w.tables.executions.put({ ...run, status: 'success' });
    expect(await refused(Q)).toMatchObject([{ ok: false, code: 'state-conflict' }]);
  });
});
