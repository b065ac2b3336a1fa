import type { RetryPolicy } from './task.ts';

/** What a deployment says of a work queue. */
export interface QueueSettings {
  priority: number;
  workers: number;
  timeoutSeconds: number;
  retry: RetryPolicy;
}

/** What a person says of it at run time, and which wins: a deployment does not take it back. */
export interface QueueOverrides {
  workers?: number;
  paused?: boolean;
  /** Messages that wait for a worker: from so many on nothing is taken in by hand. */
  maxBacklog?: number;
  timeoutSeconds?: number;
  retry?: Partial<RetryPolicy>;
}

export interface QueueControl {
  overrides: QueueOverrides;
  /** False until Lambda was told of a change in `workers` or `paused`. */
  applied: boolean;
}

/** Of all queues, by name; a queue of which nobody said anything is not in it. */
export interface QueueDirectory {
  /** +1 with every write; 0: nothing was written yet. */
  version: number;
  queues: Record<string, QueueControl>;
}

/** How Lambda feeds a queue to its executor. */
export interface QueueFeed {
  enabled: boolean;
  /** Executors at the same time. */
  workers: number;
}

export type QueueInForce = QueueSettings & Pick<QueueOverrides, 'maxBacklog'> & { paused: boolean };

export function inForce(deployed: QueueSettings, overrides: QueueOverrides = {}): QueueInForce {
  const { workers, paused, maxBacklog, timeoutSeconds, retry } = overrides;
  return {
    priority: deployed.priority,
    workers: workers ?? deployed.workers,
    timeoutSeconds: timeoutSeconds ?? deployed.timeoutSeconds,
    retry: { ...deployed.retry, ...retry },
    paused: paused ?? false,
    ...(maxBacklog === undefined ? {} : { maxBacklog }),
  };
}

export const feedOf = (deployed: Pick<QueueSettings, 'workers'>, overrides: QueueOverrides): QueueFeed => ({
  enabled: overrides.paused !== true,
  workers: overrides.workers ?? deployed.workers,
});

export const sameFeed = (a: QueueFeed, b: QueueFeed): boolean =>
  a.enabled === b.enabled && a.workers === b.workers;

export const isPaused = (directory: QueueDirectory, queue: string): boolean =>
  controlOf(directory, queue)?.overrides.paused === true;

export const controlOf = ({ queues }: QueueDirectory, queue: string): QueueControl | undefined =>
  Object.hasOwn(queues, queue) ? queues[queue] : undefined;

export const withControl = (seen: QueueDirectory, changed: Record<string, QueueControl>): QueueDirectory => ({
  version: seen.version + 1,
  queues: { ...seen.queues, ...changed },
});
