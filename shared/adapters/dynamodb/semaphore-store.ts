import * as z from 'zod';
import { SLOT_WAITERS } from '../../domain/limits.ts';
import type { Held, Semaphore, SemaphoreChange, SemaphoreKey } from '../../domain/semaphore.ts';
import type { Semaphores } from '../../flow-ports.ts';
import { fromItem, type Item, toItem } from './codec.ts';
import { absent } from './conditions.ts';
import { Expression } from './expression.ts';
import { semaphoreKey } from './keys.ts';
import type { Table, Written } from './table.ts';
import { toEpochSeconds } from './ttl.ts';
import type { UpdateParameters } from './update.ts';

const StoredSemaphore = z.object({
  holders: z.record(z.string(), z.object({ nonce: z.string(), attempt: z.number(), until: z.number() })),
  waiters: z.record(z.string(), z.object({ dueAt: z.number(), queue: z.string() })),
});

/** One item a semaphore; holders and waiters are maps of it, written entry by entry. */
export const makeSemaphoreStore = (table: Table): Semaphores => ({
  async read(key) {
    const item = await table.get(semaphoreKey(key.tenant, key.key));
    return item && stored(item);
  },

  async update(key, change) {
    const written = await (change.kind === 'first'
      ? putFirst(table, key, change)
      : table.update(parametersOf(key, change)));
    const record = written.item && stored(written.item);
    if (!written.ok) return { ok: false, existing: record };
    if (!record) throw new Error('a write answered without the item');
    return { ok: true, record };
  },
});

const stored = (item: Item): Semaphore => StoredSemaphore.parse(fromItem(item));

function putFirst(
  table: Table,
  { tenant, key }: SemaphoreKey,
  { name, holder, keptUntil }: Extract<SemaphoreChange, { kind: 'first' }>,
): Promise<Written> {
  const e = new Expression();
  const item = { holders: { [name]: holder }, waiters: {}, ttl: toEpochSeconds(keptUntil) };
  return table.put(toItem({ ...semaphoreKey(tenant, key), ...item }), {
    ConditionExpression: absent(e),
    ...e.parameters(),
  });
}

function parametersOf(
  { tenant, key }: SemaphoreKey,
  change: Exclude<SemaphoreChange, { kind: 'first' }>,
): UpdateParameters {
  const e = new Expression();
  const { sets, removes, terms } = clausesOf(e, change);
  const clauses = [
    ...(sets.length > 0 ? [`SET ${sets.join(', ')}`] : []),
    ...(removes.length > 0 ? [`REMOVE ${removes.join(', ')}`] : []),
  ];
  return {
    Key: toItem({ ...semaphoreKey(tenant, key) }),
    UpdateExpression: clauses.join(' '),
    ConditionExpression: terms.join(' AND '),
    ...e.parameters(),
  };
}

interface Clauses {
  sets: string[];
  removes: string[];
  terms: string[];
}

function clausesOf(e: Expression, change: Exclude<SemaphoreChange, { kind: 'first' }>): Clauses {
  switch (change.kind) {
    case 'take': {
      const slot = e.entry('holders', change.name);
      const holder = e.map({ ...change.holder });
      return {
        sets: [`${slot} = ${holder}`, `${e.name('ttl')} = ${e.plain(toEpochSeconds(change.keptUntil))}`],
        removes: [
          e.entry('waiters', change.name),
          ...change.evicts.map(({ name }) => e.entry('holders', name)),
        ],
        terms: [
          change.replaces === undefined
            ? `attribute_exists(${e.name('pk')}) AND attribute_not_exists(${slot})`
            : replaceableSlot(e, slot, change.replaces, change),
          ...change.evicts.map((held) => isOver(e, held, change.nowMs)),
          `size(${e.name('holders')}) < ${e.plain(change.below)}`,
        ],
      };
    }
    case 'evict':
      return {
        sets: [],
        removes: change.evicts.map(({ name }) => e.entry('holders', name)),
        terms: change.evicts.map((held) => isOver(e, held, change.nowMs)),
      };
    case 'extend': {
      const slot = e.entry('holders', change.name);
      return {
        sets: [
          `${slot}.${e.name('until')} = ${e.plain(change.until)}`,
          `${e.name('ttl')} = ${e.plain(toEpochSeconds(change.keptUntil))}`,
        ],
        removes: [],
        terms: [`${slot}.${e.name('nonce')} = ${e.plain(change.nonce)}`],
      };
    }
    case 'wait': {
      const waiter = e.entry('waiters', change.name);
      return {
        sets: [`${waiter} = ${e.map({ ...change.waiter })}`],
        removes: [],
        terms: [
          `attribute_not_exists(${waiter})`,
          `size(${e.name('waiters')}) < ${e.plain(SLOT_WAITERS)}`,
          `size(${e.name('holders')}) >= ${e.plain(change.heldAtLeast)}`,
        ],
      };
    }
    case 'release': {
      const slot = e.entry('holders', change.name);
      const woken = change.wakes === undefined ? [] : [e.entry('waiters', change.wakes)];
      return {
        sets: [],
        removes: [slot, ...woken],
        terms: [
          `${slot}.${e.name('nonce')} = ${e.plain(change.nonce)}`,
          ...woken.map((waiter) => `attribute_exists(${waiter})`),
        ],
      };
    }
  }
}

/** Somebody's lease, as it was seen, that has ended. */
const isOver = (e: Expression, { name, nonce }: Held, nowMs: number): string => {
  const slot = e.entry('holders', name);
  return `${slot}.${e.name('nonce')} = ${e.plain(nonce)} AND ${slot}.${e.name('until')} < ${e.plain(nowMs)}`;
};

/** The run's own slot, as it was seen, of an earlier attempt or ended. */
const replaceableSlot = (
  e: Expression,
  slot: string,
  nonce: string,
  { holder, nowMs }: Extract<SemaphoreChange, { kind: 'take' }>,
): string => {
  const earlier = `${slot}.${e.name('attempt')} < ${e.plain(holder.attempt)}`;
  const over = `${slot}.${e.name('until')} < ${e.plain(nowMs)}`;
  return `${slot}.${e.name('nonce')} = ${e.plain(nonce)} AND (${earlier} OR ${over})`;
};
