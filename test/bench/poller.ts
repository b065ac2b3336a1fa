import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { Context, SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import { inFunction, type Meter } from './meter.ts';
import { ASSUMPTIONS } from './prices.ts';

export interface Mapping {
  fn: string;
  url: string;
  batchSize: number;
  /** Answers the records that are done with; the others come back. */
  invoke(records: SQSRecord[]): Promise<SQSRecord[]>;
}

/** A queue mapped to a function: receive, invoke, delete what was handled, until nothing is visible. */
export async function drain(client: SQSClient, meter: Meter, mapping: Mapping): Promise<void> {
  const { fn, url, batchSize, invoke } = mapping;
  for (;;) {
    const records = await inFunction(fn, () => receive(client, url, batchSize));
    if (records.length === 0) return;
    const use = meter.functionUse(fn);
    use.invocations++;
    use.messages += records.length;
    await inFunction(fn, async () => remove(client, url, await invoke(records)));
  }
}

export async function receive(client: SQSClient, QueueUrl: string, size: number): Promise<SQSRecord[]> {
  const command = new ReceiveMessageCommand({
    QueueUrl,
    MaxNumberOfMessages: size,
    MessageSystemAttributeNames: ['All'],
  });
  const { Messages = [] } = await client.send(command);
  return Messages.map(toRecord);
}

export async function remove(client: SQSClient, QueueUrl: string, records: SQSRecord[]): Promise<void> {
  if (records.length === 0) return;
  const Entries = records.map(({ receiptHandle }, at) => ({ Id: String(at), ReceiptHandle: receiptHandle }));
  await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
}

const Attributes = z.object({
  ApproximateReceiveCount: z.string(),
  SentTimestamp: z.string(),
  SenderId: z.string(),
  ApproximateFirstReceiveTimestamp: z.string(),
});

const toRecord = (message: Message): SQSRecord => ({
  messageId: message.MessageId ?? '',
  receiptHandle: message.ReceiptHandle ?? '',
  body: message.Body ?? '',
  attributes: Attributes.parse(message.Attributes),
  messageAttributes: {},
  md5OfBody: message.MD5OfBody ?? '',
  eventSource: 'aws:sqs',
  eventSourceARN: '',
  awsRegion: 'us-east-1',
});

export const INVOCATION_MS = 900_000;
export const lambdaContext: Context = {
  callbackWaitsForEmptyEventLoop: false,
  functionName: 'bench',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:bench',
  memoryLimitInMB: String(ASSUMPTIONS.memoryMb),
  awsRequestId: '00000000-0000-4000-8000-000000000000',
  logGroupName: '/aws/lambda/bench',
  logStreamName: 'bench',
  getRemainingTimeInMillis: () => INVOCATION_MS,
  done() {},
  fail() {},
  succeed() {},
};
