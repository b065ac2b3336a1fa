import type { Context } from 'aws-lambda';

/**
 * The loops of the Lambda functions as they ship. Each module also builds its own function when it is loaded, from the
 * environment; that one is never called here.
 */
const queue = { name: 'default', url: 'https://sqs.invalid/default', arn: 'arn:aws:sqs:us-east-1:0:default' };
Object.assign(process.env, {
  AWS_REGION: 'us-east-1',
  ESCAPEMENT_TABLE: 'scheduler',
  ESCAPEMENT_QUEUES: JSON.stringify({ like: queue, maxReceiveCounts: { default: 20 } }),
  ESCAPEMENT_QUEUE: 'default',
  ESCAPEMENT_DISPATCH_QUEUE_URL: 'https://sqs.invalid/dispatch',
  ESCAPEMENT_SHARDS: '1',
  ESCAPEMENT_LOOK_AHEAD_SECONDS: '75',
  ESCAPEMENT_RETENTION_DAYS: '30',
  ESCAPEMENT_AUDIT_RETENTION_DAYS: '30',
  ESCAPEMENT_STATS: '',
  ESCAPEMENT_RECYCLE_ABOVE_MB: '',
  ESCAPEMENT_TARGET_SIGNING_SECRET_ARN: '',
  ESCAPEMENT_TARGETS: '{}',
  ESCAPEMENT_EVENT_SOURCES: '{}',
  ESCAPEMENT_EVENT_BUS: '',
  ESCAPEMENT_SUCCESS_EVENTS: 'false',
  ESCAPEMENT_CANARY_QUEUE: '',
  ESCAPEMENT_NAME: 'simulated',
  ESCAPEMENT_QUEUE_DEFAULTS: '{}',
  ESCAPEMENT_INBOX_QUEUE_URL: 'https://sqs.invalid/inbox',
  ESCAPEMENT_EVENT_RULES: '{}',
});
const [tick, dispatch, sweeper, inbox] = await Promise.all([
  import('../../functions/tick.ts'),
  import('../../functions/dispatch.ts'),
  import('../../functions/sweeper.ts'),
  import('../../functions/inbox.ts'),
]);

export type FunctionHandler = (event: never, context: Context) => Promise<unknown>;
export const { makeTick } = tick;
export const { makeDispatch } = dispatch;
export { makeExecutor } from '../../functions/work-batch.ts';
export const { makeSweeper } = sweeper;
export const { makeInboxHandler } = inbox;
