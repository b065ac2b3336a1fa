import { describe, expect, it } from 'vitest';
import type { ApiToken } from '../../shared/domain/api-token.ts';
import { deletedTask } from '../../shared/domain/task-transitions.ts';
import { aTask, T0 } from './samples.ts';
import { type OpenStoreWorld, open } from './store.contract.ts';

const idOf = (n: number) => `01M7Z1F0WX2B8Y46MY1X16Z${String(n).padStart(3, '0')}`;
const aToken = (over: Partial<ApiToken> = {}): ApiToken => ({
  id: idOf(1),
  tenant: 'root',
  role: 'viewer',
  hash: 'a'.repeat(64),
  createdAt: T0,
  createdBy: 'token:admin',
  ...over,
});

/** Whatever says who may come in, and how far. */
export function credentialsContract(name: string, openWorld: OpenStoreWorld): void {
  const world = async () => (await open(openWorld)).tokens;
  const settings = { id: 'acme', createdAt: T0, createdBy: 'token:admin', updatedAt: T0 };

  describe(`${name}: tokens`, () => {
    it('are found by their id, as they were made', async () => {
      const tokens = await world();
      const whole = aToken({ name: 'ci', expiresAt: T0 + 1_000, role: 'admin' });
      await tokens.insert(whole);
      await tokens.insert(aToken({ id: idOf(2) }));
      expect(await tokens.read(idOf(1))).toEqual(whole);
      expect(await tokens.read(idOf(2))).toEqual(aToken({ id: idOf(2) }));
      expect(await tokens.read(idOf(3))).toBeUndefined();
    });

    it('never take the place of another one', async () => {
      const tokens = await world();
      await tokens.insert(aToken());
      await tokens.insert(aToken());
      await expect(tokens.insert(aToken({ hash: 'b'.repeat(64) }))).rejects.toThrow();
      expect(await tokens.read(idOf(1))).toEqual(aToken());
    });

    it('write down a use, but not each', async () => {
      const tokens = await world();
      await tokens.insert(aToken());
      await tokens.used(idOf(1), T0 + 10, T0);
      await tokens.used(idOf(1), T0 + 20, T0 + 9);
      expect((await tokens.read(idOf(1)))?.lastUsedAt).toBe(T0 + 10);
      await tokens.used(idOf(1), T0 + 30, T0 + 10);
      expect((await tokens.read(idOf(1)))?.lastUsedAt).toBe(T0 + 30);
    });

    it('are gone when revoked, by their own tenant only, and no late use brings them back', async () => {
      const tokens = await world();
      await tokens.insert(aToken());
      expect(await tokens.remove(idOf(1), 'other')).toBe(false);
      expect(await tokens.remove(idOf(1), 'root')).toBe(true);
      expect(await tokens.remove(idOf(1), 'root')).toBe(false);
      await tokens.used(idOf(1), T0 + 10, T0);
      expect(await tokens.read(idOf(1))).toBeUndefined();
    });

    it('are listed page by page, one tenant’s, the oldest first', async () => {
      const tokens = await world();
      const ids = Array.from({ length: 7 }, (_, n) => idOf(n));
      for (const id of ids.toReversed()) await tokens.insert(aToken({ id }));
      await tokens.insert(aToken({ id: idOf(50), tenant: 'other' }));
      const seen: string[] = [];
      let from: string | undefined;
      do {
        const page = await tokens.list({ tenant: 'root', limit: 3, ...(from ? { from } : {}) });
        expect(page.entries.length).toBeLessThanOrEqual(3);
        seen.push(...page.entries.map(({ id }) => id));
        from = page.next;
      } while (from !== undefined);
      expect(seen).toEqual(ids);
      expect((await tokens.list({ tenant: 'other', limit: 3 })).entries).toHaveLength(1);
    });
  });

  describe(`${name}: tenants`, () => {
    it('are as they were put last, and listed by id', async () => {
      const { tenants } = await open(openWorld);
      const whole = { ...settings, name: 'Acme', maxTasks: 5, maxConcurrency: 2, ratePerMinute: 60 };
      expect(await tenants.read('acme')).toBeUndefined();
      expect(await tenants.put(whole)).toEqual({ ...whole, tasks: 0 });
      expect(await tenants.read('acme')).toEqual({ ...whole, tasks: 0 });
      expect(await tenants.put({ ...settings, updatedAt: T0 + 1 })).toEqual({
        ...settings,
        updatedAt: T0 + 1,
        tasks: 0,
      });
      for (const id of ['c', 'b']) await tenants.put({ ...settings, id });
      const first = await tenants.list({ limit: 2 });
      expect(first.entries.map(({ id }) => id)).toEqual(['acme', 'b']);
      const rest = await tenants.list({ limit: 2, ...(first.next && { from: first.next }) });
      expect([rest.entries.map(({ id }) => id), rest.next]).toEqual([['c'], undefined]);
    });

    it('count their tasks, and have no more than they may, whoever is faster', async () => {
      const { tenants, tasks } = await open(openWorld);
      await tenants.put({ ...settings, maxTasks: 3 });
      const made = await Promise.allSettled(
        Array.from({ length: 8 }, (_, n) => {
          const key = { tenant: 'acme', taskId: `task-${n}` };
          return tasks.create(aTask({ state: key, definition: key }));
        }),
      );
      expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
      for (const one of made)
        if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'limit-reached' });
      expect((await tenants.read('acme'))?.tasks).toBe(3);
      expect(await tenants.remove('acme')).toBe('hasTasks');
      expect((await tenants.put({ ...settings, maxTasks: 4 })).tasks).toBe(3);
    });

    it('have one task less with each that is deleted', async () => {
      const { tenants, tasks } = await open(openWorld);
      await tenants.put(settings);
      const key = { tenant: 'acme', taskId: 'nightly' };
      const task = aTask({ state: key, definition: key });
      await tasks.create(task);
      const { change, definition } = deletedTask(task.state, task.definition, T0);
      expect(await tasks.replace(key, change, definition)).toMatchObject({ ok: true });
      expect(await tasks.replace(key, change, definition)).toMatchObject({ ok: false });
      expect((await tenants.read('acme'))?.tasks).toBe(0);
      expect(await tenants.remove('acme')).toBe('removed');
      expect(await tenants.read('acme')).toBeUndefined();
      expect((await tenants.list({ limit: 5 })).entries).toEqual([]);
    });

    it('count requests by the minute, and none beyond the limit', async () => {
      const { tenants } = await open(openWorld);
      const asked = await Promise.all(Array.from({ length: 9 }, () => tenants.countRequest('acme', 1, 4)));
      expect(asked.filter(Boolean)).toHaveLength(4);
      expect(await tenants.countRequest('acme', 2, 4)).toBe(true);
      expect(await tenants.countRequest('other', 1, 4)).toBe(true);
      expect(await tenants.read('acme')).toBeUndefined();
    });
  });
}
