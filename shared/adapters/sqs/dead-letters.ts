import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { translated } from '../aws-errors.ts';

const MAX_ATTRIBUTE_CHARS = 512;
/** SQS takes no message without a body. */
const EMPTY = '(empty)';

/** Attributes are what the SQS console shows beside the body. */
export async function sendToDeadLetters(
  client: SQSClient,
  QueueUrl: string,
  body: string,
  attributes: Record<string, string>,
): Promise<void> {
  const MessageAttributes = Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name,
      { DataType: 'String', StringValue: printable(value) },
    ]),
  );
  await translated('sqs', () =>
    client.send(new SendMessageCommand({ QueueUrl, MessageBody: body || EMPTY, MessageAttributes })),
  );
}

/** An attribute is never empty, and takes no control characters: line breaks of a long reason become spaces. */
const printable = (text: string): string =>
  text
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim()
    .slice(0, MAX_ATTRIBUTE_CHARS) || 'unknown';
