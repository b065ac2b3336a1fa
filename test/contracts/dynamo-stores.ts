import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
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
import { makeTenantStore } from '../../shared/adapters/dynamodb/tenant-store.ts';
import { makeTokenStore } from '../../shared/adapters/dynamodb/token-store.ts';
import { makeVariableStore } from '../../shared/adapters/dynamodb/variable-store.ts';
import { systemClock } from '../../shared/adapters/system/clock.ts';
import { systemIds } from '../../shared/adapters/system/ids.ts';
import { systemRandom } from '../../shared/adapters/system/random.ts';
import type { StoreWorld } from './store.contract.ts';

const DAY_MS = 86_400_000;
const KEPT = { minute: 36_500 * DAY_MS, hour: 36_500 * DAY_MS, day: 36_500 * DAY_MS };

/** The DynamoDB stores on whatever speaks DynamoDB. */
export function dynamoStores(client: DynamoDBClient, tableName: string): StoreWorld {
  const table = new Table({ client, name: tableName, clock: systemClock, random: systemRandom });
  const tasks = makeTaskStore(table);
  return {
    tasks,
    executions: makeExecutionStore(table),
    shardIndex: makeShardIndex(table),
    listings: makeListings(table, { shards: 4, tasks }),
    cursors: makeCursorStore(table, systemIds),
    heartbeat: makeHeartbeat(table),
    semaphores: makeSemaphoreStore(table),
    rates: makeRateStore(table, systemIds),
    queueControls: makeQueueControls(table, systemIds),
    idempotency: makeIdempotencyStore(table, systemClock),
    tokens: makeTokenStore(table),
    tenants: makeTenantStore(table),
    variables: makeVariableStore(table, systemIds),
    deadLetters: makeDeadLetterStore(table),
    calendars: makeCalendarStore(table),
    bulkJobs: makeBulkJobs(table),
    audit: makeAuditStore(table),
    stats: makeStatsStore(table, systemIds, KEPT),
    nowMs: systemClock.nowMs,
  };
}
