import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import * as z from 'zod';
import type { Marks } from '../shared/domain/stats-time.ts';
import { MINUTE_MS } from '../shared/domain/time.ts';
import { reconcileQueues } from '../shared/usecases/reconcile-queues.ts';
import { sumUpEnds } from '../shared/usecases/sum-up-ends.ts';
import { sweepShard } from '../shared/usecases/sweep-shard.ts';
import { sweeperRuntime } from './runtime.ts';

/** `{ "restore": true }`: the queues lost their messages; hint every waiting run anew. Anything else is a sweep. */
const SweepEvent = z.object({ restore: z.boolean().default(false) }).catch({ restore: false });

/** Deployments are rare, and what a person says is told at once: a look now and then is enough. */
const RECONCILE_EVERY_MINUTES = 5;
const BULK_JOBS_AT_ONCE = 4;

export const makeSweeper = (deps: ReturnType<typeof sweeperRuntime>) => {
  let marks: Marks | undefined;

  /** Nothing waits for statistics: what is not summed up now is at the next sweep. */
  async function sumUp(remainingMs: () => number): Promise<void> {
    const { stats } = deps;
    if (stats === undefined) return;
    try {
      marks = await sumUpEnds({ ...deps, stats }, marks, remainingMs);
    } catch (error) {
      marks = undefined;
      deps.log.error('what ended is not summed up; the next sweep tries again', {}, error);
    }
  }

  return async (event: unknown, context: Context): Promise<void> => {
    const { restore } = SweepEvent.parse(event);
    const shards = Array.from({ length: deps.shards }, (_, shard) => shard);
    const results = await Promise.allSettled(
      shards.map((shard) => sweepShard(deps, { shard, restore }, () => context.getRemainingTimeInMillis())),
    );
    deps.metrics.flush();
    await deps.ends.flush();
    await sumUp(() => context.getRemainingTimeInMillis());
    const minute = Math.floor(deps.clock.nowMs() / MINUTE_MS);
    let failed = restore || minute % RECONCILE_EVERY_MINUTES === 0 ? await reconcile(deps) : 0;
    failed += await driveJobs(deps, () => context.getRemainingTimeInMillis());
    await deps.ends.flush();
    results.forEach((result, shard) => {
      if (result.status === 'rejected') {
        failed++;
        deps.log.error('shard not swept', { shard }, result.reason);
        return;
      }
      failed += result.value.failed;
      if (Object.values(result.value).some((count) => count > 0)) {
        deps.log.info('shard swept', { shard, ...result.value });
      }
    });
    // All that could be done is done; failing is how it shows in the function's error count, which costs nothing to watch.
    if (failed > 0) throw new Error(`${failed} shards, runs, queues or jobs are left for the next sweep`);
  };
};

/** How many queues it could not set right. */
async function reconcile(deps: ReturnType<typeof sweeperRuntime>): Promise<number> {
  try {
    const { changed, failed } = await reconcileQueues(deps);
    if (changed > 0) deps.log.info('queues set as people said', { changed });
    return failed;
  } catch (error) {
    deps.log.error('queues not reconciled', {}, error);
    return 1;
  }
}

/** Those of people who asked for more than one request can do; after everything that runs wait for. */
async function driveJobs(
  deps: ReturnType<typeof sweeperRuntime>,
  remainingMs: () => number,
): Promise<number> {
  try {
    const keys = await deps.bulkJobs.running(BULK_JOBS_AT_ONCE);
    if (keys.length === 0) return 0;
    // Most sweeps need nothing of it.
    const { driveBulkJobs } = await import('../shared/usecases/bulk/drive.ts');
    deps.log.info('bulk jobs driven', { jobs: keys.length });
    return await driveBulkJobs(
      { ...deps, workQueues: deps.queues, queues: deps.queueNames },
      keys,
      remainingMs,
    );
  } catch (error) {
    deps.log.error('bulk jobs not looked at', {}, error);
    return 1;
  }
}

export const handler = middy(makeSweeper(sweeperRuntime()));
