import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { queueArnOf } from '../../domain/allowed-targets.ts';
import type { SqsTarget } from '../../domain/target.ts';
import { perRegion, type Send, shortKey } from './call.ts';
import { attributesOf } from './envelope.ts';

/** Sends the envelope. A FIFO queue drops what an earlier attempt has sent within the last five minutes. */
export function makeSqsTarget(): Send<SqsTarget> {
  // The host of a task's URL is never asked, however it was written.
  const clientOf = perRegion((region) => new SQSClient({ region, useQueueUrlAsEndpoint: false }));
  return async ({ queueUrl }, { request, body, allowed, signal }) => {
    const arn = queueArnOf(queueUrl, allowed) ?? '';
    const attributes = Object.entries(attributesOf(request)).map(([name, StringValue]) => [
      name,
      { DataType: 'String', StringValue },
    ]);
    const { MessageId } = await clientOf(arn).send(
      new SendMessageCommand({
        QueueUrl: urlOf(arn),
        MessageBody: body,
        MessageAttributes: Object.fromEntries(attributes),
        ...(arn.endsWith('.fifo') && {
          MessageGroupId: request.execution.taskId,
          MessageDeduplicationId: shortKey(request),
        }),
      }),
      { abortSignal: signal },
    );
    return { kind: 'success', result: { messageId: MessageId ?? null } };
  };
}

/** Of a queue by its ARN: docs.aws.amazon.com/general/latest/gr/sqs-service.html */
function urlOf(arn: string): string {
  const [, partition, , region, account, name] = arn.split(':');
  const suffix = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `https://sqs.${region}.${suffix}/${account}/${name}`;
}
