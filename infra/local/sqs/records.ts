import type { SQSEvent, SQSMessageAttributes, SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import type { QueueIdentity, SqsEngine } from './engine.ts';

const ENTRIES_PER_CALL = 10;
const LONGEST_WAIT_SECONDS = 20;

const ReceivedSchema = z.object({
  MessageId: z.string(),
  ReceiptHandle: z.string(),
  Body: z.string(),
  MD5OfBody: z.string(),
  MD5OfMessageAttributes: z.string().optional(),
  Attributes: z.object({
    ApproximateReceiveCount: z.string(),
    SentTimestamp: z.string(),
    SenderId: z.string(),
    ApproximateFirstReceiveTimestamp: z.string(),
    MessageGroupId: z.string().optional(),
    AWSTraceHeader: z.string().optional(),
    DeadLetterQueueSourceArn: z.string().optional(),
  }),
  MessageAttributes: z
    .record(
      z.string(),
      z.object({
        DataType: z.string(),
        StringValue: z.string().optional(),
        BinaryValue: z.string().optional(),
      }),
    )
    .optional(),
});
type Received = z.infer<typeof ReceivedSchema>;
const ReceiveOutputSchema = z.object({ Messages: z.array(ReceivedSchema).optional() });
const DeleteOutputSchema = z.object({ Failed: z.array(z.object({ Id: z.string(), Message: z.string() })) });

/** A queue as Lambda sees it: records of an SQSEvent out, deletions in. */
export class QueueRecords {
  readonly #sqs: SqsEngine;
  readonly #queue: QueueIdentity;

  constructor(sqs: SqsEngine, queue: QueueIdentity) {
    this.#sqs = sqs;
    this.#queue = queue;
  }

  /**
   * Waits for a first message, then for more until the batch is full, the window has passed since the first, or
   * the signal is aborted. Empty when nothing came within a long poll.
   */
  async receiveBatch(size: number, windowMs: number, signal: AbortSignal): Promise<SQSEvent['Records']> {
    const batch = await this.#receive(size, signal);
    if (batch.length === 0 || windowMs === 0) return batch;
    const window = AbortSignal.any([signal, AbortSignal.timeout(windowMs)]);
    while (batch.length < size && !window.aborted) {
      batch.push(...(await this.#receive(size - batch.length, window)));
    }
    return batch;
  }

  async delete(records: readonly SQSRecord[]): Promise<void> {
    for (let start = 0; start < records.length; start += ENTRIES_PER_CALL) {
      const entries = records
        .slice(start, start + ENTRIES_PER_CALL)
        .map((record, index) => ({ Id: String(index), ReceiptHandle: record.receiptHandle }));
      const output = await this.#call('DeleteMessageBatch', { Entries: entries });
      const { Failed } = DeleteOutputSchema.parse(output);
      if (Failed.length > 0) throw new Error(`DeleteMessageBatch: ${Failed[0]?.Message}`);
    }
  }

  async #receive(max: number, signal: AbortSignal): Promise<SQSRecord[]> {
    const output = await this.#call(
      'ReceiveMessage',
      {
        MaxNumberOfMessages: Math.min(max, ENTRIES_PER_CALL),
        WaitTimeSeconds: LONGEST_WAIT_SECONDS,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      },
      signal,
    );
    const messages = ReceiveOutputSchema.parse(output).Messages ?? [];
    return messages.map((message) => record(message, this.#queue.arn));
  }

  async #call(action: string, input: object, signal?: AbortSignal): Promise<unknown> {
    const response = await this.#sqs.call(action, { QueueUrl: this.#queue.url, ...input }, { signal });
    if (response.statusCode !== 200) throw new Error(`${action}: ${response.body}`);
    return JSON.parse(response.body);
  }
}

function record(message: Received, queueArn: string): SQSRecord {
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: message.Attributes,
    messageAttributes: recordAttributes(message.MessageAttributes ?? {}),
    md5OfBody: message.MD5OfBody,
    ...(message.MD5OfMessageAttributes === undefined
      ? {}
      : { md5OfMessageAttributes: message.MD5OfMessageAttributes }),
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: queueArn.split(':')[3] ?? '',
  };
}

function recordAttributes(attributes: NonNullable<Received['MessageAttributes']>): SQSMessageAttributes {
  const result: SQSMessageAttributes = {};
  for (const [name, attribute] of Object.entries(attributes)) {
    result[name] = {
      ...(attribute.StringValue === undefined ? {} : { stringValue: attribute.StringValue }),
      ...(attribute.BinaryValue === undefined ? {} : { binaryValue: attribute.BinaryValue }),
      stringListValues: [],
      binaryListValues: [],
      dataType: attribute.DataType,
    };
  }
  return result;
}
