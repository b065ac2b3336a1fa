import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { SQSClient } from '@aws-sdk/client-sqs';
import registered from '../../functions/handlers/index.ts';
import { makeAuditStore } from '../../shared/adapters/dynamodb/audit-store.ts';
import { makeBulkJobs } from '../../shared/adapters/dynamodb/bulk-jobs.ts';
import { makeCalendarStore } from '../../shared/adapters/dynamodb/calendar-store.ts';
import { makeCursorStore, makeHeartbeat } from '../../shared/adapters/dynamodb/cursor-store.ts';
import { makeDeadLetterStore } from '../../shared/adapters/dynamodb/dead-letter-store.ts';
import { makeExecutionStore } from '../../shared/adapters/dynamodb/execution-store.ts';
import { makeIdempotencyStore } from '../../shared/adapters/dynamodb/idempotency-store.ts';
import { makeListings } from '../../shared/adapters/dynamodb/listings.ts';
import { makeQueueControls } from '../../shared/adapters/dynamodb/queue-controls.ts';
import { makeRateStore } from '../../shared/adapters/dynamodb/rate-store.ts';
import { makeSemaphoreStore } from '../../shared/adapters/dynamodb/semaphore-store.ts';
import { makeShardIndex } from '../../shared/adapters/dynamodb/shard-index.ts';
import { makeStatsStore } from '../../shared/adapters/dynamodb/stats-store.ts';
import { Table } from '../../shared/adapters/dynamodb/table.ts';
import { makeTaskStore } from '../../shared/adapters/dynamodb/task-store.ts';
import { makeVariableStore } from '../../shared/adapters/dynamodb/variable-store.ts';
import { makeEvents } from '../../shared/adapters/eventbridge/events.ts';
import { makeDispatchQueue } from '../../shared/adapters/sqs/dispatch-queue.ts';
import { makeInbox } from '../../shared/adapters/sqs/inbox.ts';
import { makeQueueInspector } from '../../shared/adapters/sqs/queue-inspector.ts';
import type { QueueTargets } from '../../shared/adapters/sqs/queue-targets.ts';
import { makeVisibility } from '../../shared/adapters/sqs/visibility.ts';
import { makeWorkQueues } from '../../shared/adapters/sqs/work-queues.ts';
import { makeRegistry } from '../../shared/contract/handler.ts';
import type { EventRules } from '../../shared/contract/inbox.ts';
import { NO_TARGETS } from '../../shared/domain/allowed-targets.ts';
import type { RetryPolicy } from '../../shared/domain/task.ts';
import { DAY_MS } from '../../shared/domain/time.ts';
import type { Log, Metrics } from '../../shared/ports.ts';
import { countingEnds, makeEndCounter, NO_COUNTER } from '../../shared/usecases/stats/count-ends.ts';
import type { SimulatedDynamo } from './aws/dynamodb.ts';
import type { SimulatedSqs } from './aws/sqs.ts';
import { describeDynamo, describeSqs, isDynamoWrite } from './describe.ts';
import { makeClient, type Outages, type Service, type Wire } from './network.ts';
import type { Prng } from './prng.ts';
import type { Process } from './process.ts';

export const SHARDS = 2;
const NAMES = ['default', 'other'] as const;
export const MAX_RECEIVES = 20;
export const DISPATCH_URL = 'https://sqs.invalid/dispatch';
export const INBOX_URL = 'https://sqs.invalid/inbox';
const url = (name: string) => `https://sqs.invalid/${name}`;

export const TARGETS: QueueTargets = Object.fromEntries(
  NAMES.map((name) => [
    name,
    {
      url: url(name),
      arn: `arn:aws:sqs:us-east-1:0:${name}`,
      dlqUrl: url(`${name}-dlq`),
      maxReceiveCount: MAX_RECEIVES,
    },
  ]),
);
const retry: RetryPolicy = { strategy: 'fixed', limit: 2, baseSeconds: 10, maxSeconds: 60, jitter: 'none' };
const deployed = { priority: 0, workers: 4, timeoutSeconds: 30, retry };

/** What all processes share. */
export interface Cloud {
  wire: Wire;
  dynamo: SimulatedDynamo;
  sqs: SimulatedSqs;
  outages: Outages;
  random: Prng;
  /** What ends is counted. */
  counts: boolean;
  told(type: string, id: string): void;
}

const STATS_KEPT = { minute: 2 * DAY_MS, hour: 35 * DAY_MS, day: 400 * DAY_MS };

/** Events of each rule trigger one task. */
export const EVENT_RULES: EventRules = {
  'on-0': { trigger: 'task-0', payload: 'detail' },
  'on-1': { trigger: 'task-1', payload: 'event', delaySeconds: 10 },
  'on-2': { trigger: 'task-2' },
};

const registry = makeRegistry(registered);
const HEX = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const silent: Metrics = {
  runSucceeded() {},
  attemptFailed() {},
  runDead() {},
  startedLate() {},
  canaryRan() {},
  flush() {},
};

/** The adapters that ship, on simulated clients of one process. */
export function adaptersOf(cloud: Cloud, process: Process) {
  const { wire, random, dynamo, sqs, outages } = cloud;
  const events: Service = {
    name: 'events',
    describe: (command) =>
      command instanceof PutEventsCommand ? `tells ${command.input.Entries?.[0]?.DetailType}` : 'tells',
    isWrite: () => true,
    execute(command) {
      if (!(command instanceof PutEventsCommand)) throw new TypeError('not simulated');
      if (wire.faults.happens('busAway')) return { Entries: [{ ErrorCode: 'InternalFailure' }] };
      for (const { DetailType = '', Detail = '' } of command.input.Entries ?? [])
        cloud.told(DetailType, JSON.parse(Detail).id);
      return { Entries: [{}] };
    },
  };
  const clientOf = (service: Service) => makeClient(wire, outages, process, service);
  // All that the adapters use of a client.
  const dynamoClient = clientOf({
    name: 'dynamodb',
    execute: (command) => dynamo.execute(command, process.name),
    describe: describeDynamo,
    isWrite: isDynamoWrite,
  }) as unknown as DynamoDBClient;
  const sqsClient = clientOf({
    name: 'sqs',
    execute: (command) => sqs.execute(command),
    describe: describeSqs,
    isWrite: () => true,
  }) as unknown as SQSClient;
  const busClient = clientOf(events) as unknown as EventBridgeClient;

  const { clock } = process;
  const log = logOf(wire, process);
  const letters = (count: number) => Array.from({ length: count }, () => HEX[random.int(0, 31)]).join('');
  const ids = {
    ulid: (nowMs: number) =>
      (
        nowMs
          .toString(32)
          .toUpperCase()
          .replace(/[ILOU]/g, 'Z')
          .padStart(10, '0') + letters(16)
      ).slice(0, 26),
    nonce: () => letters(16),
  };
  const table = new Table({ client: dynamoClient, name: 'scheduler', clock, random });
  const countedRuns = () => {
    const executions = makeExecutionStore(table);
    if (!cloud.counts) return { executions, ends: NO_COUNTER };
    const stats = makeStatsStore(table, ids, STATS_KEPT);
    const ends = makeEndCounter({ stats, clock, log });
    return { executions: countingEnds(executions, ends), ends, stats, statsKept: STATS_KEPT };
  };
  const tasks = makeTaskStore(table);
  const queues = makeWorkQueues({ client: sqsClient, targets: TARGETS, log });
  return {
    clock,
    log,
    ids,
    random: { next: () => random.next() },
    metrics: silent,
    events: makeEvents({ client: busClient, bus: 'events', success: false, log }),
    ...countedRuns(),
    tasks,
    index: makeShardIndex(table),
    cursors: makeCursorStore(table, ids),
    heartbeat: makeHeartbeat(table),
    semaphores: makeSemaphoreStore(table),
    rates: makeRateStore(table, ids),
    queueControls: makeQueueControls(table, ids),
    calendars: makeCalendarStore(table),
    variables: makeVariableStore(table, ids),
    idempotency: makeIdempotencyStore(table, clock),
    deadLetters: makeDeadLetterStore(table),
    listings: makeListings(table, { shards: SHARDS, tasks }),
    bulkJobs: makeBulkJobs(table),
    audit: makeAuditStore(table),
    queues,
    workQueues: queues,
    dispatchQueue: makeDispatchQueue(sqsClient, DISPATCH_URL),
    queueInspector: makeQueueInspector(sqsClient, TARGETS),
    inbox: makeInbox(sqsClient, INBOX_URL),
    rules: EVENT_RULES,
    visibilityOf: (name: string) => makeVisibility(sqsClient, url(name)),
    queueFeeds: { look: async () => undefined, set: async () => true },
    queueWorkers: {},
    queueNames: [...NAMES],
    queueDefaults: Object.fromEntries(NAMES.map((name) => [name, deployed])),
    handlers: registry,
    targets: NO_TARGETS,
    canaryQueue: undefined,
    shards: SHARDS,
    lookAheadMs: 75_000,
    retentionMs: 30 * DAY_MS,
    auditRetentionMs: 30 * DAY_MS,
  };
}
export type Adapters = ReturnType<typeof adaptersOf>;

function logOf({ trace }: Wire, process: Process): Log {
  const say =
    (level: string) =>
    (message: string, fields?: object, cause?: unknown): void =>
      trace(() => `${process.name} ${level}: ${message} ${JSON.stringify(fields ?? {})} ${cause ?? ''}`);
  return { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') };
}
