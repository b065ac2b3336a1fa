import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { sweepShard } from '../shared/usecases/sweep-shard.ts';
import { sweeperRuntime } from './runtime.ts';

/** `{ "restore": true }`: the queues lost their messages; hint every waiting run anew. Anything else is a sweep. */
const SweepEvent = z.object({ restore: z.boolean().default(false) }).catch({ restore: false });

export const makeSweeper =
  (deps: ReturnType<typeof sweeperRuntime>) =>
  async (event: unknown, context: Context): Promise<void> => {
    const { restore } = SweepEvent.parse(event);
    const shards = Array.from({ length: deps.shards }, (_, shard) => shard);
    const results = await Promise.allSettled(
      shards.map((shard) => sweepShard(deps, { shard, restore }, () => context.getRemainingTimeInMillis())),
    );
    results.forEach((result, shard) => {
      if (result.status === 'rejected') deps.log.error('shard not swept', { shard }, result.reason);
      else if (Object.values(result.value).some((count) => count > 0)) {
        deps.log.info('shard swept', { shard, ...result.value });
      }
    });
  };

export const handler = middy(makeSweeper(sweeperRuntime()));
