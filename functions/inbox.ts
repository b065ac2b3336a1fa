import middy from '@middy/core';
import type { SQSBatchResponse } from 'aws-lambda';
import handlers from '#handlers';
import { makeRegistry } from '../shared/contract/handler.ts';
import type { EndCounter } from '../shared/stats-ports.ts';
import { handleInboxMessage, type InboxMessageDeps } from './inbox-message.ts';
import { inboxRuntime } from './inbox-runtime.ts';
import { recordsOf } from './sqs-records.ts';

/** One batch from outside: every message on its own, and only those kept are reported as failed. */
export const makeInboxHandler =
  (deps: InboxMessageDeps & { ends: EndCounter }) =>
  async (event: unknown): Promise<SQSBatchResponse> => {
    const outcomes = await Promise.all(
      recordsOf(event).map(async (record) => ({
        itemIdentifier: record.messageId,
        outcome: await handleInboxMessage(deps, record),
      })),
    );
    await deps.ends.flush();
    const kept = outcomes.filter(({ outcome }) => outcome === 'kept');
    return { batchItemFailures: kept.map(({ itemIdentifier }) => ({ itemIdentifier })) };
  };

export const handler = middy(makeInboxHandler({ ...inboxRuntime(), handlers: makeRegistry(handlers) }));
