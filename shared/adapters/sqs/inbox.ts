import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Inbox } from '../../ports.ts';
import { sendToDeadLetters } from './dead-letters.ts';
import { makeVisibility } from './visibility.ts';

export function makeInbox(client: SQSClient, queueUrl: string): Inbox {
  const { extend } = makeVisibility(client, queueUrl);
  return {
    extend,
    refuse: (body, reason) => sendToDeadLetters(client, `${queueUrl}-dlq`, body, { kind: 'refused', reason }),
  };
}
