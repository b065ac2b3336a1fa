import {
  GetQueueAttributesCommand,
  ListMessageMoveTasksCommand,
  ReceiveMessageCommand,
  type SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { makeDispatchQueue } from '../../shared/adapters/sqs/dispatch-queue.ts';
import { makeQueueInspector } from '../../shared/adapters/sqs/queue-inspector.ts';
import { type QueueTargets, targetOf } from '../../shared/adapters/sqs/queue-targets.ts';
import { makeVisibility } from '../../shared/adapters/sqs/visibility.ts';
import { makeWorkQueues } from '../../shared/adapters/sqs/work-queues.ts';
import { systemClock } from '../../shared/adapters/system/clock.ts';
import { eventually } from '../support/eventually.ts';
import type { QueueWorld } from './queue.contract.ts';

const silent = { warn() {}, error() {} };

/** The SQS adapters on whatever speaks SQS. */
export function sqsQueues(client: SQSClient, targets: QueueTargets, dispatchUrl: string): QueueWorld {
  return {
    workQueues: makeWorkQueues({ client, targets, log: silent }),
    dispatchQueue: makeDispatchQueue(client, dispatchUrl),
    inspector: makeQueueInspector(client, targets),
    visibility: makeVisibility(client, targetOf(targets, 'high').url),
    async receive(queue, from = 'work') {
      const target = queue === 'dispatch' ? undefined : targetOf(targets, queue);
      const reply = await client.send(
        new ReceiveMessageCommand({
          QueueUrl: (from === 'work' ? target?.url : target?.dlqUrl) ?? dispatchUrl,
          MaxNumberOfMessages: 10,
          MessageAttributeNames: ['All'],
        }),
      );
      return (reply.Messages ?? []).map(({ Body = '', MessageAttributes = {}, ReceiptHandle = '' }) => ({
        body: Body,
        receiptHandle: ReceiptHandle,
        attributes: Object.fromEntries(
          Object.entries(MessageAttributes).map(([name, { StringValue = '' }]) => [name, StringValue]),
        ),
      }));
    },
    async redrive(queue) {
      const { arn: DestinationArn, dlqUrl: QueueUrl } = targetOf(targets, queue);
      const { Attributes } = await client.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
      );
      const SourceArn = Attributes?.QueueArn;
      await client.send(new StartMessageMoveTaskCommand({ SourceArn, DestinationArn }));
      await eventually(
        async () => {
          const { Results } = await client.send(new ListMessageMoveTasksCommand({ SourceArn }));
          if (Results?.[0]?.Status !== 'COMPLETED') throw new Error(`moving: ${JSON.stringify(Results)}`);
        },
        { timeoutMs: 60_000 },
      );
    },
    nowMs: systemClock.nowMs,
    pass: systemClock.sleep,
  };
}
