import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  awaitSlot,
  releaseSlot,
  type Semaphore,
  type SemaphoreChange,
  takeSlot,
} from '../../../shared/domain/semaphore.ts';
import type { Semaphores } from '../../../shared/flow-ports.ts';
import { makeMemorySemaphores } from '../../support/memory-flow.ts';

const T0 = Date.UTC(2026, 10, 21, 9);
const LEASE_MS = 60_000;
const KEY = { tenant: 'root', key: 'billing' };

const slot = (nonce: string, over: { attempt?: number; until?: number } = {}) => ({
  nonce,
  attempt: 1,
  until: T0 + LEASE_MS,
  ...over,
});
const held = (...names: string[]): Semaphore => ({
  holders: Object.fromEntries(names.map((name) => [name, slot(name)])),
  waiters: {},
});
const take = (seen: Semaphore | undefined, over: { name?: string; nowMs?: number; limit?: number } = {}) => {
  const { name = 'me', nowMs = T0, limit = 2 } = over;
  return takeSlot(seen, { name, holder: slot('mine'), limit, nowMs, keptUntil: 0 });
};

describe('a slot', () => {
  it('is taken while others leave one, and not beyond', () => {
    expect(take(undefined)).toMatchObject({ kind: 'first' });
    expect(take(held('a'))).toMatchObject({ kind: 'take', evicts: [], below: 2 });
    expect(take(held('a', 'b'))).toBe('full');
  });

  it('that is over by a millisecond is taken from its holder', () => {
    const nowMs = T0 + LEASE_MS;
    expect(take(held('a', 'b'), { nowMs })).toBe('full');
    expect(take(held('a', 'b'), { nowMs: nowMs + 1 })).toMatchObject({
      kind: 'take',
      evicts: [
        { name: 'a', nonce: 'a' },
        { name: 'b', nonce: 'b' },
      ],
      below: 4,
    });
  });

  it('of the same attempt by another process is left to it until it is over', () => {
    expect(take(held('me'))).toBe('rival');
    expect(take(held('me'), { nowMs: T0 + LEASE_MS + 1 })).toMatchObject({ kind: 'take', replaces: 'me' });
    const earlier: Semaphore = { holders: { me: slot('x', { attempt: 0 }) }, waiters: {} };
    expect(take(earlier, { limit: 1 })).toMatchObject({ kind: 'take', replaces: 'x', below: 2 });
  });

  it('that is ours already is not taken again', () => {
    expect(take({ holders: { me: slot('mine') }, waiters: {} })).toBe('held');
  });

  it('counts all holders against the limit of the task that asks, whatever theirs allowed', () => {
    expect(take(held('a', 'b', 'c'), { limit: 2 })).toBe('full');
    expect(take(held('a', 'b', 'c'), { limit: 4 })).toMatchObject({ kind: 'take' });
  });

  it('comes free in several writes where more leases are over than one write can end', () => {
    const names = Array.from({ length: 50 }, (_, at) => `run-${at}`);
    expect(take(held(...names), { limit: 5, nowMs: T0 + LEASE_MS + 1 })).toMatchObject({ kind: 'evict' });
  });

  it('wakes who is due longest when it is given back', () => {
    const seen: Semaphore = {
      ...held('me'),
      waiters: { late: { dueAt: T0 + 5, queue: 'low' }, early: { dueAt: T0, queue: 'low' } },
    };
    expect(releaseSlot(seen, { name: 'me', nonce: 'me' })).toMatchObject({ wakes: 'early' });
    expect(releaseSlot(seen, { name: 'me', nonce: 'other' })).toBeUndefined();
    expect(releaseSlot(undefined, { name: 'me', nonce: 'me' })).toBeUndefined();
  });
});

/** One step of one process, chosen by the test: it reads, writes what it decided on what it read, or dies. */
interface Process {
  name: string;
  nonce: string;
  limit: number;
  attempt: number;
  until: number;
  seen: Semaphore | undefined;
  decided: SemaphoreChange | undefined;
  state: 'new' | 'read' | 'holds' | 'releasing' | 'gone';
}

const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ process: fc.nat(7), act: fc.constant<'go'>('go') }) },
  {
    weight: 2,
    arbitrary: fc.record({ process: fc.nat(7), act: fc.constantFrom<'die' | 'release'>('die', 'release') }),
  },
  { weight: 2, arbitrary: fc.record({ passMs: fc.constantFrom(1, LEASE_MS / 2, LEASE_MS + 1) }) },
);

describe('whatever processes do, in whatever order, and wherever they die', () => {
  it.each([1, 2, 3])('never more than %i hold a slot whose lease lasts', async (limit) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 200, size: 'max' }), async (steps) => {
        const store = makeMemorySemaphores(new Map());
        let nowMs = T0;
        let nonces = 0;
        // Eight processes share four runs: two of them are always rivals for the same one.
        const born = (index: number): Process => ({
          name: `run-${index % 4}`,
          nonce: `nonce-${++nonces}`,
          limit,
          attempt: 1,
          until: nowMs + LEASE_MS,
          seen: undefined,
          decided: undefined,
          state: 'new',
        });
        const processes = Array.from({ length: 8 }, (_, index) => born(index));
        for (const one of steps) {
          if ('passMs' in one) nowMs += one.passMs;
          else {
            const process = processes[one.process];
            if (!process) continue;
            if (one.act === 'die' || process.state === 'gone') processes[one.process] = born(one.process);
            else if (one.act === 'release' || process.state === 'releasing') await release(store, process);
            else await go(store, process, nowMs);
          }
          // Who died may still run its handler until its lease ends; here it does not, which only leaves more room.
          const live = processes.filter(({ state, until }) => state === 'holds' && until >= nowMs);
          expect(live.length).toBeLessThanOrEqual(limit);
          expect(new Set(live.map(({ name }) => name)).size).toBe(live.length);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

async function go(store: Semaphores, process: Process, nowMs: number): Promise<void> {
  const { name, nonce, attempt, limit } = process;
  if (process.state === 'new') {
    process.seen = await store.read(KEY);
    process.until = nowMs + LEASE_MS;
    process.state = 'read';
    return;
  }
  if (process.state !== 'read') return;
  const holder = { nonce, attempt, until: process.until };
  const step = takeSlot(process.seen, { name, holder, limit, nowMs, keptUntil: 0 });
  const waiter = { dueAt: nowMs, queue: 'default' };
  const change = step === 'full' ? process.seen && awaitSlot(process.seen, { name, waiter, limit }) : step;
  if (change === 'held') process.state = 'holds';
  if (change === undefined || change === 'held' || change === 'rival') return;
  const outcome = await store.update(KEY, change);
  process.seen = outcome.ok ? outcome.record : outcome.existing;
  if (outcome.ok && (change.kind === 'take' || change.kind === 'first')) process.state = 'holds';
}

/** Its work is over: first it looks, and later, when all may be different, it gives the slot back. */
async function release(store: Semaphores, process: Process): Promise<void> {
  if (process.state === 'holds') {
    process.decided = releaseSlot(await store.read(KEY), process);
    process.state = 'releasing';
  } else if (process.state === 'releasing') {
    process.state = 'gone';
    if (process.decided) await store.update(KEY, process.decided);
  }
}
