import { SQSClient } from '@aws-sdk/client-sqs';
import { answerCloudFormation } from '../shared/adapters/cloudformation/answer.ts';
import { makeLog } from '../shared/adapters/system/log.ts';
import { EDITS, editsOf } from './edits-runtime.ts';
import { readEnv } from './env.ts';
import { EVENTS, eventsOf, logger, system, table } from './runtime.ts';

export function declareRuntime() {
  const env = readEnv(['ESCAPEMENT_TABLE', ...EDITS, ...EVENTS]);
  const store = table(env.ESCAPEMENT_TABLE);
  const log = makeLog(logger);
  return {
    ...system,
    log,
    answer: answerCloudFormation,
    events: eventsOf(env, log),
    ...editsOf(env, { store, client: new SQSClient({}), log }),
  };
}
