import type { ExecutionKey } from './execution.ts';
import { SLOT_EVICTIONS, SLOT_WAITERS } from './limits.ts';
import type { EpochMs } from './time.ts';

/**
 * A cap on runs at the same time, shared by all tasks of a tenant that name its key (docs/flow-control.md). A slot is
 * a lease: it ends with its run's, so that what dies gives it back. It is the nonce that tells whose slot it is: two
 * processes may try the same attempt of the same run, and the loser must not give back what the winner holds.
 */
export interface Semaphore {
  /** By the run's name. */
  holders: Record<string, SlotHolder>;
  /** Runs to wake when a slot comes free. Only hints: what is lost or left over here costs time at most. */
  waiters: Record<string, SlotWaiter>;
}
export interface SlotHolder {
  nonce: string;
  attempt: number;
  /** Not before the end of the run's lease. */
  until: EpochMs;
}
export interface SlotWaiter {
  /** Who is due longest is woken first. */
  dueAt: EpochMs;
  queue: string;
}

export interface SemaphoreKey {
  tenant: string;
  key: string;
}

/** A conditional write of a semaphore as data; what must hold at the moment of the write stands at each kind. */
export type SemaphoreChange =
  /** There is none yet. */
  | { kind: 'first'; name: string; holder: SlotHolder; keptUntil: EpochMs }
  /**
   * The run has no slot, or (`replaces`) its own of this nonce that is of an earlier attempt or over; `evicts` are as
   * they were seen, and over; and fewer than `below` are held.
   */
  | {
      kind: 'take';
      name: string;
      holder: SlotHolder;
      replaces: string | undefined;
      evicts: Held[];
      below: number;
      nowMs: EpochMs;
      keptUntil: EpochMs;
    }
  /** `evicts` are as they were seen, and over. */
  | { kind: 'evict'; evicts: Held[]; nowMs: EpochMs }
  /** The slot is held under this nonce. */
  | { kind: 'extend'; name: string; nonce: string; until: EpochMs; keptUntil: EpochMs }
  /** Nobody has entered it yet, there is room for it, and at least `heldAtLeast` are held. */
  | { kind: 'wait'; name: string; waiter: SlotWaiter; heldAtLeast: number }
  /** The slot is held under this nonce; and `wakes`, who leaves the list, is still on it. */
  | { kind: 'release'; name: string; nonce: string; wakes: string | undefined };

export interface Held {
  name: string;
  nonce: string;
}

export const slotName = ({ taskId, occurrence }: Omit<ExecutionKey, 'tenant'>): string =>
  `${taskId}#${occurrence}`;
export function parseSlotName(name: string): Omit<ExecutionKey, 'tenant'> {
  const hash = name.indexOf('#');
  return { taskId: name.slice(0, hash), occurrence: name.slice(hash + 1) };
}

/**
 * The write that takes a slot under this limit. `held`: it is ours already; `rival`: another process has it
 * for this very attempt, or had and died; `full`: others hold all there are. A limit smaller
 * than another task's for the same key counts all holders, so that each run keeps to its own task's.
 */
export function takeSlot(
  seen: Semaphore | undefined,
  q: { name: string; holder: SlotHolder; limit: number; nowMs: EpochMs; keptUntil: EpochMs },
): SemaphoreChange | 'held' | 'rival' | 'full' {
  const { name, holder, limit, nowMs, keptUntil } = q;
  if (seen === undefined) return { kind: 'first', name, holder, keptUntil };
  const own = seen.holders[name];
  if (own?.nonce === holder.nonce) return 'held';
  if (own !== undefined && own.attempt >= holder.attempt && own.until >= nowMs) return 'rival';

  const others = Object.entries(seen.holders).filter(([other]) => other !== name);
  const over = others.filter(([, { until }]) => until < nowMs);
  if (others.length - over.length >= limit) return 'full';
  const evicts = over.slice(0, SLOT_EVICTIONS).map(([other, { nonce }]) => ({ name: other, nonce }));
  if (others.length - evicts.length >= limit) return { kind: 'evict', evicts, nowMs };
  const below = limit + evicts.length + (own === undefined ? 0 : 1);
  return { kind: 'take', name, holder, replaces: own?.nonce, evicts, below, nowMs, keptUntil };
}

/** Undefined when it is on the list, or there is no room on it. */
export function awaitSlot(
  seen: Semaphore,
  q: { name: string; waiter: SlotWaiter; limit: number },
): SemaphoreChange | undefined {
  if (seen.waiters[q.name] !== undefined || Object.keys(seen.waiters).length >= SLOT_WAITERS)
    return undefined;
  return { kind: 'wait', name: q.name, waiter: q.waiter, heldAtLeast: q.limit };
}

/** Undefined when the slot is not ours (any more). */
export function releaseSlot(seen: Semaphore | undefined, { name, nonce }: Held): SemaphoreChange | undefined {
  if (seen?.holders[name]?.nonce !== nonce) return undefined;
  const [first] = Object.entries(seen.waiters).sort(([, a], [, b]) => a.dueAt - b.dueAt);
  return { kind: 'release', name, nonce, wakes: first?.[0] };
}
