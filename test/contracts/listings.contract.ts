import { describe, expect, it } from 'vitest';
import type { Execution } from '../../shared/domain/execution.ts';
import { manualOccurrence, scheduledOccurrence } from '../../shared/domain/occurrence.ts';
import { pages, soon } from './index-reading.ts';
import { aDefinition, aRun, aState, aTask, T0 } from './samples.ts';
import { type OpenStoreWorld, open } from './store.contract.ts';

/** What people page through, over all shards. */
export function listingsContract(name: string, openWorld: OpenStoreWorld): void {
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

    it.each([1, 2, 3, 100])(
      'lists dead runs with and without a fingerprint in pages of %i, and all at once',
      async (limit) => {
        const world = await open(openWorld);
        const queue = 'high';
        const died = [5, 3, 3, 3, 3, 3, 8, 1, 9, 3];
        for (const [i, after] of died.entries()) {
          const fingerprint = `${i}`.repeat(16);
          const place = { shard: i % 4, at: T0 + after, queue };
          const index =
            i % 5 === 4
              ? ({ set: 'closed', ...place, fingerprint, resolution: 'ignored' } as const)
              : ({ set: 'dead', ...place, ...(i % 2 === 0 ? { fingerprint } : {}) } as const);
          const occurrence = scheduledOccurrence(T0 + i);
          await world.executions.insert(aRun({ occurrence, status: 'dead', shard: i % 4, queue, index }));
        }
        const times = (entries: { at: number }[]) => entries.map(({ at }) => at - T0);
        await soon(async () => {
          const all = await pages((from) =>
            world.listings.dead({ tenant: 'root', queue, limit, ...(from && { from }) }),
          );
          expect(times(all.flat())).toEqual([9, 8, 5, 3, 3, 3, 3, 1]);
          expect(new Set(all.flat().map(({ occurrence }) => occurrence)).size).toBe(8);
          const later = await world.listings.dead({ tenant: 'root', queue, since: T0 + 5, limit: 10 });
          expect(later.entries.map(({ at, fingerprint }) => [at - T0, fingerprint])).toEqual([
            [9, '8888888888888888'],
            [8, '6666666666666666'],
            [5, '0000000000000000'],
          ]);
          const closed = await pages((from) =>
            world.listings.dead({ tenant: 'root', closed: true, limit, ...(from && { from }) }),
          );
          // Both died at the same instant: their order is nobody's promise.
          const byFingerprint = closed
            .flat()
            .sort((a, b) => `${a.fingerprint}`.localeCompare(`${b.fingerprint}`));
          expect(byFingerprint).toMatchObject([
            { resolution: 'ignored', fingerprint: '4444444444444444', queue },
            { resolution: 'ignored', fingerprint: '9999999999999999', queue },
          ]);
          const whole = await world.listings.deaths({ tenant: 'root', queue, limit: 100 });
          expect(whole.complete).toBe(true);
          expect(times(whole.entries).sort()).toEqual([1, 3, 3, 3, 3, 5, 8, 9]);
          const some = await world.listings.deaths({ tenant: 'root', queue, limit: 4 });
          expect([some.complete, some.entries.length]).toEqual([false, 4]);
          expect(await world.listings.deaths({ tenant: 'other', queue, limit: 4 })).toEqual({
            entries: [],
            complete: true,
          });
        });
      },
    );

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
