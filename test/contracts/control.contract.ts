import { describe, expect, it } from 'vitest';
import { type OpenStoreWorld, open } from './store.contract.ts';

/** Cursors, heartbeat and remembered requests. */
export function controlContract(name: string, openWorld: OpenStoreWorld): void {
  describe(`${name}: cursors`, () => {
    it('moves a cursor from where it was seen, and only from there', async () => {
      const { cursors } = await open(openWorld);
      const [first, second] = [
        { upto: 100, at: 10 },
        { upto: 200, at: 20 },
      ];
      expect(await cursors.read('dispatch', 1)).toBeUndefined();
      expect(await cursors.claim('dispatch', 1, undefined, first)).toBe(true);
      expect(await cursors.claim('dispatch', 1, undefined, second)).toBe(false);
      expect(await cursors.claim('dispatch', 1, { upto: 100, at: 11 }, second)).toBe(false);
      expect(await cursors.claim('dispatch', 1, first, second)).toBe(true);
      expect(await cursors.read('dispatch', 1)).toEqual(second);
      expect(await cursors.read('dispatch', 2)).toBeUndefined();
      expect(await cursors.read('sweep', 1)).toBeUndefined();
    });

    it.each([undefined, { upto: 100, at: 10 }])('is claimed by one of many (seen: %j)', async (seen) => {
      const { cursors } = await open(openWorld);
      if (seen) await cursors.claim('sweep', 0, undefined, seen);
      const claims = await Promise.all(
        Array.from({ length: 20 }, () => cursors.claim('sweep', 0, seen, { upto: 200, at: 20 })),
      );
      expect(claims.filter(Boolean)).toHaveLength(1);
    });
  });

  describe(`${name}: heartbeat`, () => {
    it('shows the last beat', async () => {
      const { heartbeat } = await open(openWorld);
      expect(await heartbeat.read()).toBeUndefined();
      await heartbeat.record(1_000);
      await heartbeat.record(2_000);
      expect(await heartbeat.read()).toBe(2_000);
    });
  });

  describe(`${name}: remembered requests`, () => {
    const request = { tenant: 'root', scope: 'createTask', key: 'abc' };

    it('remembers the first request under a key and returns it ever after', async () => {
      const { idempotency, nowMs } = await open(openWorld);
      const expiresAt = nowMs() + 86_400_000;
      const first = { requestHash: 'h1', value: '{"id":"a"}' };
      expect(await idempotency.remember({ ...request, record: first, expiresAt })).toEqual(first);
      const second = { requestHash: 'h2', value: '{"id":"b"}' };
      expect(await idempotency.remember({ ...request, record: second, expiresAt })).toEqual(first);
      expect(await idempotency.remember({ ...request, scope: 'other', record: second, expiresAt })).toEqual(
        second,
      );
    });

    it('gives all of many racing requests the same answer', async () => {
      const { idempotency, nowMs } = await open(openWorld);
      const expiresAt = nowMs() + 86_400_000;
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, racer) =>
          idempotency.remember({ ...request, record: { requestHash: 'h', value: `${racer}` }, expiresAt }),
        ),
      );
      expect(new Set(answers.map(({ value }) => value)).size).toBe(1);
    });

    it('forgets an expired one, though nobody removed it yet', async () => {
      const { idempotency, nowMs } = await open(openWorld);
      const record = { requestHash: 'h1', value: 'old' };
      await idempotency.remember({ ...request, record, expiresAt: nowMs() - 60_000 });
      const fresh = { requestHash: 'h2', value: 'new' };
      expect(await idempotency.remember({ ...request, record: fresh, expiresAt: nowMs() + 60_000 })).toEqual(
        fresh,
      );
    });
  });
  describe(`${name}: variables`, () => {
    it('are none at first, then what was set, each tenant its own', async () => {
      const { variables } = await open(openWorld);
      expect(await variables.read('a')).toEqual({});
      await variables.change('a', () => ({ n: 1, deep: { list: [null, 'é'] } }));
      await variables.change('a', ({ n, ...rest }) => ({ ...rest, m: n }));
      expect(await variables.read('a')).toEqual({ m: 1, deep: { list: [null, 'é'] } });
      expect(await variables.read('b')).toEqual({});
    });

    it('lose none of the changes that many make at once', async () => {
      const { variables } = await open(openWorld);
      const names = ['a', 'b', 'c', 'd', 'e'];
      await Promise.all(
        names.map((one) => variables.change('root', (values) => ({ ...values, [one]: one }))),
      );
      expect(Object.keys(await variables.read('root')).sort()).toEqual(names);
    });

    it('stay as they are when the change refuses', async () => {
      const { variables } = await open(openWorld);
      await variables.change('root', () => ({ a: 1 }));
      const refuse = () => {
        throw new Error('no');
      };
      await expect(variables.change('root', refuse)).rejects.toThrow('no');
      expect(await variables.read('root')).toEqual({ a: 1 });
    });
  });
}
