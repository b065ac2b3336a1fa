import { describe, expect, it } from 'vitest';
import { SLOT_WAITERS } from '../../shared/domain/limits.ts';
import type { QueueDirectory } from '../../shared/domain/queue-settings.ts';
import type { RateLog } from '../../shared/domain/rate-limit.ts';
import type { SemaphoreChange, SlotHolder } from '../../shared/domain/semaphore.ts';
import type { Semaphores } from '../../shared/flow-ports.ts';
import { T0 } from './samples.ts';
import { type OpenStoreWorld, open } from './store.contract.ts';

const KEY = { tenant: 'root', key: 'tag:billing' };
const A = 'nightly#001795251600000';
const B = 'weekly#001795251600000#m#01M7Z1F0WX2B8Y46MY1X16ZTRQ';
const RACERS = 20;

const holder = (nonce: string, over: Partial<SlotHolder> = {}): SlotHolder => ({
  nonce,
  attempt: 1,
  until: T0 + 60_000,
  ...over,
});
const waiter = { dueAt: T0, queue: 'default' };
const keptUntil = T0 + 600_000_000;

const first = (name: string, by: SlotHolder): SemaphoreChange => ({
  kind: 'first',
  name,
  holder: by,
  keptUntil,
});
const take = (
  name: string,
  by: SlotHolder,
  over: Partial<Extract<SemaphoreChange, { kind: 'take' }>> = {},
): SemaphoreChange => ({
  kind: 'take',
  name,
  holder: by,
  replaces: undefined,
  evicts: [],
  below: 5,
  nowMs: T0,
  keptUntil,
  ...over,
});
const release = (name: string, nonce: string, wakes?: string): SemaphoreChange => ({
  kind: 'release',
  name,
  nonce,
  wakes,
});

async function holdersAfter(
  semaphores: Semaphores,
  change: SemaphoreChange,
): Promise<{ ok: boolean; holders: string[] }> {
  const { ok } = await semaphores.update(KEY, change);
  const now = await semaphores.read(KEY);
  return {
    ok,
    holders: Object.values(now?.holders ?? {})
      .map(({ nonce }) => nonce)
      .sort(),
  };
}

/** Semaphores and rate limits: each condition that the protocol names, and nothing but one winner of a race. */
export function flowContract(name: string, openWorld: OpenStoreWorld): void {
  const world = async () => {
    const { semaphores, rates } = await open(openWorld);
    return { semaphores, rates, write: (change: SemaphoreChange) => holdersAfter(semaphores, change) };
  };

  describe(`${name}: semaphores`, () => {
    it('begin with the first slot, of one tenant', async () => {
      const { semaphores, write } = await world();
      expect(await semaphores.read(KEY)).toBeUndefined();
      expect(await write(take(A, holder('a')))).toEqual({ ok: false, holders: [] });
      expect(await write(first(A, holder('a')))).toEqual({ ok: true, holders: ['a'] });
      expect(await semaphores.read(KEY)).toEqual({ holders: { [A]: holder('a') }, waiters: {} });
      expect(await semaphores.update(KEY, first(B, holder('b')))).toEqual({
        ok: false,
        existing: { holders: { [A]: holder('a') }, waiters: {} },
      });
      expect(await semaphores.read({ ...KEY, tenant: 'other' })).toBeUndefined();
    });

    it('give a slot while fewer are held than the limit', async () => {
      const { write } = await world();
      await write(first(A, holder('a')));
      expect(await write(take(B, holder('b'), { below: 1 }))).toMatchObject({ ok: false });
      expect(await write(take(B, holder('b'), { below: 2 }))).toEqual({ ok: true, holders: ['a', 'b'] });
    });

    it('give a run no second slot, but in place of one that is over or of an earlier attempt', async () => {
      const { write } = await world();
      await write(first(A, holder('a')));
      expect(await write(take(A, holder('b')))).toMatchObject({ ok: false });
      expect(await write(take(A, holder('b'), { replaces: 'a' }))).toMatchObject({ ok: false });
      expect(await write(take(A, holder('b', { attempt: 2 }), { replaces: 'x' }))).toMatchObject({
        ok: false,
      });
      expect(await write(take(A, holder('b', { attempt: 2 }), { replaces: 'a', below: 2 }))).toEqual({
        ok: true,
        holders: ['b'],
      });
      const over = { replaces: 'b', nowMs: T0 + 60_001 };
      expect(await write(take(A, holder('c', { attempt: 2 }), over))).toEqual({ ok: true, holders: ['c'] });
    });

    it('take a slot from who is seen to be over, and from nobody else', async () => {
      const { write } = await world();
      await write(first(A, holder('a')));
      const evicts = [{ name: A, nonce: 'a' }];
      const end = T0 + 60_000;
      expect(await write(take(B, holder('b'), { evicts, below: 2, nowMs: end }))).toMatchObject({
        ok: false,
      });
      const other = [{ name: A, nonce: 'x' }];
      expect(await write(take(B, holder('b'), { evicts: other, below: 2, nowMs: end + 1 }))).toMatchObject({
        ok: false,
      });
      expect(await write({ kind: 'evict', evicts: other, nowMs: end + 1 })).toEqual({
        ok: false,
        holders: ['a'],
      });
      expect(await write(take(B, holder('b'), { evicts, below: 2, nowMs: end + 1 }))).toEqual({
        ok: true,
        holders: ['b'],
      });
      expect(await write({ kind: 'evict', evicts: [{ name: B, nonce: 'b' }], nowMs: end + 1 })).toEqual({
        ok: true,
        holders: [],
      });
    });

    it('take a slot back by its nonce only', async () => {
      const { write } = await world();
      expect(await write(release(A, 'a'))).toMatchObject({ ok: false });
      await write(first(A, holder('a')));
      expect(await write(release(A, 'b'))).toEqual({ ok: false, holders: ['a'] });
      expect(await write(release(A, 'a'))).toEqual({ ok: true, holders: [] });
      expect(await write(release(A, 'a'))).toEqual({ ok: false, holders: [] });
      expect(await write(take(B, holder('b'), { below: 1 }))).toEqual({ ok: true, holders: ['b'] });
    });

    it('hold a slot for longer, by its nonce only', async () => {
      const { semaphores, write } = await world();
      await write(first(A, holder('a')));
      const extend = { kind: 'extend', name: A, nonce: 'a', until: T0 + 90_000, keptUntil } as const;
      expect(await write({ ...extend, nonce: 'b' })).toMatchObject({ ok: false });
      expect(await write({ ...extend, name: B })).toMatchObject({ ok: false });
      expect(await write(extend)).toMatchObject({ ok: true });
      expect((await semaphores.read(KEY))?.holders).toEqual({ [A]: holder('a', { until: T0 + 90_000 }) });
    });

    it('keep a line of those who wait while all is held, and let each be woken once', async () => {
      const { semaphores, write } = await world();
      await write(first(A, holder('a')));
      const wait = { kind: 'wait', name: B, waiter, heldAtLeast: 1 } as const;
      expect(await write({ ...wait, heldAtLeast: 2 })).toMatchObject({ ok: false });
      expect(await write(wait)).toMatchObject({ ok: true });
      expect(await write(wait)).toMatchObject({ ok: false });
      expect((await semaphores.read(KEY))?.waiters).toEqual({ [B]: waiter });
      expect(await write(release(A, 'a', 'nobody'))).toEqual({ ok: false, holders: ['a'] });
      expect(await write(release(A, 'a', B))).toEqual({ ok: true, holders: [] });
      expect((await semaphores.read(KEY))?.waiters).toEqual({});
    });

    it('let whoever gets a slot leave the line', async () => {
      const { semaphores, write } = await world();
      await write(first(A, holder('a')));
      await write({ kind: 'wait', name: B, waiter, heldAtLeast: 1 });
      await write(take(B, holder('b')));
      expect(await semaphores.read(KEY)).toEqual({
        holders: { [A]: holder('a'), [B]: holder('b') },
        waiters: {},
      });
    });

    it('have a line of limited length', async () => {
      const { semaphores, write } = await world();
      await write(first(A, holder('a')));
      const enter = (n: number) =>
        write({ kind: 'wait', name: `task-${n}#001795251600000`, waiter, heldAtLeast: 1 });
      for (let n = 0; n < SLOT_WAITERS; n++) expect(await enter(n)).toMatchObject({ ok: true });
      expect(await enter(SLOT_WAITERS)).toMatchObject({ ok: false });
      expect(Object.keys((await semaphores.read(KEY))?.waiters ?? {})).toHaveLength(SLOT_WAITERS);
    });

    it.each([
      ['the first slot', 1, false],
      ['the slots that are left', 3, true],
    ])('give %s to as many of many racers as there are', async (_, winners, begun) => {
      const { semaphores, write } = await world();
      if (begun) await write(first(A, holder('a')));
      const outcomes = await Promise.all(
        Array.from({ length: RACERS }, (_none, racer) => {
          const by = holder(`racer-${racer}`);
          const run = `task-${racer}#001795251600000`;
          return semaphores.update(KEY, begun ? take(run, by, { below: 4 }) : first(run, by));
        }),
      );
      expect(outcomes.filter(({ ok }) => ok)).toHaveLength(winners);
      const held = Object.keys((await semaphores.read(KEY))?.holders ?? {});
      expect(held).toHaveLength(begun ? winners + 1 : winners);
    });
  });

  describe(`${name}: rate limits`, () => {
    const log = (version: number, over: Partial<RateLog> = {}): RateLog => ({
      version,
      starts: [T0, T0 + 1],
      reserved: { [`${A}@1`]: T0 + 1 },
      ...over,
    });

    it('are written over what was seen, and over nothing else', async () => {
      const { rates } = await world();
      expect(await rates.read(KEY)).toBeUndefined();
      expect(await rates.write(KEY, undefined, log(1))).toEqual({ ok: true, record: log(1) });
      expect(await rates.read(KEY)).toEqual(log(1));
      expect(await rates.write(KEY, undefined, log(1, { starts: [] }))).toEqual({
        ok: false,
        existing: log(1),
      });
      expect(await rates.write(KEY, log(1), log(2, { reserved: {} }))).toMatchObject({ ok: true });
      expect(await rates.write(KEY, log(1), log(2))).toEqual({
        ok: false,
        existing: log(2, { reserved: {} }),
      });
      expect(await rates.read({ ...KEY, key: 'tag:other' })).toBeUndefined();
    });

    it.each([undefined, log(1)])('are written by one of many (seen: %j)', async (seen) => {
      const { rates } = await world();
      if (seen) await rates.write(KEY, undefined, seen);
      const outcomes = await Promise.all(
        Array.from({ length: RACERS }, (_, racer) =>
          rates.write(KEY, seen, log((seen?.version ?? 0) + 1, { starts: [racer] })),
        ),
      );
      expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
    });
  });

  describe(`${name}: what people say of queues`, () => {
    const said = (version: number): QueueDirectory => ({
      version,
      queues: {
        high: {
          overrides: { workers: 50, paused: true, maxBacklog: 10, retry: { limit: 3, rules: [] } },
          applied: false,
        },
        low: { overrides: {}, applied: true },
      },
    });

    it('is nothing at first, and then what was said last', async () => {
      const { queueControls } = await open(openWorld);
      const nothing = { version: 0, queues: {} };
      expect(await queueControls.read()).toEqual(nothing);
      expect(await queueControls.write(nothing, said(1))).toBe(true);
      expect(await queueControls.read()).toEqual(said(1));
      expect(await queueControls.write(nothing, said(1))).toBe(false);
      expect(await queueControls.write(said(1), said(2))).toBe(true);
      expect(await queueControls.write(said(1), said(2))).toBe(false);
    });

    it('is said by one of many at a time', async () => {
      const { queueControls } = await open(openWorld);
      const seen = await queueControls.read();
      const racers = Array.from({ length: RACERS }, () => queueControls.write(seen, said(1)));
      expect((await Promise.all(racers)).filter(Boolean)).toHaveLength(1);
    });
  });
}
