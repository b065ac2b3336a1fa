import {
  GetQueueAttributesCommand,
  PurgeQueueCommand,
  PurgeQueueInProgress,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { QueueInspector } from '../../ports.ts';
import { translated } from '../aws-errors.ts';
import { type QueueTargets, targetOf } from './queue-targets.ts';

/** Counts are SQS's own and approximate: right within about a minute. */
export function makeQueueInspector(client: SQSClient, targets: QueueTargets): QueueInspector {
  const counts = async (queueUrl: string) => {
    const { Attributes } = await translated('sqs', () =>
      client.send(
        new GetQueueAttributesCommand({
          QueueUrl: queueUrl,
          AttributeNames: [
            'ApproximateNumberOfMessages',
            'ApproximateNumberOfMessagesDelayed',
            'ApproximateNumberOfMessagesNotVisible',
          ],
        }),
      ),
    );
    return {
      ready: Number(Attributes?.ApproximateNumberOfMessages ?? 0),
      delayed: Number(Attributes?.ApproximateNumberOfMessagesDelayed ?? 0),
      inFlight: Number(Attributes?.ApproximateNumberOfMessagesNotVisible ?? 0),
    };
  };
  return {
    async depth(queue) {
      const target = targetOf(targets, queue);
      const [work, letters] = await Promise.all([counts(target.url), counts(target.dlqUrl)]);
      return { ...work, letters: letters.ready + letters.delayed + letters.inFlight };
    },
    async waiting(queue) {
      return (await counts(targetOf(targets, queue).url)).ready;
    },
    async purgeLetters(queue) {
      const { dlqUrl } = targetOf(targets, queue);
      try {
        await translated('sqs', () => client.send(new PurgeQueueCommand({ QueueUrl: dlqUrl })));
      } catch (error) {
        // One purge a minute is all that SQS takes; the one under way does what was asked.
        if (!(error instanceof PurgeQueueInProgress)) throw error;
      }
    },
  };
}
