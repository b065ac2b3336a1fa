import { describe, expect, it, vi } from 'vitest';
import type { Execution } from '../../shared/domain/execution.ts';
import { manualOccurrence, scheduledOccurrence } from '../../shared/domain/occurrence.ts';
import type { IndexPage } from '../../shared/ports.ts';
import { aDefinition, aRun, aState, aTask, T0 } from './samples.ts';
import { type OpenStoreWorld, open, type StoreWorld } from './store.contract.ts';

/** An index lags behind its table in AWS; whoever asserts on it looks again for a while. */
const soon = (look: () => Promise<void>) => vi.waitFor(look, { timeout: 10_000, interval: 20 });

const everything = { shard: 0, after: 0, until: T0 * 2, limit: 100 };

const createTask = (
  { tasks }: StoreWorld,
  taskId: string,
  at: number,
  over: { shard?: number; set?: 'due' | 'hot' } = {},
) => {
  const { shard = 0, set = 'due' } = over;
  const index = { set, shard, at, queue: 'default' } as const;
  return tasks.create(
    aTask({
      state: { taskId, shard, nextRunAt: at, index },
      definition: { taskId, name: taskId, index: { set: 'tasks', shard, name: taskId } },
    }),
  );
};

async function pages<E>(read: (from?: string) => Promise<IndexPage<E>>): Promise<E[][]> {
  const all: E[][] = [];
  let from: string | undefined;
  do {
    const page = await read(from);
    all.push(page.entries);
    from = page.next;
  } while (from !== undefined && all.length < 100);
  return all;
}

/** The index that tick and sweeper live on, and the lists for people. */
export function indexContract(name: string, openWorld: OpenStoreWorld): void {
  describe(`${name}: index of a shard`, () => {
    it('shows a task while it has an entry, where its entry says, with its queue', async () => {
      const world = await open(openWorld);
      const key = { tenant: 'root', taskId: 'nightly' };
      await world.tasks.create(aTask({ state: { index: { set: 'due', shard: 0, at: T0, queue: 'low' } } }));
      await soon(async () => {
        const { entries } = await world.shardIndex.due({ ...everything, set: 'due' });
        expect(entries).toEqual([{ ...key, at: T0, queue: 'low' }]);
      });

      const hot = { set: 'hot', shard: 2, at: T0 + 5, queue: 'default' } as const;
      await world.tasks.update(key, { set: { index: hot }, guard: {} });
      await soon(async () => {
        expect((await world.shardIndex.due({ ...everything, set: 'due' })).entries).toEqual([]);
        const { entries } = await world.shardIndex.due({ ...everything, shard: 2, set: 'hot' });
        expect(entries).toEqual([{ ...key, at: T0 + 5, queue: 'default' }]);
      });

      await world.tasks.update(key, { set: {}, remove: ['index'], guard: { equals: { index: hot } } });
      await soon(async () => {
        expect((await world.shardIndex.due({ ...everything, shard: 2, set: 'hot' })).entries).toEqual([]);
      });
      expect((await world.tasks.readState(key))?.index).toBeUndefined();
    });

    it('reads oldest first, after the lower bound and up to the upper one', async () => {
      const world = await open(openWorld);
      for (const at of [T0 + 3, T0 + 1, T0 + 4, T0 + 2]) await createTask(world, `task-${at - T0}`, at);
      await createTask(world, 'elsewhere', T0 + 2, { shard: 1 });
      await soon(async () => {
        const { entries } = await world.shardIndex.due({
          set: 'due',
          shard: 0,
          after: T0 + 1,
          until: T0 + 3,
          limit: 10,
        });
        expect(entries.map(({ taskId }) => taskId)).toEqual(['task-2', 'task-3']);
      });
      const none = await world.shardIndex.due({
        set: 'due',
        shard: 0,
        after: T0 + 3,
        until: T0 + 3,
        limit: 10,
      });
      expect(none).toEqual({ entries: [], next: undefined });
    });

    it.each([1, 2, 3, 7, 50])(
      'gives each entry once in pages of %i, equal instants included',
      async (limit) => {
        const world = await open(openWorld);
        const ids = Array.from({ length: 7 }, (_, i) => `task-${i}`);
        for (const [i, id] of ids.entries()) await createTask(world, id, i < 5 ? T0 : T0 + i);
        await soon(async () => {
          const all = await pages((from) =>
            world.shardIndex.due({ ...everything, set: 'due', limit, ...(from && { from }) }),
          );
          expect(
            all
              .flat()
              .map(({ taskId }) => taskId)
              .sort(),
          ).toEqual(ids);
          expect(all.every((page) => page.length <= limit)).toBe(true);
          expect(all.flat().map(({ at }) => at)).toEqual([T0, T0, T0, T0, T0, T0 + 5, T0 + 6]);
        });
      },
    );

    it('goes on after an entry that left the index meanwhile', async () => {
      const world = await open(openWorld);
      for (const i of [1, 2, 3]) await createTask(world, `task-${i}`, T0 + i);
      const first = await vi.waitFor(async () => {
        const page = await world.shardIndex.due({ ...everything, set: 'due', limit: 2 });
        expect(page.entries).toHaveLength(2);
        return page;
      });
      await world.tasks.update(
        { tenant: 'root', taskId: 'task-2' },
        { set: {}, remove: ['index'], guard: {} },
      );
      const { entries } = await world.shardIndex.due({
        ...everything,
        set: 'due',
        limit: 2,
        ...(first.next && { from: first.next }),
      });
      expect(entries.map(({ taskId }) => taskId)).toEqual(['task-3']);
    });

    it('shows open runs up to an instant, and no others', async () => {
      const world = await open(openWorld);
      const manual = manualOccurrence(T0, '01JD0000000000000000000000');
      await world.executions.insert(aRun({ index: { set: 'open', shard: 0, at: T0 + 2 } }));
      await world.executions.insert(
        aRun({ occurrence: manual, index: { set: 'open', shard: 0, at: T0 + 1 } }),
      );
      await world.executions.insert(aRun({ taskId: 'later', index: { set: 'open', shard: 0, at: T0 + 3 } }));
      await world.executions.insert(aRun({ taskId: 'over', index: { set: 'ended', shard: 0, at: T0 } }));
      const key = { tenant: 'root', taskId: 'nightly' };
      await soon(async () => {
        expect((await world.shardIndex.open({ shard: 0, until: T0 + 2, limit: 10 })).entries).toEqual([
          { ...key, occurrence: manual, at: T0 + 1 },
          { ...key, occurrence: scheduledOccurrence(T0), at: T0 + 2 },
        ]);
      });
    });
  });

  describe(`${name}: lists for people`, () => {
    const names = ['a', 'b', 'B', 'Zoë', '~', '😀', '～', 'b', 'b'];

    it.each([1, 2, 4, 100])('lists tasks of all shards by name in pages of %i', async (limit) => {
      const world = await open(openWorld);
      for (const [i, taskName] of names.entries()) {
        const index = { set: 'tasks', shard: i % 4, name: taskName } as const;
        const definition = aDefinition({ taskId: `t${i}`, name: taskName, index });
        await world.tasks.create({ state: aState({ taskId: `t${i}`, shard: i % 4 }), definition });
      }
      const theirs = aTask({ state: { tenant: 'other' }, definition: { tenant: 'other' } });
      await world.tasks.create(theirs);
      await soon(async () => {
        const all = await pages((from) =>
          world.listings.tasks({ tenant: 'root', limit, ...(from && { from }) }),
        );
        const listed = await world.listings.readTasks(all.flat());
        // By UTF-8 bytes.
        expect(listed.map(({ definition }) => definition.name)).toEqual([
          'B',
          'Zoë',
          'a',
          'b',
          'b',
          'b',
          '~',
          '～',
          '😀',
        ]);
        expect(new Set(all.flat().map(({ taskId }) => taskId)).size).toBe(names.length);
        expect(all.slice(0, -1).every((page) => page.length === limit)).toBe(true);
      });
    });

    const end = (run: Partial<Execution>, i: number, at: number) =>
      aRun({
        occurrence: scheduledOccurrence(T0 + i),
        status: 'success',
        shard: i % 4,
        index: { set: 'ended', shard: i % 4, at },
        ...run,
      });

    it.each([1, 2, 3, 5, 100])(
      'lists ended runs of all shards newest first in pages of %i',
      async (limit) => {
        const world = await open(openWorld);
        const ends = [5, 3, 3, 3, 3, 3, 8, 1, 9, 3, 0];
        for (const [i, after] of ends.entries()) await world.executions.insert(end({}, i, T0 + after));
        await world.executions.insert(end({ tenant: 'other' }, 0, T0 + 4));
        const read = (since?: number) =>
          pages((from) =>
            world.listings.ended({
              tenant: 'root',
              limit,
              ...(since !== undefined && { since }),
              ...(from && { from }),
            }),
          );
        await soon(async () => {
          const all = (await read()).flat();
          const runs = await world.listings.readExecutions(all);
          const times = runs.map(({ index }) => (index && 'at' in index ? index.at - T0 : undefined));
          expect(times).toEqual([9, 8, 5, 3, 3, 3, 3, 3, 3, 1, 0]);
          expect(new Set(all.map(({ occurrence }) => occurrence)).size).toBe(ends.length);
          expect((await read(T0 + 3)).flat()).toHaveLength(9);
        });
      },
    );

    it('lists dead runs by queue and open runs by tenant', async () => {
      const world = await open(openWorld);
      for (const [i, queue] of ['high', 'low', 'high'].entries()) {
        await world.executions.insert(
          aRun({
            taskId: `dead-${i}`,
            status: 'dead',
            queue,
            index: { set: 'dead', shard: i, at: T0 + i, queue },
          }),
        );
      }
      for (let i = 0; i < 9; i++) {
        const tenant = i % 3 === 0 ? 'root' : 'other';
        const index = { set: 'open', shard: i % 2, at: T0 + i } as const;
        await world.executions.insert(aRun({ tenant, taskId: `open-${i}`, shard: i % 2, index }));
      }
      await soon(async () => {
        const dead = await world.listings.dead({ tenant: 'root', queue: 'high', limit: 10 });
        expect(dead.entries.map(({ taskId }) => taskId)).toEqual(['dead-2', 'dead-0']);
        const later = await world.listings.dead({ tenant: 'root', queue: 'high', since: T0 + 1, limit: 10 });
        expect(later.entries.map(({ taskId }) => taskId)).toEqual(['dead-2']);
        for (const limit of [1, 2, 10]) {
          const all = await pages((from) =>
            world.listings.open({ tenant: 'root', limit, ...(from && { from }) }),
          );
          expect(all.flat().map(({ taskId }) => taskId)).toEqual(['open-6', 'open-3', 'open-0']);
        }
      });
    });

    it('reads listed items as they are now, in the order asked for, without those that are gone', async () => {
      const world = await open(openWorld);
      const runs = Array.from({ length: 120 }, (_, i) => aRun({ occurrence: scheduledOccurrence(T0 + i) }));
      await Promise.all(runs.map((run) => world.executions.insert(run)));
      const keys = [...runs].reverse();
      const gone = { ...aRun(), occurrence: scheduledOccurrence(T0 - 1) };
      expect(await world.listings.readExecutions([gone, ...keys])).toEqual(keys);

      const tasks = Array.from({ length: 60 }, (_, i) =>
        aTask({ state: { taskId: `t${i}` }, definition: { taskId: `t${i}` } }),
      );
      await Promise.all(tasks.map((task) => world.tasks.create(task)));
      const wanted = [{ tenant: 'root', taskId: 'gone' }, ...tasks.map(({ state }) => state).reverse()];
      expect(await world.listings.readTasks(wanted)).toEqual([...tasks].reverse());
    });

    it.each([1, 2, 100])(
      'shows a task’s history newest first, both bounds included, in pages of %i',
      async (limit) => {
        const world = await open(openWorld);
        const ulid = '01JD0000000000000000000000';
        const occurrences = [
          scheduledOccurrence(T0),
          scheduledOccurrence(T0 + 1),
          manualOccurrence(T0 + 1, ulid),
          scheduledOccurrence(T0 + 2),
          manualOccurrence(T0 + 2, ulid),
          scheduledOccurrence(T0 + 3),
        ];
        for (const occurrence of occurrences) await world.executions.insert(aRun({ occurrence }));
        await world.executions.putDocument(aRun(), 'result', '{}');
        await world.executions.insert(aRun({ taskId: 'nightly-2' }));
        const read = (bounds: { fromAt?: number; toAt?: number }) =>
          pages((from) => world.listings.history({ key: aRun(), limit, ...bounds, ...(from && { from }) }));
        const newestFirst = [...occurrences].reverse();
        expect((await read({})).flat().map(({ occurrence }) => occurrence)).toEqual(newestFirst);
        const inner = (await read({ fromAt: T0 + 1, toAt: T0 + 2 })).flat();
        expect(inner.map(({ occurrence }) => occurrence)).toEqual(newestFirst.slice(1, 5));
        expect((await read({ fromAt: T0 + 2, toAt: T0 + 1 })).flat()).toEqual([]);
      },
    );
  });
}
