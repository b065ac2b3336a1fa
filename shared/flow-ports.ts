import type { Outcome } from './domain/change.ts';
import type { QueueDirectory, QueueFeed } from './domain/queue-settings.ts';
import type { RateKey, RateLog } from './domain/rate-limit.ts';
import type { Semaphore, SemaphoreChange, SemaphoreKey } from './domain/semaphore.ts';

/** What flow control needs of the outside (docs/flow-control.md), with the guarantees that every implementation gives. */

/** Slots that runs of different tasks share. All reads are strongly consistent. */
export interface Semaphores {
  read(key: SemaphoreKey): Promise<Semaphore | undefined>;
  /** Only under what the change's kind says must hold. */
  update(key: SemaphoreKey, change: SemaphoreChange): Promise<Outcome<Semaphore>>;
}

export interface RateLogs {
  read(key: RateKey): Promise<RateLog | undefined>;
  /** Conditional: refused when somebody else wrote since `seen` was read. */
  write(key: RateKey, seen: RateLog | undefined, next: RateLog): Promise<Outcome<RateLog>>;
}

/** What people say of queues at run time; strongly consistent. */
export interface QueueControls {
  read(): Promise<QueueDirectory>;
  /** Conditional: false when somebody else wrote since `seen` was read. */
  write(seen: QueueDirectory, next: QueueDirectory): Promise<boolean>;
}

/** How queues are fed to their executors. */
export interface QueueFeeds {
  /** Undefined for a queue that this deployment does not have. */
  look(queue: string): Promise<QueueFeed | undefined>;
  /** False when it cannot be changed just now: ask again later. It takes effect within a minute or so. */
  set(queue: string, feed: QueueFeed): Promise<boolean>;
}
