import { SLOT_WAITERS } from '../../shared/domain/limits.ts';
import type { QueueDirectory, QueueFeed } from '../../shared/domain/queue-settings.ts';
import type { RateLog } from '../../shared/domain/rate-limit.ts';
import type { Held, Semaphore, SemaphoreChange, SemaphoreKey } from '../../shared/domain/semaphore.ts';
import type { QueueControls, QueueFeeds, RateLogs, Semaphores } from '../../shared/flow-ports.ts';

/** Semaphores and rate limits in memory; copies in and out. */
export function makeMemorySemaphores(semaphores: Map<string, Semaphore>): Semaphores {
  return {
    async read(key) {
      return structuredClone(semaphores.get(idOf(key)));
    },
    async update(key, change) {
      const existing = structuredClone(semaphores.get(idOf(key)));
      const record = applied(existing, change);
      if (!record) return { ok: false, existing };
      semaphores.set(idOf(key), structuredClone(record));
      return { ok: true, record };
    },
  };
}

export function makeMemoryRates(logs: Map<string, RateLog>): RateLogs {
  return {
    async read(key) {
      return structuredClone(logs.get(idOf(key)));
    },
    async write(key, seen, next) {
      const existing = structuredClone(logs.get(idOf(key)));
      if (existing?.version !== seen?.version) return { ok: false, existing };
      logs.set(idOf(key), structuredClone(next));
      return { ok: true, record: structuredClone(next) };
    },
  };
}

export function makeMemoryQueueControls(stored: { directory: QueueDirectory }): QueueControls {
  return {
    async read() {
      return structuredClone(stored.directory);
    },
    async write(seen, next) {
      if (stored.directory.version !== seen.version) return false;
      stored.directory = structuredClone(next);
      return true;
    },
  };
}

/** How Lambda feeds the queues; `busy` ones take no change. */
export function makeMemoryFeeds(feeds: Map<string, QueueFeed>, busy: Set<string>): QueueFeeds {
  return {
    async look(queue) {
      return structuredClone(feeds.get(queue));
    },
    async set(queue, feed) {
      if (busy.has(queue)) return false;
      feeds.set(queue, { ...feed });
      return true;
    },
  };
}

const idOf = ({ tenant, key }: SemaphoreKey): string => `${tenant}#${key}`;

/** The semaphore afterwards; undefined when the change is refused. */
function applied(seen: Semaphore | undefined, change: SemaphoreChange): Semaphore | undefined {
  if (change.kind === 'first')
    return seen ? undefined : { holders: { [change.name]: change.holder }, waiters: {} };
  if (!seen) return undefined;
  const holders = { ...seen.holders };
  const waiters = { ...seen.waiters };
  const isOver = ({ name, nonce }: Held, nowMs: number) =>
    holders[name]?.nonce === nonce && holders[name].until < nowMs;
  switch (change.kind) {
    case 'take': {
      const own = holders[change.name];
      const mine =
        change.replaces === undefined
          ? own === undefined
          : own?.nonce === change.replaces &&
            (own.attempt < change.holder.attempt || own.until < change.nowMs);
      const refused = change.evicts.some((held) => !isOver(held, change.nowMs));
      if (!mine || refused || Object.keys(holders).length >= change.below) return undefined;
      for (const { name } of change.evicts) delete holders[name];
      holders[change.name] = change.holder;
      delete waiters[change.name];
      return { holders, waiters };
    }
    case 'evict':
      if (change.evicts.some((held) => !isOver(held, change.nowMs))) return undefined;
      for (const { name } of change.evicts) delete holders[name];
      return { holders, waiters };
    case 'extend': {
      const own = holders[change.name];
      if (own?.nonce !== change.nonce) return undefined;
      return { holders: { ...holders, [change.name]: { ...own, until: change.until } }, waiters };
    }
    case 'wait':
      if (waiters[change.name] !== undefined || Object.keys(waiters).length >= SLOT_WAITERS) return undefined;
      if (Object.keys(holders).length < change.heldAtLeast) return undefined;
      return { holders, waiters: { ...waiters, [change.name]: change.waiter } };
    case 'release':
      if (holders[change.name]?.nonce !== change.nonce) return undefined;
      if (change.wakes !== undefined && waiters[change.wakes] === undefined) return undefined;
      delete holders[change.name];
      if (change.wakes !== undefined) delete waiters[change.wakes];
      return { holders, waiters };
  }
}
