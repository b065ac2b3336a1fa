import { SQSClient } from '@aws-sdk/client-sqs';
import { makeIdempotencyStore } from '../shared/adapters/dynamodb/idempotency-store.ts';
import { makeInbox } from '../shared/adapters/sqs/inbox.ts';
import { systemClock } from '../shared/adapters/system/clock.ts';
import { makeLog } from '../shared/adapters/system/log.ts';
import { EDITS, editsOf } from './edits-runtime.ts';
import { readEnv } from './env.ts';
import { countedRuns, logger, system, table } from './runtime.ts';

export function inboxRuntime() {
  const env = readEnv([
    'ESCAPEMENT_TABLE',
    'ESCAPEMENT_STATS',
    'ESCAPEMENT_INBOX_QUEUE_URL',
    'ESCAPEMENT_EVENT_RULES',
    ...EDITS,
  ]);
  const store = table(env.ESCAPEMENT_TABLE);
  const client = new SQSClient({});
  const log = makeLog(logger);
  return {
    ...system,
    log,
    inbox: makeInbox(client, env.ESCAPEMENT_INBOX_QUEUE_URL),
    rules: env.ESCAPEMENT_EVENT_RULES,
    ...editsOf(env, { store, client, log }),
    ...countedRuns(store, env.ESCAPEMENT_STATS, log),
    idempotency: makeIdempotencyStore(store, systemClock),
  };
}
