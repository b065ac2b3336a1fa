import type { SQSRecord } from 'aws-lambda';
import handlers from '#handlers';
import { handleInboxMessage } from '../../functions/inbox-message.ts';
import { makeRegistry } from '../../shared/contract/handler.ts';
import type { EventRules } from '../../shared/contract/inbox.ts';
import type { Inbox } from '../../shared/ports.ts';
import { MemoryQueue, makeMemoryVisibility, type ReceivedMessage } from './memory-queues.ts';
import { definition, makeSchedulerWorld } from './scheduler-world.ts';

const VISIBILITY_MS = 180_000;

/** The scheduler with an inbox, whose messages are handed over as the event source mapping does. */
export function makeInboxWorld(rules: EventRules = {}) {
  const w = makeSchedulerWorld();
  const deadLetters = new MemoryQueue(w.clock, VISIBILITY_MS);
  const queue = new MemoryQueue(w.clock, VISIBILITY_MS, deadLetters);
  const { timeoutSeconds, retry } = definition();
  const inbox: Inbox = {
    ...makeMemoryVisibility(queue),
    async refuse(body, reason) {
      await w.hooks.before?.('inbox.refuse', [body, reason]);
      deadLetters.add(body, 0, { kind: 'refused', reason });
      await w.hooks.after?.('inbox.refuse', [body, reason]);
    },
  };
  const deps = {
    ...w,
    inbox,
    rules,
    handlers: makeRegistry(handlers),
    queueDefaults: { default: { priority: 5, workers: 20, timeoutSeconds, retry } },
    shards: 1,
    retentionMs: w.executor.retentionMs,
  };
  return {
    ...w,
    deps,
    send: (message: unknown) => queue.add(typeof message === 'string' ? message : JSON.stringify(message)),
    /** One batch; what was handled is deleted. */
    async receive(): Promise<number> {
      const received = queue.receive(10);
      for (const message of received)
        if ((await handleInboxMessage(deps, recordOf(message))) === 'handled')
          queue.remove(message.receiptHandle);
      return received.length;
    },
    waiting: () => queue.depth(),
    /** What was set aside, with the reason. */
    refused: () =>
      deadLetters.receive(10).map(({ body, attributes }) => ({ body, reason: attributes.reason })),
  };
}

const recordOf = ({ body, receiptHandle, receiveCount }: ReceivedMessage): SQSRecord => ({
  messageId: receiptHandle,
  receiptHandle,
  body: String(body),
  attributes: {
    ApproximateReceiveCount: String(receiveCount),
    ApproximateFirstReceiveTimestamp: '0',
    SenderId: 'test',
    SentTimestamp: '0',
  },
  messageAttributes: {},
  md5OfBody: '',
  eventSource: 'aws:sqs',
  eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:escapement-inbox',
  awsRegion: 'us-east-1',
});
