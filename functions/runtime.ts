import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { makeAuditStore } from '../shared/adapters/dynamodb/audit-store.ts';
import { makeBulkJobs } from '../shared/adapters/dynamodb/bulk-jobs.ts';
import { makeCalendarStore } from '../shared/adapters/dynamodb/calendar-store.ts';
import { makeCursorStore, makeHeartbeat } from '../shared/adapters/dynamodb/cursor-store.ts';
import { makeDeadLetterStore } from '../shared/adapters/dynamodb/dead-letter-store.ts';
import { makeExecutionStore } from '../shared/adapters/dynamodb/execution-store.ts';
import { makeIdempotencyStore } from '../shared/adapters/dynamodb/idempotency-store.ts';
import { makeListings } from '../shared/adapters/dynamodb/listings.ts';
import { makeQueueControls } from '../shared/adapters/dynamodb/queue-controls.ts';
import { makeRateStore } from '../shared/adapters/dynamodb/rate-store.ts';
import { makeSemaphoreStore } from '../shared/adapters/dynamodb/semaphore-store.ts';
import { makeShardIndex } from '../shared/adapters/dynamodb/shard-index.ts';
import { makeStatsStore } from '../shared/adapters/dynamodb/stats-store.ts';
import { Table } from '../shared/adapters/dynamodb/table.ts';
import { makeTaskStore } from '../shared/adapters/dynamodb/task-store.ts';
import { makeTenantStore } from '../shared/adapters/dynamodb/tenant-store.ts';
import { makeVariableStore } from '../shared/adapters/dynamodb/variable-store.ts';
import { makeEvents, noEvents } from '../shared/adapters/eventbridge/events.ts';
import { makeQueueFeeds } from '../shared/adapters/lambda/queue-feeds.ts';
import { makeDispatchQueue } from '../shared/adapters/sqs/dispatch-queue.ts';
import { makeQueueInspector } from '../shared/adapters/sqs/queue-inspector.ts';
import { makeVisibility } from '../shared/adapters/sqs/visibility.ts';
import { makeWorkQueues } from '../shared/adapters/sqs/work-queues.ts';
import { systemClock } from '../shared/adapters/system/clock.ts';
import { systemIds } from '../shared/adapters/system/ids.ts';
import { makeLog } from '../shared/adapters/system/log.ts';
import { makeMetrics, metricsOutput } from '../shared/adapters/system/metrics.ts';
import { systemRandom } from '../shared/adapters/system/random.ts';
import { makeSenders } from '../shared/adapters/targets/senders.ts';
import { makeTargetRunner } from '../shared/adapters/targets/target-runner.ts';
import type { AllowedTargets } from '../shared/domain/allowed-targets.ts';
import { DAY_MS, SECOND_MS } from '../shared/domain/time.ts';
import type { Events, Log } from '../shared/ports.ts';
import { underTenantCap } from '../shared/usecases/run-execution/tenant-cap.ts';
import { countingEnds, makeEndCounter, NO_COUNTER } from '../shared/usecases/stats/count-ends.ts';
import { type Env, readEnv } from './env.ts';
import { memoryOfThreads } from './handler-memory.ts';
import { HandlerPool } from './handler-pool.ts';
import { withTargets } from './with-targets.ts';

/**
 * Composition root: the only place that builds clients, clock, random and ids. Each function takes what it
 * needs, so that its environment and its permissions stay as small.
 */
export const system = { clock: systemClock, random: systemRandom, ids: systemIds };

export const logger = new Logger({ serviceName: 'escapement' });

export const table = (name: string): Table =>
  new Table({ client: new DynamoDBClient({}), name, clock: systemClock, random: systemRandom });

/** A person waits for the answer, and the sweeper makes up for what was not told. */
export const lambdaClient = (): LambdaClient =>
  new LambdaClient({ maxAttempts: 2, requestHandler: { connectionTimeout: 2_000, requestTimeout: 4_000 } });

export const EVENTS = ['ESCAPEMENT_EVENT_BUS', 'ESCAPEMENT_SUCCESS_EVENTS'] as const;
export const METRICS = ['ESCAPEMENT_NAME', 'AWS_LAMBDA_LOG_LEVEL'] as const;

export function eventsOf(env: Pick<Env, (typeof EVENTS)[number]>, log: Log): Events {
  const bus = env.ESCAPEMENT_EVENT_BUS;
  if (bus === '') return noEvents;
  return makeEvents({
    client: new EventBridgeClient({}),
    bus,
    success: env.ESCAPEMENT_SUCCESS_EVENTS,
    log,
  });
}

export const metricsOf = (env: Pick<Env, (typeof METRICS)[number]>) =>
  makeMetrics(metricsOutput(env.ESCAPEMENT_NAME), {
    nowMs: systemClock.nowMs,
    logLevel: env.AWS_LAMBDA_LOG_LEVEL,
  });

/** Runs as those see them who may end them, and what counts their ends. */
export function countedRuns(store: Table, kept: Env['ESCAPEMENT_STATS'], log: Log) {
  const executions = makeExecutionStore(store);
  if (kept === undefined) return { executions, ends: NO_COUNTER };
  const stats = makeStatsStore(store, systemIds, kept);
  const ends = makeEndCounter({ stats, clock: systemClock, log });
  return { executions: countingEnds(executions, ends), ends, stats };
}

export const TARGETS = ['ESCAPEMENT_TARGETS', 'ESCAPEMENT_LOOPBACK_TARGETS'] as const;

export const targetsOf = (env: Pick<Env, (typeof TARGETS)[number]>): AllowedTargets => ({
  ...env.ESCAPEMENT_TARGETS,
  loopback: env.ESCAPEMENT_LOOPBACK_TARGETS,
});

export function tickRuntime() {
  const env = readEnv([
    'ESCAPEMENT_TABLE',
    'ESCAPEMENT_DISPATCH_QUEUE_URL',
    'ESCAPEMENT_SHARDS',
    'ESCAPEMENT_LOOK_AHEAD_SECONDS',
    'ESCAPEMENT_CANARY_QUEUE',
  ]);
  const store = table(env.ESCAPEMENT_TABLE);
  return {
    ...system,
    log: makeLog(logger),
    index: makeShardIndex(store),
    tasks: makeTaskStore(store),
    heartbeat: makeHeartbeat(store),
    canaryQueue: env.ESCAPEMENT_CANARY_QUEUE || undefined,
    dispatchQueue: makeDispatchQueue(new SQSClient({}), env.ESCAPEMENT_DISPATCH_QUEUE_URL),
    shards: env.ESCAPEMENT_SHARDS,
    lookAheadMs: env.ESCAPEMENT_LOOK_AHEAD_SECONDS * SECOND_MS,
  };
}

export function dispatchRuntime() {
  const env = readEnv([
    'ESCAPEMENT_TABLE',
    'ESCAPEMENT_QUEUES',
    'ESCAPEMENT_DISPATCH_QUEUE_URL',
    'ESCAPEMENT_LOOK_AHEAD_SECONDS',
    ...EVENTS,
  ]);
  const store = table(env.ESCAPEMENT_TABLE);
  const client = new SQSClient({});
  const log = makeLog(logger);
  return {
    ...system,
    log,
    events: eventsOf(env, log),
    tasks: makeTaskStore(store),
    executions: makeExecutionStore(store),
    index: makeShardIndex(store),
    cursors: makeCursorStore(store, systemIds),
    queueControls: makeQueueControls(store, systemIds),
    queues: makeWorkQueues({ client, targets: env.ESCAPEMENT_QUEUES, log }),
    dispatchQueue: makeDispatchQueue(client, env.ESCAPEMENT_DISPATCH_QUEUE_URL),
    lookAheadMs: env.ESCAPEMENT_LOOK_AHEAD_SECONDS * SECOND_MS,
  };
}

export function executorRuntime() {
  const env = readEnv([
    'ESCAPEMENT_TABLE',
    'ESCAPEMENT_QUEUES',
    'ESCAPEMENT_QUEUE',
    'ESCAPEMENT_RECYCLE_ABOVE_MB',
    'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
    'ESCAPEMENT_RETENTION_DAYS',
    'ESCAPEMENT_STATS',
    'ESCAPEMENT_TARGET_SIGNING_SECRET_ARN',
    ...TARGETS,
    ...EVENTS,
    ...METRICS,
  ]);
  const own = env.ESCAPEMENT_QUEUES[env.ESCAPEMENT_QUEUE];
  if (own === undefined) throw new Error(`ESCAPEMENT_QUEUES does not know ${env.ESCAPEMENT_QUEUE}`);
  const store = table(env.ESCAPEMENT_TABLE);
  const client = new SQSClient({});
  const log = makeLog(logger);
  const { executions, ends } = countedRuns(store, env.ESCAPEMENT_STATS, log);
  return {
    ends,
    queue: env.ESCAPEMENT_QUEUE,
    maxReceiveCount: own.maxReceiveCount,
    visibility: makeVisibility(client, own.url),
    executor: {
      ...system,
      log,
      events: eventsOf(env, log),
      metrics: metricsOf(env),
      tasks: underTenantCap(makeTaskStore(store), { tenants: makeTenantStore(store), clock: systemClock }),
      executions,
      variables: makeVariableStore(store, systemIds),
      semaphores: makeSemaphoreStore(store),
      rates: makeRateStore(store, systemIds),
      deadLetters: makeDeadLetterStore(store),
      calendars: makeCalendarStore(store),
      queues: makeWorkQueues({ client, targets: env.ESCAPEMENT_QUEUES, log }),
      handlers: withTargets(
        new HandlerPool(
          memoryOfThreads(env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE, env.ESCAPEMENT_RECYCLE_ABOVE_MB),
        ),
        makeTargetRunner({
          allowed: targetsOf(env),
          senders: makeSenders({
            clock: systemClock,
            signingSecretArn: env.ESCAPEMENT_TARGET_SIGNING_SECRET_ARN,
          }),
        }),
      ),
      retentionMs: env.ESCAPEMENT_RETENTION_DAYS * DAY_MS,
    },
  };
}

export function sweeperRuntime() {
  const env = readEnv([
    'ESCAPEMENT_TABLE',
    'ESCAPEMENT_QUEUES',
    'ESCAPEMENT_EVENT_SOURCES',
    'ESCAPEMENT_SHARDS',
    'ESCAPEMENT_RETENTION_DAYS',
    'ESCAPEMENT_AUDIT_RETENTION_DAYS',
    'ESCAPEMENT_STATS',
    ...EVENTS,
    ...METRICS,
  ]);
  const store = table(env.ESCAPEMENT_TABLE);
  const client = new SQSClient({});
  const log = makeLog(logger);
  const tasks = makeTaskStore(store);
  return {
    ...system,
    log,
    events: eventsOf(env, log),
    metrics: metricsOf(env),
    index: makeShardIndex(store),
    cursors: makeCursorStore(store, systemIds),
    queueControls: makeQueueControls(store, systemIds),
    queueFeeds: makeQueueFeeds(lambdaClient(), env.ESCAPEMENT_EVENT_SOURCES),
    queueWorkers: env.ESCAPEMENT_EVENT_SOURCES,
    tasks,
    ...countedRuns(store, env.ESCAPEMENT_STATS, log),
    deadLetters: makeDeadLetterStore(store),
    semaphores: makeSemaphoreStore(store),
    queues: makeWorkQueues({ client, targets: env.ESCAPEMENT_QUEUES, log }),
    shards: env.ESCAPEMENT_SHARDS,
    audit: makeAuditStore(store),
    auditRetentionMs: env.ESCAPEMENT_AUDIT_RETENTION_DAYS * DAY_MS,
    retentionMs: env.ESCAPEMENT_RETENTION_DAYS * DAY_MS,
    bulkJobs: makeBulkJobs(store),
    listings: makeListings(store, { shards: env.ESCAPEMENT_SHARDS, tasks }),
    idempotency: makeIdempotencyStore(store, systemClock),
    calendars: makeCalendarStore(store),
    queueInspector: makeQueueInspector(client, env.ESCAPEMENT_QUEUES),
    queueNames: Object.keys(env.ESCAPEMENT_QUEUES),
  };
}
