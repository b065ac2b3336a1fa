import {
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { SQS_BATCH_ENTRIES } from '../../domain/limits.ts';
import { translated } from '../aws-errors.ts';

export interface Outgoing {
  body: string;
  delaySeconds?: number;
  /** SQS fair queues: groups share a standard queue fairly; no order comes with it. */
  groupId?: string;
}

export interface Refusal {
  /** Which of the messages. */
  position: number;
  code: string;
}

const TRIES = 2;

/** Sends up to ten; entries that fail for the service's own reasons are tried once more. */
export async function sendBatch(client: SQSClient, queueUrl: string, batch: Outgoing[]): Promise<Refusal[]> {
  const refusals: Refusal[] = [];
  let entries = batch.map(toEntry);
  for (let attempt = 1; entries.length > 0; attempt++) {
    const sent = await translated('sqs', () =>
      client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: entries })),
    );
    const failed = sent.Failed ?? [];
    const again = new Set(failed.filter((entry) => !entry.SenderFault).map((entry) => entry.Id));
    for (const { Id, Code, SenderFault } of failed) {
      if (SenderFault || attempt === TRIES) refusals.push({ position: Number(Id), code: Code ?? 'unknown' });
    }
    entries = attempt === TRIES ? [] : entries.filter((entry) => again.has(entry.Id));
  }
  return refusals;
}

export function inBatches<T>(all: T[]): T[][] {
  const batches: T[][] = [];
  for (let i = 0; i < all.length; i += SQS_BATCH_ENTRIES) batches.push(all.slice(i, i + SQS_BATCH_ENTRIES));
  return batches;
}

const toEntry = (
  { body, delaySeconds, groupId }: Outgoing,
  position: number,
): SendMessageBatchRequestEntry => ({
  Id: String(position),
  MessageBody: body,
  ...(delaySeconds !== undefined && { DelaySeconds: delaySeconds }),
  ...(groupId !== undefined && { MessageGroupId: groupId }),
});
