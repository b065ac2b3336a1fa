import * as z from 'zod';
import { type Action, action, QueueUrl, runBatch } from './action.ts';
import { invalidParameter, SqsError } from './errors.ts';
import {
  MAX_BATCH_BYTES,
  type MessageAttributes,
  type MessageInput,
  MessageInputSchema,
  md5OfAttributes,
  messageBytes,
  messageContent,
  type QueuedMessage,
} from './message.ts';
import type { Queue } from './queue.ts';

const Seconds = z.number().int();

export const messageActions: Readonly<Record<string, Action>> = {
  SendMessage: action(MessageInputSchema.extend({ QueueUrl }), (input, { store }) => {
    const queue = store.byUrl(input.QueueUrl);
    const sent = send(queue, input);
    queue.serveWaiters();
    return sent;
  }),

  SendMessageBatch: action(
    z.object({ QueueUrl, Entries: z.array(MessageInputSchema.extend({ Id: z.string() })) }),
    (input, { store }) => {
      const queue = store.byUrl(input.QueueUrl);
      const bytes = input.Entries.reduce((sum, entry) => sum + messageBytes(entry), 0);
      if (bytes > MAX_BATCH_BYTES) {
        throw new SqsError(
          'BatchRequestTooLong',
          `Batch requests cannot be longer than ${MAX_BATCH_BYTES} bytes. You have sent ${bytes} bytes.`,
        );
      }
      const result = runBatch(input.Entries, (entry) => send(queue, entry));
      // After the whole batch, so that one who waits gets it whole.
      queue.serveWaiters();
      return result;
    },
  ),

  ReceiveMessage: action(
    z.object({
      QueueUrl,
      MaxNumberOfMessages: z.number().int().optional(),
      VisibilityTimeout: Seconds.optional(),
      WaitTimeSeconds: Seconds.optional(),
      AttributeNames: z.array(z.string()).optional(),
      MessageSystemAttributeNames: z.array(z.string()).optional(),
      MessageAttributeNames: z.array(z.string()).optional(),
    }),
    async (input, { store, signal }) => {
      const queue = store.byUrl(input.QueueUrl);
      const max = inRange('MaxNumberOfMessages', input.MaxNumberOfMessages ?? 1, 1, 10);
      const waitSeconds = inRange(
        'WaitTimeSeconds',
        input.WaitTimeSeconds ?? queue.settings.waitSeconds,
        0,
        20,
      );
      const visibilitySeconds = visibility(input.VisibilityTimeout ?? queue.settings.visibilitySeconds);
      const messages = await queue.receive({ max, visibilitySeconds, waitSeconds, signal });
      if (messages.length === 0) return {};
      const system = [...(input.AttributeNames ?? []), ...(input.MessageSystemAttributeNames ?? [])];
      const names = input.MessageAttributeNames ?? [];
      return {
        Messages: messages.map((message) => received(message, system, names, store.options.accountId)),
      };
    },
  ),

  DeleteMessage: action(z.object({ QueueUrl, ReceiptHandle: z.string() }), (input, { store }) => {
    store.byUrl(input.QueueUrl).delete(input.ReceiptHandle);
    return {};
  }),

  DeleteMessageBatch: action(
    z.object({ QueueUrl, Entries: z.array(z.object({ Id: z.string(), ReceiptHandle: z.string() })) }),
    (input, { store }) => {
      const queue = store.byUrl(input.QueueUrl);
      return runBatch(input.Entries, (entry) => {
        queue.delete(entry.ReceiptHandle);
        return {};
      });
    },
  ),

  ChangeMessageVisibility: action(
    z.object({ QueueUrl, ReceiptHandle: z.string(), VisibilityTimeout: Seconds }),
    (input, { store }) => {
      const queue = store.byUrl(input.QueueUrl);
      queue.changeVisibility(input.ReceiptHandle, visibility(input.VisibilityTimeout));
      return {};
    },
  ),

  ChangeMessageVisibilityBatch: action(
    z.object({
      QueueUrl,
      Entries: z.array(z.object({ Id: z.string(), ReceiptHandle: z.string(), VisibilityTimeout: Seconds })),
    }),
    (input, { store }) => {
      const queue = store.byUrl(input.QueueUrl);
      return runBatch(input.Entries, (entry) => {
        queue.changeVisibility(entry.ReceiptHandle, visibility(entry.VisibilityTimeout));
        return {};
      });
    },
  ),
};

function send(queue: Queue, input: MessageInput): object {
  const delay = input.DelaySeconds ?? queue.settings.delaySeconds;
  if (delay < 0 || delay > 900) {
    throw invalidParameter('DelaySeconds', delay, 'DelaySeconds must be >= 0 and <= 900.');
  }
  const message = queue.send(messageContent(input, queue.settings.maximumMessageBytes), delay);
  const md5OfSystemAttributes = md5OfAttributes(input.MessageSystemAttributes ?? {});
  const md5 = md5OfAttributes(message.attributes);
  return {
    MessageId: message.id,
    MD5OfMessageBody: message.md5OfBody,
    ...(md5 === undefined ? {} : { MD5OfMessageAttributes: md5 }),
    ...(md5OfSystemAttributes === undefined ? {} : { MD5OfMessageSystemAttributes: md5OfSystemAttributes }),
  };
}

function received(message: QueuedMessage, system: string[], names: string[], senderId: string): object {
  const attributes = chosenAttributes(message.attributes, names);
  const md5 = md5OfAttributes(attributes);
  const systemAttributes = chosenSystemAttributes(message, system, senderId);
  return {
    MessageId: message.id,
    ReceiptHandle: message.receiptHandle,
    MD5OfBody: message.md5OfBody,
    Body: message.body,
    ...(Object.keys(systemAttributes).length === 0 ? {} : { Attributes: systemAttributes }),
    // The digest covers what is returned, not what was sent.
    ...(md5 === undefined ? {} : { MD5OfMessageAttributes: md5, MessageAttributes: attributes }),
  };
}

function chosenSystemAttributes(
  message: QueuedMessage,
  names: string[],
  senderId: string,
): Record<string, string> {
  if (names.length === 0) return {};
  const all = names.includes('All');
  const values: Record<string, string | undefined> = {
    SenderId: senderId,
    SentTimestamp: String(message.sentAt),
    ApproximateReceiveCount: String(message.receiveCount),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
    MessageGroupId: message.groupId,
    AWSTraceHeader: message.traceHeader,
    DeadLetterQueueSourceArn: message.deadLetteredFrom,
  };
  const chosen: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && (all || names.includes(name))) chosen[name] = value;
  }
  return chosen;
}

/** By exact name, by prefix (`trace.*`), or all. */
function chosenAttributes(attributes: MessageAttributes, names: string[]): MessageAttributes {
  if (names.includes('All') || names.includes('.*')) return attributes;
  const prefixes = names.filter((name) => name.endsWith('.*')).map((name) => name.slice(0, -2));
  return Object.fromEntries(
    Object.entries(attributes).filter(
      ([name]) => names.includes(name) || prefixes.some((prefix) => name.startsWith(prefix)),
    ),
  );
}

function inRange(name: string, value: number, min: number, max: number): number {
  if (value >= min && value <= max) return value;
  throw invalidParameter(name, value, `Must be >= ${min} and <= ${max}, if provided.`);
}

function visibility(seconds: number): number {
  if (seconds >= 0 && seconds <= 43_200) return seconds;
  throw invalidParameter(
    'VisibilityTimeout',
    seconds,
    'VisibilityTimeout must be an integer between 0 and 43200.',
  );
}
