import { SQSClient } from '@aws-sdk/client-sqs';
import { makeBulkJobs } from '../../shared/adapters/dynamodb/bulk-jobs.ts';
import { makeHeartbeat } from '../../shared/adapters/dynamodb/cursor-store.ts';
import { makeDeadLetterStore } from '../../shared/adapters/dynamodb/dead-letter-store.ts';
import { makeIdempotencyStore } from '../../shared/adapters/dynamodb/idempotency-store.ts';
import { makeListings } from '../../shared/adapters/dynamodb/listings.ts';
import { makeRateStore } from '../../shared/adapters/dynamodb/rate-store.ts';
import { makeSemaphoreStore } from '../../shared/adapters/dynamodb/semaphore-store.ts';
import { makeShardIndex } from '../../shared/adapters/dynamodb/shard-index.ts';
import { makeTenantStore } from '../../shared/adapters/dynamodb/tenant-store.ts';
import { makeTokenStore } from '../../shared/adapters/dynamodb/token-store.ts';
import { makeVariableStore } from '../../shared/adapters/dynamodb/variable-store.ts';
import { makeQueueFeeds } from '../../shared/adapters/lambda/queue-feeds.ts';
import { systemClock } from '../../shared/adapters/system/clock.ts';
import { systemIds } from '../../shared/adapters/system/ids.ts';
import { makeLog } from '../../shared/adapters/system/log.ts';
import { EDITS, editsOf } from '../edits-runtime.ts';
import { readEnv } from '../env.ts';
import {
  countedRuns,
  EVENTS,
  eventsOf,
  lambdaClient,
  logger,
  METRICS,
  metricsOf,
  system,
  table,
} from '../runtime.ts';

export function apiRuntime() {
  const env = readEnv([
    'ESCAPEMENT_TABLE',
    'ESCAPEMENT_EVENT_SOURCES',
    'ESCAPEMENT_STATS',
    'ESCAPEMENT_VERSION',
    ...EDITS,
    ...EVENTS,
    ...METRICS,
  ]);
  const store = table(env.ESCAPEMENT_TABLE);
  const log = makeLog(logger);
  const edits = editsOf(env, { store, client: new SQSClient({}), log });
  return {
    ...system,
    log,
    events: eventsOf(env, log),
    metrics: metricsOf(env),
    ...edits,
    ...countedRuns(store, env.ESCAPEMENT_STATS, log),
    statsKept: env.ESCAPEMENT_STATS,
    semaphores: makeSemaphoreStore(store),
    rates: makeRateStore(store, systemIds),
    listings: makeListings(store, { shards: env.ESCAPEMENT_SHARDS, tasks: edits.tasks }),
    shardIndex: makeShardIndex(store),
    idempotency: makeIdempotencyStore(store, systemClock),
    variables: makeVariableStore(store, systemIds),
    bulkJobs: makeBulkJobs(store),
    tokens: makeTokenStore(store),
    tenants: makeTenantStore(store),
    deadLetters: makeDeadLetterStore(store),
    heartbeat: makeHeartbeat(store),
    queueFeeds: makeQueueFeeds(lambdaClient(), env.ESCAPEMENT_EVENT_SOURCES),
    version: env.ESCAPEMENT_VERSION,
  };
}
