import type { SQSClient } from '@aws-sdk/client-sqs';
import type { DispatchQueue } from '../../ports.ts';
import { unavailable } from '../aws-errors.ts';
import { asciiJson } from './ascii-json.ts';
import { inBatches, sendBatch } from './send-batch.ts';

/** Throws when any message was refused: the whole tick is then repeated, which is harmless. */
export const makeDispatchQueue = (client: SQSClient, queueUrl: string): DispatchQueue => ({
  async send(messages) {
    const refusals = await Promise.all(
      inBatches(messages).map((batch) =>
        sendBatch(
          client,
          queueUrl,
          batch.map((message) => ({ body: asciiJson(message) })),
        ),
      ),
    );
    const [first] = refusals.flat();
    if (first) throw unavailable('sqs', new Error(`dispatch queue refused messages: ${first.code}`));
  },
});
