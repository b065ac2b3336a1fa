import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { SnsTarget } from '../../domain/target.ts';
import { perRegion, type Send, shortKey } from './call.ts';
import { attributesOf } from './envelope.ts';

/** Publishes the envelope. A FIFO topic drops what an earlier attempt has published within the last five minutes. */
export function makeSnsTarget(): Send<SnsTarget> {
  const clientOf = perRegion((region) => new SNSClient({ region }));
  return async ({ topicArn }, { request, body, signal }) => {
    const attributes = Object.entries(attributesOf(request)).map(([name, StringValue]) => [
      name,
      { DataType: 'String', StringValue },
    ]);
    const { MessageId } = await clientOf(topicArn).send(
      new PublishCommand({
        TopicArn: topicArn,
        Message: body,
        MessageAttributes: Object.fromEntries(attributes),
        ...(topicArn.endsWith('.fifo') && {
          MessageGroupId: request.execution.taskId,
          MessageDeduplicationId: shortKey(request),
        }),
      }),
      { abortSignal: signal },
    );
    return { kind: 'success', result: { messageId: MessageId ?? null } };
  };
}
