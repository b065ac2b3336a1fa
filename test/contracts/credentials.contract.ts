import { describe, expect, it } from 'vitest';
import type { ApiToken } from '../../shared/domain/api-token.ts';
import { T0 } from './samples.ts';
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
}
