import middy from '@middy/core';
import type { Context, SQSBatchResponse } from 'aws-lambda';
import { DispatchMessageSchema } from '../shared/messages.ts';
import { dispatchShard } from '../shared/usecases/dispatch-shard.ts';
import { dispatchRuntime } from './runtime.ts';
import { recordsOf } from './sqs-records.ts';

/** One message is one shard. A message that cannot be read goes to the dead-letter queue by its receive count. */
export const makeDispatch =
  (deps: ReturnType<typeof dispatchRuntime>) =>
  async (event: unknown, context: Context): Promise<SQSBatchResponse> => {
    const outcomes = await Promise.all(
      recordsOf(event).map(async (record) => {
        try {
          const message = DispatchMessageSchema.parse(JSON.parse(record.body));
          const { hinted } = await dispatchShard(deps, message, () => context.getRemainingTimeInMillis());
          deps.log.info('shard dispatched', { shard: message.shard, hinted });
          return [];
        } catch (error) {
          deps.log.error('shard not dispatched', { messageId: record.messageId }, error);
          return [{ itemIdentifier: record.messageId }];
        }
      }),
    );
    return { batchItemFailures: outcomes.flat() };
  };

export const handler = middy(makeDispatch(dispatchRuntime()));
