import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListDeadLetterSourceQueuesCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  PurgeQueueCommand,
  type QueueAttributeName,
  ReceiveMessageCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  TagQueueCommand,
  UntagQueueCommand,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type EmbeddedSqs, embeddedSqsClient } from '../../../support/embedded-sqs.ts';

let nowMs: number;
let sqs: EmbeddedSqs;
beforeEach(async () => {
  nowMs = Date.UTC(2026, 0, 1);
  sqs = await embeddedSqsClient({ nowMs: () => nowMs, region: 'eu-central-1', accountId: '123456789012' });
});
afterEach(() => sqs.close());

const create = async (QueueName: string, Attributes: Record<string, string> = {}) =>
  (await sqs.client.send(new CreateQueueCommand({ QueueName, Attributes }))).QueueUrl;
const attributes = async (QueueUrl: string | undefined, ...AttributeNames: QueueAttributeName[]) =>
  (await sqs.client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }))).Attributes;
const set = (QueueUrl: string | undefined, Attributes: Record<string, string>) =>
  sqs.client.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
const redriveTo = (name: string, maxReceiveCount: unknown = 3) =>
  JSON.stringify({ deadLetterTargetArn: `arn:aws:sqs:eu-central-1:123456789012:${name}`, maxReceiveCount });

test("a new queue has AWS's defaults, its place in the ARN and in the URL", async () => {
  const url = await create('work');
  expect(url).toBe('http://127.0.0.1/123456789012/work');
  expect(await attributes(url, 'All')).toEqual({
    QueueArn: 'arn:aws:sqs:eu-central-1:123456789012:work',
    ApproximateNumberOfMessages: '0',
    ApproximateNumberOfMessagesDelayed: '0',
    ApproximateNumberOfMessagesNotVisible: '0',
    CreatedTimestamp: String(nowMs / 1_000),
    LastModifiedTimestamp: String(nowMs / 1_000),
    DelaySeconds: '0',
    MaximumMessageSize: '1048576',
    MessageRetentionPeriod: '345600',
    ReceiveMessageWaitTimeSeconds: '0',
    SqsManagedSseEnabled: 'true',
    VisibilityTimeout: '30',
  });
  expect(await attributes(url, 'VisibilityTimeout')).toEqual({ VisibilityTimeout: '30' });
  expect(await attributes(url)).toBeUndefined();
});

test('creating it again answers the same queue, or refuses another setting', async () => {
  const url = await create('work', { VisibilityTimeout: '60' });
  expect(await create('work', { VisibilityTimeout: '60' })).toBe(url);
  expect(await create('work')).toBe(url);
  await expect(create('work', { VisibilityTimeout: '61' })).rejects.toMatchObject({
    name: 'QueueNameExists',
  });
});

test.each<[string, string, Record<string, string>, string]>([
  ['a name with a dot', 'a.b', {}, 'InvalidParameterValue'],
  ['a name of 81 characters', 'n'.repeat(81), {}, 'InvalidParameterValue'],
  ['a FIFO queue, which it does not have', 'a.fifo', { FifoQueue: 'true' }, 'UnsupportedOperation'],
  ['a delay over 900 s', 'a', { DelaySeconds: '901' }, 'InvalidAttributeValue'],
  ['a visibility that is no number', 'a', { VisibilityTimeout: 'long' }, 'InvalidAttributeValue'],
  ['a retention under a minute', 'a', { MessageRetentionPeriod: '59' }, 'InvalidAttributeValue'],
  ['an unknown attribute', 'a', { Colour: 'red' }, 'InvalidAttributeName'],
  ['a redrive policy that is no JSON', 'a', { RedrivePolicy: 'x' }, 'InvalidParameterValue'],
  [
    'a dead-letter queue that does not exist',
    'a',
    { RedrivePolicy: redriveTo('none') },
    'InvalidParameterValue',
  ],
  ['a receive count of 0', 'a', { RedrivePolicy: redriveTo('dlq', 0) }, 'InvalidParameterValue'],
  ['a receive count over 1000', 'a', { RedrivePolicy: redriveTo('dlq', 1_001) }, 'InvalidParameterValue'],
])('refuses %s', async (_, name, settings, error) => {
  await create('dlq');
  await expect(create(name, settings)).rejects.toMatchObject({ name: error });
});

test('settings change for messages sent from then on, and are checked as at creation', async () => {
  const url = await create('work');
  nowMs += 60_000;
  await set(url, { VisibilityTimeout: '5', MaximumMessageSize: '1024' });
  expect(await attributes(url, 'VisibilityTimeout', 'LastModifiedTimestamp')).toEqual({
    VisibilityTimeout: '5',
    LastModifiedTimestamp: String(nowMs / 1_000),
  });
  await expect(
    sqs.client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'x'.repeat(1_025) })),
  ).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  await expect(set(url, { VisibilityTimeout: '-1' })).rejects.toMatchObject({
    name: 'InvalidAttributeValue',
  });
});

test('a dead-letter queue names its sources, until one drops its policy', async () => {
  const dlq = await create('dlq');
  const a = await create('a', { RedrivePolicy: redriveTo('dlq') });
  const b = await create('b', { RedrivePolicy: redriveTo('dlq', '7') });
  await create('c');
  const sources = async () =>
    (await sqs.client.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: dlq }))).queueUrls;
  expect(await sources()).toEqual([a, b]);
  await set(a, { RedrivePolicy: '' });
  expect(await sources()).toEqual([b]);
  expect(await attributes(a, 'RedrivePolicy')).toBeUndefined();
});

test('queues are listed by prefix and page by page, found by name, and gone when deleted', async () => {
  const urls = [await create('esc-a'), await create('esc-b'), await create('esc-c')];
  await create('other');
  const list = (NextToken?: string) =>
    sqs.client.send(new ListQueuesCommand({ QueueNamePrefix: 'esc-', MaxResults: 2, NextToken }));
  const first = await list();
  const second = await list(first.NextToken);
  expect([first.QueueUrls, second.QueueUrls, second.NextToken]).toEqual([
    urls.slice(0, 2),
    urls.slice(2),
    undefined,
  ]);
  await sqs.client.send(new DeleteQueueCommand({ QueueUrl: urls[0] }));
  const url = (QueueName: string) => sqs.client.send(new GetQueueUrlCommand({ QueueName }));
  await expect(url('esc-a')).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
  expect((await url('esc-b')).QueueUrl).toBe(urls[1]);
});

test('a purge takes visible, delayed and in-flight messages, and only once a minute', async () => {
  const QueueUrl = await create('work');
  const purge = () => sqs.client.send(new PurgeQueueCommand({ QueueUrl }));
  const send = (DelaySeconds: number) =>
    sqs.client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x', DelaySeconds }));
  await send(0);
  await sqs.client.send(new ReceiveMessageCommand({ QueueUrl }));
  await send(0);
  await send(60);
  await purge();
  nowMs += 59_999;
  await expect(purge()).rejects.toMatchObject({ name: 'PurgeQueueInProgress' });
  nowMs += 1;
  const { Messages } = await sqs.client.send(new ReceiveMessageCommand({ QueueUrl }));
  expect(Messages).toBeUndefined();
  await send(0);
  await purge();
});

test('tags are set, replaced and taken away', async () => {
  const QueueUrl = await create('work');
  await sqs.client.send(new TagQueueCommand({ QueueUrl, Tags: { a: '1', b: '2' } }));
  await sqs.client.send(new TagQueueCommand({ QueueUrl, Tags: { b: '3' } }));
  await sqs.client.send(new UntagQueueCommand({ QueueUrl, TagKeys: ['a'] }));
  expect((await sqs.client.send(new ListQueueTagsCommand({ QueueUrl }))).Tags).toEqual({ b: '3' });
});
