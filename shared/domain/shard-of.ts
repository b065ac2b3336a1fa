import { stableHashBelow } from './stable-hash.ts';

/**
 * Shard of a new task. It is stored with the task and kept for life, so that the number of shards may grow.
 * The separator can be in neither name, so `a` + `bc` and `ab` + `c` differ.
 */
export const shardOf = (tenant: string, taskId: string, shards: number): number =>
  stableHashBelow(`shard\0${tenant}\0${taskId}`, shards);
