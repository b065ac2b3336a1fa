import { SQSClient } from '@aws-sdk/client-sqs';
import { makeAuditStore } from '../shared/adapters/dynamodb/audit-store.ts';
import { makeCalendarStore } from '../shared/adapters/dynamodb/calendar-store.ts';
import { makeIdempotencyStore } from '../shared/adapters/dynamodb/idempotency-store.ts';
import { makeQueueControls } from '../shared/adapters/dynamodb/queue-controls.ts';
import { makeTaskStore } from '../shared/adapters/dynamodb/task-store.ts';
import { makeInbox } from '../shared/adapters/sqs/inbox.ts';
import { makeQueueInspector } from '../shared/adapters/sqs/queue-inspector.ts';
import { makeWorkQueues } from '../shared/adapters/sqs/work-queues.ts';
import { systemClock } from '../shared/adapters/system/clock.ts';
import { systemIds } from '../shared/adapters/system/ids.ts';
import { makeLog } from '../shared/adapters/system/log.ts';
import { DAY_MS } from '../shared/domain/time.ts';
import { readEnv } from './env.ts';
import { countedRuns, logger, system, TARGETS, table, targetsOf } from './runtime.ts';

export function inboxRuntime() {
  const env = readEnv([
    'ESCAPEMENT_TABLE',
    'ESCAPEMENT_QUEUES',
    'ESCAPEMENT_QUEUE_DEFAULTS',
    'ESCAPEMENT_SHARDS',
    'ESCAPEMENT_RETENTION_DAYS',
    'ESCAPEMENT_AUDIT_RETENTION_DAYS',
    'ESCAPEMENT_STATS',
    'ESCAPEMENT_INBOX_QUEUE_URL',
    'ESCAPEMENT_EVENT_RULES',
    ...TARGETS,
  ]);
  const store = table(env.ESCAPEMENT_TABLE);
  const client = new SQSClient({});
  const log = makeLog(logger);
  return {
    ...system,
    log,
    inbox: makeInbox(client, env.ESCAPEMENT_INBOX_QUEUE_URL),
    rules: env.ESCAPEMENT_EVENT_RULES,
    targets: targetsOf(env),
    tasks: makeTaskStore(store),
    ...countedRuns(store, env.ESCAPEMENT_STATS, log),
    calendars: makeCalendarStore(store),
    audit: makeAuditStore(store),
    idempotency: makeIdempotencyStore(store, systemClock),
    workQueues: makeWorkQueues({ client, targets: env.ESCAPEMENT_QUEUES, log }),
    queueInspector: makeQueueInspector(client, env.ESCAPEMENT_QUEUES),
    queueControls: makeQueueControls(store, systemIds),
    queueDefaults: env.ESCAPEMENT_QUEUE_DEFAULTS,
    shards: env.ESCAPEMENT_SHARDS,
    retentionMs: env.ESCAPEMENT_RETENTION_DAYS * DAY_MS,
    auditRetentionMs: env.ESCAPEMENT_AUDIT_RETENTION_DAYS * DAY_MS,
  };
}
