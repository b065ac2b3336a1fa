import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SendMessageCommandInput,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type EmbeddedSqs, embeddedSqsClient } from '../../../support/embedded-sqs.ts';

let sqs: EmbeddedSqs;
let QueueUrl: string;
beforeEach(async () => {
  sqs = await embeddedSqsClient();
  QueueUrl = sqs.createQueue('work').url;
});
afterEach(() => sqs.close());

const send = (input: Partial<SendMessageCommandInput>) =>
  sqs.client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello', ...input }));
const receive = async (input: Partial<ReceiveMessageCommandInput> = {}): Promise<Message[]> => {
  const output = await sqs.client.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 10,
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['All'],
      ...input,
    }),
  );
  return output.Messages ?? [];
};
const text = (value: string) => ({ DataType: 'String', StringValue: value });

describe('what is sent comes back', () => {
  test.each([
    ['ASCII', '{"v":1,"kind":"hint"}'],
    ['accents and Chinese', 'déjà vu 中文'],
    ['characters outside the basic plane', 'ok \u{1F600} \u{20000}'],
    ['tabs and line ends', 'a\tb\r\nc'],
  ])('%s, byte for byte (the client checks the digest)', async (_, body) => {
    await send({ MessageBody: body });
    expect((await receive()).map((message) => message.Body)).toEqual([body]);
  });

  test('with attributes of every type, its group and its trace header', async () => {
    await send({
      MessageGroupId: 'root',
      MessageAttributes: {
        name: text('grüß \u{1F44B}'),
        count: { DataType: 'Number', StringValue: '5' },
        bytes: { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2, 255]) },
      },
      MessageSystemAttributes: { AWSTraceHeader: text('Root=1-5759e988-bd862e3fe1be46a994272793') },
    });
    const [message] = await receive();
    expect(message?.MessageAttributes?.name?.StringValue).toBe('grüß \u{1F44B}');
    expect(message?.MessageAttributes?.count).toEqual({ DataType: 'Number', StringValue: '5' });
    expect([...(message?.MessageAttributes?.bytes?.BinaryValue ?? [])]).toEqual([1, 2, 255]);
    expect(message?.Attributes).toMatchObject({
      MessageGroupId: 'root',
      AWSTraceHeader: 'Root=1-5759e988-bd862e3fe1be46a994272793',
      ApproximateReceiveCount: '1',
      SentTimestamp: expect.stringMatching(/^\d{13}$/),
      ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
      SenderId: expect.any(String),
    });
  });

  test('only with the attributes asked for, and a digest of just those', async () => {
    // Digests as recorded from AWS for these attributes.
    const MessageAttributes = { Hello: text('There'), General: text('Kenobi'), 'Help.Me': text('Me') };
    expect(await send({ MessageBody: 'msg', MessageAttributes })).toMatchObject({
      MD5OfMessageBody: '6e2baaf3b97dbeef01c0043275f9a0e7',
      MD5OfMessageAttributes: '4c360f3fdafd970e05fae2f149d997f5',
    });
    const digest = async (MessageAttributeNames: string[]) => {
      const [message] = await receive({ MessageAttributeNames, VisibilityTimeout: 0 });
      return [message?.MD5OfMessageAttributes, Object.keys(message?.MessageAttributes ?? {}).sort()];
    };
    expect(await digest(['All'])).toEqual([
      '4c360f3fdafd970e05fae2f149d997f5',
      ['General', 'Hello', 'Help.Me'],
    ]);
    expect(await digest(['Hello', 'General'])).toEqual([
      'fca026605781cb4126a1e9044df24232',
      ['General', 'Hello'],
    ]);
    expect(await digest(['Hello', 'Foo'])).toEqual(['a311262e065454b75da111d535b8dacd', ['Hello']]);
    expect(await digest(['Hel.*'])).toEqual(['83fee93c1bcd8b9a5a923ffacdc636c7', ['Hello', 'Help.Me']]);
    expect(await digest([])).toEqual([undefined, []]);
  });
});

describe('refuses what AWS refuses, by the error the client knows', () => {
  const MiB = 1_048_576;
  test.each<[string, Partial<SendMessageCommandInput>, string]>([
    ['a delay over 15 minutes', { DelaySeconds: 901 }, 'InvalidParameterValue'],
    ['a negative delay', { DelaySeconds: -1 }, 'InvalidParameterValue'],
    ['an empty body', { MessageBody: '' }, 'MissingParameter'],
    ['no body', { MessageBody: undefined }, 'MissingParameter'],
    ['a control character', { MessageBody: 'a\u0001' }, 'InvalidMessageContents'],
    ['a byte over 1 MiB', { MessageBody: 'x'.repeat(MiB + 1) }, 'InvalidParameterValue'],
    [
      '1 MiB and an attribute',
      { MessageBody: 'x'.repeat(MiB), MessageAttributes: { a: text('b') } },
      'InvalidParameterValue',
    ],
    [
      'half a MiB of two-byte characters and one',
      { MessageBody: 'é'.repeat(MiB / 2 + 1) },
      'InvalidParameterValue',
    ],
    [
      'eleven attributes',
      { MessageAttributes: Object.fromEntries([...'abcdefghijk'].map((name) => [name, text('x')])) },
      'InvalidParameterValue',
    ],
    [
      'an attribute without a value',
      { MessageAttributes: { a: { DataType: 'String' } } },
      'InvalidParameterValue',
    ],
    [
      'an attribute of unknown type',
      { MessageAttributes: { a: { DataType: 'Text', StringValue: 'x' } } },
      'InvalidParameterValue',
    ],
    ['a reserved attribute name', { MessageAttributes: { 'AWS.x': text('x') } }, 'InvalidParameterValue'],
    ['a group id with a space', { MessageGroupId: 'a b' }, 'InvalidParameterValue'],
    ['a group id of 129 characters', { MessageGroupId: 'g'.repeat(129) }, 'InvalidParameterValue'],
    ['a deduplication id on a standard queue', { MessageDeduplicationId: 'd' }, 'InvalidParameterValue'],
    ['a queue that does not exist', { QueueUrl: 'http://127.0.0.1/000000000000/none' }, 'QueueDoesNotExist'],
  ])('%s', async (_, input, name) => {
    await expect(send(input)).rejects.toMatchObject({ name, $fault: 'client' });
  });

  test.each<[string, Partial<ReceiveMessageCommandInput>]>([
    ['eleven messages at once', { MaxNumberOfMessages: 11 }],
    ['no messages at once', { MaxNumberOfMessages: 0 }],
    ['a wait over 20 s', { WaitTimeSeconds: 21 }],
    ['a visibility over 12 h', { VisibilityTimeout: 43_201 }],
  ])('a receive of %s', async (_, input) => {
    await expect(receive(input)).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });

  test('an action it does not have', async () => {
    expect(await sqs.engine.call('AddPermission', {})).toMatchObject({ statusCode: 404 });
    expect(await sqs.engine.call('SendMessage', 'no object')).toMatchObject({ statusCode: 400 });
  });
});

test('accepts exactly 1 MiB and a delay of exactly 15 minutes', async () => {
  await send({ MessageBody: 'x'.repeat(1_048_576) });
  await send({ DelaySeconds: 900 });
  expect((await receive())[0]?.Body).toHaveLength(1_048_576);
});

describe('batches', () => {
  const entries = (count: number, body = 'x') =>
    Array.from({ length: count }, (_, index) => ({ Id: `e${index}`, MessageBody: body }));
  const sendBatch = (Entries: { Id: string; MessageBody: string; DelaySeconds?: number }[]) =>
    sqs.client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));

  test.each([
    ['no entries', entries(0), 'EmptyBatchRequest'],
    ['eleven entries', entries(11), 'TooManyEntriesInBatchRequest'],
    ['an id twice', [...entries(1), ...entries(1)], 'BatchEntryIdsNotDistinct'],
    ['an id with a dot', [{ Id: 'a.b', MessageBody: 'x' }], 'InvalidBatchEntryId'],
    ['more than 1 MiB together', entries(10, 'x'.repeat(104_858)), 'BatchRequestTooLong'],
  ])('with %s is refused whole', async (_, batch, name) => {
    await expect(sendBatch(batch)).rejects.toMatchObject({ name });
    expect(await receive()).toEqual([]);
  });

  test("a bad entry fails alone and names the sender's fault", async () => {
    const result = await sendBatch([
      { Id: 'ok', MessageBody: 'fine' },
      { Id: 'late', MessageBody: 'x', DelaySeconds: 901 },
      { Id: 'bad', MessageBody: 'a\u0001' },
    ]);
    expect(result.Successful?.map((entry) => entry.Id)).toEqual(['ok']);
    expect(result.Failed).toEqual([
      expect.objectContaining({ Id: 'late', SenderFault: true, Code: 'InvalidParameterValue' }),
      expect.objectContaining({ Id: 'bad', SenderFault: true, Code: 'InvalidMessageContents' }),
    ]);
    expect((await receive()).map((message) => message.Body)).toEqual(['fine']);
  });

  test('delete and change of visibility answer entry by entry', async () => {
    await sendBatch(entries(3));
    const [first, second, third] = await receive();
    const gone = await sqs.client.send(
      new DeleteMessageBatchCommand({
        QueueUrl,
        Entries: [
          { Id: 'a', ReceiptHandle: first?.ReceiptHandle },
          { Id: 'b', ReceiptHandle: 'nonsense' },
        ],
      }),
    );
    expect(gone.Successful?.map((entry) => entry.Id)).toEqual(['a']);
    expect(gone.Failed).toEqual([expect.objectContaining({ Id: 'b', Code: 'ReceiptHandleIsInvalid' })]);
    const changed = await sqs.client.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl,
        Entries: [
          { Id: 'deleted', ReceiptHandle: first?.ReceiptHandle, VisibilityTimeout: 0 },
          { Id: 'shown', ReceiptHandle: second?.ReceiptHandle, VisibilityTimeout: 0 },
          { Id: 'long', ReceiptHandle: third?.ReceiptHandle, VisibilityTimeout: 43_201 },
        ],
      }),
    );
    expect(changed.Successful?.map((entry) => entry.Id)).toEqual(['shown']);
    expect(changed.Failed?.map((entry) => entry.Id)).toEqual(['deleted', 'long']);
    expect((await receive()).map((message) => message.MessageId)).toEqual([second?.MessageId]);
  });
});

test('a message received again is deleted by its newest receipt only', async () => {
  await send({});
  const [first] = await receive({ VisibilityTimeout: 0 });
  const [second] = await receive({ VisibilityTimeout: 0 });
  const remove = (message: Message | undefined) =>
    sqs.client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message?.ReceiptHandle }));
  await remove(first);
  const [third] = await receive({ VisibilityTimeout: 0 });
  expect(third?.Attributes?.ApproximateReceiveCount).toBe('3');
  await remove(second);
  await remove(third);
  await remove(third);
  expect(await receive()).toEqual([]);
});
