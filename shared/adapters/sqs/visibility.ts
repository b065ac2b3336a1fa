import { ChangeMessageVisibilityCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { SQS_MAX_VISIBILITY_SECONDS } from '../../domain/limits.ts';
import type { Visibility } from '../../ports.ts';
import { translated } from '../aws-errors.ts';

/** Of one queue: the executor's own. Rejects when the message is no longer in its hands. */
export const makeVisibility = (client: SQSClient, queueUrl: string): Visibility => ({
  async extend(receiptHandle, seconds) {
    const VisibilityTimeout = Math.min(SQS_MAX_VISIBILITY_SECONDS, Math.max(0, Math.ceil(seconds)));
    await translated('sqs', () =>
      client.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl: queueUrl,
          ReceiptHandle: receiptHandle,
          VisibilityTimeout,
        }),
      ),
    );
  },
});
