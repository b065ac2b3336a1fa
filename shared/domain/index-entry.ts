import type { Resolution } from './dead-letter.ts';
import type { EpochMs } from './time.ts';

/**
 * An item's place in the index byStatusAndTime. An item is in at most one set at a time:
 * - `due`   active task whose next occurrence the tick must hint
 * - `hot`   active task whose next occurrence is so near that its writer sent the hint itself; both carry the
 *           task's queue, and its deadline if it has one, so that the dispatcher need not read the task
 * - `open`  run that has not ended (or whose letter is not out): at = the sweeper's next look
 * - `dead`  dead run with its letter sent, by queue: at = time of death; with its fingerprint, so that deaths are
 *           grouped without reading runs (absent from what died before there were any)
 * - `closed` the same of all queues, once people have resolved it or want it ignored
 * - `ended` run that ended otherwise: at = time of ending
 * - `tasks` a task's definition, for listing: sorted by name, at is unused
 */
export type IndexEntry =
  | { set: 'open' | 'ended'; shard: number; at: EpochMs }
  | { set: 'due' | 'hot'; shard: number; at: EpochMs; queue: string; deadlineSeconds?: number }
  | { set: 'dead'; shard: number; at: EpochMs; queue: string; fingerprint?: string }
  | {
      set: 'closed';
      shard: number;
      at: EpochMs;
      queue: string;
      fingerprint: string;
      resolution: Resolution['kind'];
    }
  | { set: 'tasks'; shard: number; name: string };

export type IndexSet = IndexEntry['set'];
