import { describe, expect, it } from 'vitest';
import type { Canary, IgnoredFingerprint } from '../../shared/domain/dead-letter.ts';
import { pages } from './index-reading.ts';
import { type OpenStoreWorld, open } from './store.contract.ts';

/** What people said of dead letters. */
export function deadLettersContract(name: string, openWorld: OpenStoreWorld): void {
  describe(`${name}: what people said of dead letters`, () => {
    const rule = (over: Partial<IgnoredFingerprint> = {}): IgnoredFingerprint => ({
      tenant: 'root',
      queue: 'high',
      fingerprint: '90fcd913c260a01f',
      at: 1,
      by: 'token:ann',
      ...over,
    });

    it('is kept for a fingerprint of a queue until it is taken back', async () => {
      const { deadLetters } = await open(openWorld);
      expect(await deadLetters.readIgnored(rule())).toBeUndefined();
      await deadLetters.ignore(rule());
      await deadLetters.ignore(rule({ note: 'known', at: 2 }));
      expect(await deadLetters.readIgnored(rule())).toEqual(rule({ note: 'known', at: 2 }));
      for (const other of [{ tenant: 'other' }, { queue: 'low' }, { fingerprint: '00fcd913c260a01f' }])
        expect(await deadLetters.readIgnored(rule(other))).toBeUndefined();
      await deadLetters.unignore(rule());
      await deadLetters.unignore(rule());
      expect(await deadLetters.readIgnored(rule())).toBeUndefined();
    });

    it.each([1, 2, 100])('is listed by queue in pages of %i', async (limit) => {
      const { deadLetters } = await open(openWorld);
      const prints = ['a', 'b', 'c', 'd', 'e'].map((letter) => letter.repeat(16));
      for (const fingerprint of prints) await deadLetters.ignore(rule({ fingerprint }));
      await deadLetters.ignore(rule({ queue: 'low' }));
      await deadLetters.ignore(rule({ queue: 'high-too' }));
      await deadLetters.ignore(rule({ tenant: 'other' }));
      const read = (tenant: string, queue?: string) =>
        pages((from) =>
          deadLetters.listIgnored({ tenant, limit, ...(queue && { queue }), ...(from && { from }) }),
        );
      expect((await read('root', 'high')).flat().map(({ fingerprint }) => fingerprint)).toEqual(prints);
      expect((await read('root')).flat()).toHaveLength(7);
      expect((await read('nobody')).flat()).toEqual([]);
    });

    it('is a canary, as it was put last', async () => {
      const { deadLetters, nowMs } = await open(openWorld);
      const canary: Canary = {
        tenant: 'root',
        id: '01JD0000000000000000000000',
        queue: 'high',
        executionId: 'a:1',
        waiting: [{ executionId: 'b:1', epoch: 0 }],
        at: 1,
        by: 'token:ann',
      };
      expect(await deadLetters.readCanary('root', canary.id)).toBeUndefined();
      await deadLetters.putCanary(canary, nowMs() + 60_000);
      const next = { ...canary, executionId: 'b:1', waiting: [], payloadPatch: '{"a":1}' };
      await deadLetters.putCanary(next, nowMs() + 60_000);
      expect(await deadLetters.readCanary('root', canary.id)).toEqual(next);
      expect(await deadLetters.readCanary('other', canary.id)).toBeUndefined();
    });
  });
}
