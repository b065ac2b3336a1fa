import type { SQSClient } from '@aws-sdk/client-sqs';
import { makeAuditStore } from '../shared/adapters/dynamodb/audit-store.ts';
import { makeCalendarStore } from '../shared/adapters/dynamodb/calendar-store.ts';
import { makeQueueControls } from '../shared/adapters/dynamodb/queue-controls.ts';
import type { Table } from '../shared/adapters/dynamodb/table.ts';
import { makeTaskStore } from '../shared/adapters/dynamodb/task-store.ts';
import { makeQueueInspector } from '../shared/adapters/sqs/queue-inspector.ts';
import { makeWorkQueues } from '../shared/adapters/sqs/work-queues.ts';
import { systemIds } from '../shared/adapters/system/ids.ts';
import { DAY_MS } from '../shared/domain/time.ts';
import type { Log } from '../shared/ports.ts';
import type { Env } from './env.ts';
import { TARGETS, targetsOf } from './runtime.ts';

export const EDITS = [
  'ESCAPEMENT_QUEUES',
  'ESCAPEMENT_QUEUE_DEFAULTS',
  'ESCAPEMENT_SHARDS',
  'ESCAPEMENT_RETENTION_DAYS',
  'ESCAPEMENT_AUDIT_RETENTION_DAYS',
  ...TARGETS,
] as const;

/** What every function has that makes tasks and changes them, whoever asks for it. */
export const editsOf = (
  env: Pick<Env, (typeof EDITS)[number]>,
  { store, client, log }: { store: Table; client: SQSClient; log: Log },
) => ({
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
});
