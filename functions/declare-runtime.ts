import { SQSClient } from '@aws-sdk/client-sqs';
import { answerCloudFormation } from '../shared/adapters/cloudformation/answer.ts';
import { makeAuditStore } from '../shared/adapters/dynamodb/audit-store.ts';
import { makeCalendarStore } from '../shared/adapters/dynamodb/calendar-store.ts';
import { makeQueueControls } from '../shared/adapters/dynamodb/queue-controls.ts';
import { makeTaskStore } from '../shared/adapters/dynamodb/task-store.ts';
import { makeQueueInspector } from '../shared/adapters/sqs/queue-inspector.ts';
import { makeWorkQueues } from '../shared/adapters/sqs/work-queues.ts';
import { systemIds } from '../shared/adapters/system/ids.ts';
import { makeLog } from '../shared/adapters/system/log.ts';
import { DAY_MS } from '../shared/domain/time.ts';
import { readEnv } from './env.ts';
import { EVENTS, eventsOf, logger, system, TARGETS, table, targetsOf } from './runtime.ts';

export function declareRuntime() {
  const env = readEnv([
    'ESCAPEMENT_TABLE',
    'ESCAPEMENT_QUEUES',
    'ESCAPEMENT_QUEUE_DEFAULTS',
    'ESCAPEMENT_SHARDS',
    'ESCAPEMENT_RETENTION_DAYS',
    'ESCAPEMENT_AUDIT_RETENTION_DAYS',
    ...TARGETS,
    ...EVENTS,
  ]);
  const store = table(env.ESCAPEMENT_TABLE);
  const client = new SQSClient({});
  const log = makeLog(logger);
  return {
    ...system,
    log,
    answer: answerCloudFormation,
    events: eventsOf(env, log),
    targets: targetsOf(env),
    tasks: makeTaskStore(store),
    calendars: makeCalendarStore(store),
    audit: makeAuditStore(store),
    workQueues: makeWorkQueues({ client, targets: env.ESCAPEMENT_QUEUES, log }),
    queueInspector: makeQueueInspector(client, env.ESCAPEMENT_QUEUES),
    queueControls: makeQueueControls(store, systemIds),
    queueDefaults: env.ESCAPEMENT_QUEUE_DEFAULTS,
    shards: env.ESCAPEMENT_SHARDS,
    retentionMs: env.ESCAPEMENT_RETENTION_DAYS * DAY_MS,
    auditRetentionMs: env.ESCAPEMENT_AUDIT_RETENTION_DAYS * DAY_MS,
  };
}
