import { describe, expect, it, vi } from 'vitest';
import { manualOccurrence, scheduledOccurrence } from '../../shared/domain/occurrence.ts';
import { pages, soon } from './index-reading.ts';
import { aRun, aTask, T0 } from './samples.ts';
import { type OpenStoreWorld, open, type StoreWorld } from './store.contract.ts';

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

/** The index that tick and sweeper live on. */
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
}
