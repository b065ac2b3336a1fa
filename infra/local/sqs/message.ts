import { createHash, randomUUID } from 'node:crypto';
import * as z from 'zod';
import { invalidParameter, SqsError } from './errors.ts';
import type { Timed } from './timer-heap.ts';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
export const MAX_BATCH_BYTES = 1_048_576;
const MAX_MESSAGE_ATTRIBUTES = 10;

const AttributeSchema = z.object({
  DataType: z.string(),
  StringValue: z.string().optional(),
  /** Base64, as the JSON protocol carries bytes. */
  BinaryValue: z.string().optional(),
});
export type MessageAttribute = z.infer<typeof AttributeSchema>;
export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

/** The part of a send request that makes a message; the same for a batch entry. */
export const MessageInputSchema = z.object({
  MessageBody: z.string(),
  DelaySeconds: z.number().int().optional(),
  MessageAttributes: z.record(z.string(), AttributeSchema).optional(),
  MessageSystemAttributes: z.record(z.string(), AttributeSchema).optional(),
  MessageGroupId: z.string().optional(),
  MessageDeduplicationId: z.string().optional(),
});
export type MessageInput = z.infer<typeof MessageInputSchema>;

export interface MessageContent {
  readonly body: string;
  readonly md5OfBody: string;
  readonly attributes: MessageAttributes;
  readonly groupId: string | undefined;
  readonly traceHeader: string | undefined;
}

/** A message in a queue. `deleted` ones may still stand in the list of visible ones, which skips them. */
export interface QueuedMessage extends MessageContent, Timed {
  readonly id: string;
  readonly sentAt: number;
  /** ARN of the queue whose redrive policy brought it here; a message that somebody sent has none. */
  readonly deadLetteredFrom: string | undefined;
  state: 'visible' | 'delayed' | 'inFlight' | 'deleted';
  receiveCount: number;
  firstReceivedAt: number | undefined;
  /** Of the last receive: the 12 hours of visibility count from here. */
  receivedAt: number;
  receiptHandle: string | undefined;
}

export function newMessage(content: MessageContent, sentAt: number): QueuedMessage {
  return {
    ...content,
    id: randomUUID(),
    sentAt,
    deadLetteredFrom: undefined,
    state: 'visible',
    receiveCount: 0,
    firstReceivedAt: undefined,
    receivedAt: 0,
    receiptHandle: undefined,
    visibleAt: sentAt,
    heapIndex: -1,
  };
}

/** As it arrives in a dead-letter queue: same id, same age, same count. */
export function deadLettered(message: QueuedMessage, sourceArn: string): QueuedMessage {
  return {
    ...message,
    deadLetteredFrom: sourceArn,
    state: 'visible',
    receiptHandle: undefined,
    heapIndex: -1,
  };
}

/** Checks what a client sends, as AWS does, and computes what SQS adds. */
export function messageContent(input: MessageInput, maximumMessageBytes: number): MessageContent {
  const attributes = input.MessageAttributes ?? {};
  if (input.MessageBody === '') throw missing('MessageBody');
  if (FORBIDDEN_CHARACTER.test(input.MessageBody)) {
    throw new SqsError(
      'InvalidMessageContents',
      'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF.',
    );
  }
  checkAttributes(attributes);
  checkGroup(input);
  if (messageBytes(input) > maximumMessageBytes) {
    throw new SqsError(
      'InvalidParameterValue',
      `One or more parameters are invalid. Reason: Message must be shorter than ${maximumMessageBytes} bytes.`,
    );
  }
  return {
    body: input.MessageBody,
    md5OfBody: createHash('md5').update(input.MessageBody, 'utf8').digest('hex'),
    attributes,
    groupId: input.MessageGroupId,
    traceHeader: traceHeader(input.MessageSystemAttributes ?? {}),
  };
}

/** AWS bills and limits the body and every attribute's name, type and value. */
export function messageBytes(input: MessageInput): number {
  let bytes = Buffer.byteLength(input.MessageBody);
  for (const [name, attribute] of Object.entries(input.MessageAttributes ?? {})) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(attribute.DataType);
    bytes += Buffer.byteLength(attribute.StringValue ?? '');
    bytes += Buffer.byteLength(attribute.BinaryValue ?? '', 'base64');
  }
  return bytes;
}

/**
 * Length-prefixed names, types and values in order of name:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
 */
export function md5OfAttributes(attributes: MessageAttributes): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const hash = createHash('md5');
  const update = (bytes: Buffer): void => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  };
  for (const name of names) {
    const attribute = attributes[name];
    if (attribute === undefined) continue;
    const binary = attribute.DataType.startsWith('Binary');
    update(Buffer.from(name));
    update(Buffer.from(attribute.DataType));
    hash.update(Buffer.of(binary ? 2 : 1));
    update(
      binary ? Buffer.from(attribute.BinaryValue ?? '', 'base64') : Buffer.from(attribute.StringValue ?? ''),
    );
  }
  return hash.digest('hex');
}

// A lone half of a surrogate pair is no character at all; with the flag `u` it falls outside the ranges.
const FORBIDDEN_CHARACTER = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;
const ATTRIBUTE_NAME = /^(?!aws\.|amazon\.)(?!.*\.\.)(?!\.)[\w.-]{1,256}(?<!\.)$/i;
const ATTRIBUTE_TYPE = /^(String|Number|Binary)(\..+)?$/;
const GROUP_ID = /^[\x21-\x7e]{1,128}$/;

function checkAttributes(attributes: MessageAttributes): void {
  const count = Object.keys(attributes).length;
  if (count > MAX_MESSAGE_ATTRIBUTES) {
    throw new SqsError(
      'InvalidParameterValue',
      `Number of message attributes [${count}] exceeds the allowed maximum [${MAX_MESSAGE_ATTRIBUTES}].`,
    );
  }
  for (const [name, attribute] of Object.entries(attributes)) {
    if (!ATTRIBUTE_NAME.test(name)) {
      throw new SqsError('InvalidParameterValue', `The message attribute name '${name}' is invalid.`);
    }
    const type = ATTRIBUTE_TYPE.exec(attribute.DataType)?.[1];
    if (type === undefined) {
      throw new SqsError(
        'InvalidParameterValue',
        `The type of message attribute '${name}' is invalid. You must use only the following supported type prefixes: Binary, Number, String.`,
      );
    }
    const value = type === 'Binary' ? attribute.BinaryValue : attribute.StringValue;
    if (value === undefined || value === '') {
      throw new SqsError(
        'InvalidParameterValue',
        `The message attribute '${name}' must contain non-empty message attribute value for message attribute type '${type}'.`,
      );
    }
    if (type === 'Number' && !Number.isFinite(Number(value))) {
      throw new SqsError(
        'InvalidParameterValue',
        `Can't cast the value of message attribute '${name}' to a number.`,
      );
    }
  }
}

function checkGroup(input: MessageInput): void {
  if (input.MessageGroupId !== undefined && !GROUP_ID.test(input.MessageGroupId)) {
    throw invalidParameter(
      'MessageGroupId',
      input.MessageGroupId,
      'MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length.',
    );
  }
  if (input.MessageDeduplicationId !== undefined) {
    throw invalidParameter(
      'MessageDeduplicationId',
      input.MessageDeduplicationId,
      'The request include parameter that is not valid for this queue type.',
    );
  }
}

function traceHeader(systemAttributes: MessageAttributes): string | undefined {
  for (const [name, attribute] of Object.entries(systemAttributes)) {
    if (name === 'AWSTraceHeader' && attribute.DataType === 'String') return attribute.StringValue;
    throw new SqsError('InvalidParameterValue', `Message system attribute name '${name}' is invalid.`);
  }
  return undefined;
}

export const missing = (name: string): SqsError =>
  new SqsError('MissingParameter', `The request must contain the parameter ${name}.`);
