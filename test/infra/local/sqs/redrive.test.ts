import {
  CancelMessageMoveTaskCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ListMessageMoveTasksCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  StartMessageMoveTaskCommand,
  type StartMessageMoveTaskCommandInput,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { QueueIdentity } from '../../../../infra/local/sqs/engine.ts';
import { type EmbeddedSqs, embeddedSqsClient } from '../../../support/embedded-sqs.ts';

let sqs: EmbeddedSqs;
let dlq: QueueIdentity;
let work: QueueIdentity;
beforeEach(async () => {
  sqs = await embeddedSqsClient();
  dlq = sqs.createQueue('work-dlq');
  work = sqs.createQueue('work', { deadLetterTargetArn: dlq.arn, maxReceiveCount: 2 });
});
afterEach(() => sqs.close());

const send = (queue: QueueIdentity, MessageBody: string) =>
  sqs.client.send(
    new SendMessageCommand({
      QueueUrl: queue.url,
      MessageBody,
      MessageGroupId: 'root',
      MessageAttributes: { kind: { DataType: 'String', StringValue: 'letter' } },
    }),
  );
const receive = async (queue: QueueIdentity, VisibilityTimeout?: number): Promise<Message[]> => {
  const command = new ReceiveMessageCommand({
    QueueUrl: queue.url,
    MaxNumberOfMessages: 10,
    VisibilityTimeout,
    MessageAttributeNames: ['All'],
    MessageSystemAttributeNames: ['All'],
  });
  return (await sqs.client.send(command)).Messages ?? [];
};
const bodies = (messages: Message[]) => messages.map((message) => message.Body);
/** Sends, then receives until SQS gives up. */
const deadLetter = async (queue: QueueIdentity, ...messages: string[]) => {
  for (const body of messages) await send(queue, body);
  for (let receives = 0; receives < 2; receives += 1) await receive(queue, 0);
  expect(await receive(queue, 0)).toEqual([]);
};
const start = (input: Partial<StartMessageMoveTaskCommandInput> = {}) =>
  sqs.client.send(new StartMessageMoveTaskCommand({ SourceArn: dlq.arn, ...input }));
const tasks = async (MaxResults?: number) =>
  (await sqs.client.send(new ListMessageMoveTasksCommand({ SourceArn: dlq.arn, MaxResults }))).Results ?? [];
const ended = () =>
  vi.waitFor(
    async () => {
      const [task] = await tasks();
      if (task?.Status === 'RUNNING') throw new Error('still running');
      return task;
    },
    { timeout: 10_000, interval: 5 },
  );

test('SQS moves a message on the receive after maxReceiveCount, with its id, age, attributes and source', async () => {
  await send(work, 'poison');
  const [first] = await receive(work, 0);
  const [second] = await receive(work, 0);
  expect(second?.Attributes?.ApproximateReceiveCount).toBe('2');
  expect(await receive(work)).toEqual([]);
  const [dead] = await receive(dlq);
  expect(dead).toMatchObject({
    MessageId: first?.MessageId,
    Body: 'poison',
    MessageAttributes: { kind: { StringValue: 'letter' } },
    Attributes: {
      SentTimestamp: first?.Attributes?.SentTimestamp,
      MessageGroupId: 'root',
      DeadLetterQueueSourceArn: work.arn,
    },
  });
});

test('a message waits in its queue while the dead-letter queue is gone', async () => {
  await sqs.client.send(new DeleteQueueCommand({ QueueUrl: dlq.url }));
  await send(work, 'stays');
  for (let receives = 1; receives <= 3; receives += 1) {
    const [message] = await receive(work, 0);
    expect(message?.Attributes?.ApproximateReceiveCount).toBe(String(receives));
  }
});

test('two queues that are each the dead-letter queue of the other pass a message on once', async () => {
  const { client } = sqs;
  await client.send(new DeleteQueueCommand({ QueueUrl: work.url }));
  const a = sqs.createQueue('a');
  const b = sqs.createQueue('b', { deadLetterTargetArn: a.arn, maxReceiveCount: 1 });
  await sqs.engine.call('SetQueueAttributes', {
    QueueUrl: a.url,
    Attributes: { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: b.arn, maxReceiveCount: 1 }) },
  });
  await send(a, 'ping');
  await receive(a, 0);
  expect(await receive(a, 0)).toEqual([]);
  expect(bodies(await receive(b))).toEqual(['ping']);
});

describe('a move to a named queue', () => {
  test('takes along letters that were sent, as new messages', async () => {
    const { MessageId } = await send(dlq, 'letter');
    await start({ DestinationArn: work.arn });
    expect(await ended()).toMatchObject({
      Status: 'COMPLETED',
      SourceArn: dlq.arn,
      DestinationArn: work.arn,
      ApproximateNumberOfMessagesMoved: 1,
      ApproximateNumberOfMessagesToMove: 1,
    });
    const [moved] = await receive(work);
    expect(moved).toMatchObject({
      Body: 'letter',
      MessageAttributes: { kind: { StringValue: 'letter' } },
      Attributes: { ApproximateReceiveCount: '1', MessageGroupId: 'root' },
    });
    expect(moved?.MessageId).not.toBe(MessageId);
    expect(await receive(dlq)).toEqual([]);
  });

  test('takes hundreds, and those that SQS itself dead-lettered too', async () => {
    await deadLetter(work, 'a', 'b');
    for (let count = 0; count < 250; count += 1) await send(dlq, 'letter');
    await start({ DestinationArn: work.arn });
    expect(await ended()).toMatchObject({ Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 252 });
  });

  test('wakes one who waits there', async () => {
    await send(dlq, 'letter');
    const waiting = sqs.client.send(new ReceiveMessageCommand({ QueueUrl: work.url, WaitTimeSeconds: 20 }));
    await start({ DestinationArn: work.arn });
    expect(bodies((await waiting).Messages ?? [])).toEqual(['letter']);
  });

  test('leaves what somebody holds in flight', async () => {
    await send(dlq, 'held');
    await receive(dlq, 60);
    await send(dlq, 'free');
    await start({ DestinationArn: work.arn });
    await ended();
    expect(bodies(await receive(work))).toEqual(['free']);
  });

  test('fails when the destination disappears, and keeps the rest', async () => {
    for (let count = 0; count < 20; count += 1) await send(dlq, 'letter');
    const target = sqs.createQueue('target');
    await start({ DestinationArn: target.arn, MaxNumberOfMessagesPerSecond: 5 });
    await sqs.client.send(new DeleteQueueCommand({ QueueUrl: target.url }));
    expect(await ended()).toMatchObject({
      Status: 'FAILED',
      FailureReason: 'AWS.SimpleQueueService.NonExistentQueue',
    });
    expect((await receive(dlq)).length).toBeGreaterThan(0);
  });
});

describe('a move back to the source', () => {
  test('sends each message to the queue that gave it up', async () => {
    const other = sqs.createQueue('other', { deadLetterTargetArn: dlq.arn, maxReceiveCount: 2 });
    await deadLetter(work, 'w1', 'w2');
    await deadLetter(other, 'o1');
    await start();
    expect(await ended()).toMatchObject({ Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 3 });
    expect(bodies(await receive(work))).toEqual(['w1', 'w2']);
    expect(bodies(await receive(other))).toEqual(['o1']);
  });

  test('fails and moves nothing when a message was sent there, not moved by SQS', async () => {
    await deadLetter(work, 'moved by SQS');
    await send(dlq, 'letter');
    await start();
    expect(await ended()).toMatchObject({
      Status: 'FAILED',
      FailureReason: 'CouldNotDetermineMessageSource',
      ApproximateNumberOfMessagesMoved: 0,
      ApproximateNumberOfMessagesToMove: 2,
    });
    expect(await receive(work)).toEqual([]);
    expect(bodies(await receive(dlq))).toEqual(['moved by SQS', 'letter']);
  });
});

describe('move tasks', () => {
  const LETTERS = 40;
  beforeEach(async () => {
    for (let count = 0; count < LETTERS; count += 1) await send(dlq, 'letter');
  });
  const cancel = (TaskHandle: string | undefined) =>
    sqs.client.send(new CancelMessageMoveTaskCommand({ TaskHandle }));

  test('keep to their rate, can be cancelled once, and leave what they did not move', async () => {
    const { TaskHandle } = await start({ DestinationArn: work.arn, MaxNumberOfMessagesPerSecond: 1 });
    const [running] = await tasks();
    expect(running).toMatchObject({ Status: 'RUNNING', TaskHandle, MaxNumberOfMessagesPerSecond: 1 });
    await vi.waitFor(async () =>
      expect((await tasks())[0]?.ApproximateNumberOfMessagesMoved).toBeGreaterThan(0),
    );
    const moved = (await cancel(TaskHandle)).ApproximateNumberOfMessagesMoved ?? Number.NaN;
    const [task] = await tasks();
    expect(task).toMatchObject({ Status: 'CANCELLED', ApproximateNumberOfMessagesMoved: moved });
    expect(task?.TaskHandle).toBeUndefined();
    const { Attributes } = await sqs.client.send(
      new GetQueueAttributesCommand({ QueueUrl: dlq.url, AttributeNames: ['ApproximateNumberOfMessages'] }),
    );
    expect(Attributes?.ApproximateNumberOfMessages).toBe(String(LETTERS - moved));
    await expect(cancel(TaskHandle)).rejects.toMatchObject({ name: 'UnsupportedOperation' });
  });

  test('run one at a time for a source, and are listed newest first', async () => {
    const { TaskHandle } = await start({ DestinationArn: work.arn, MaxNumberOfMessagesPerSecond: 1 });
    await expect(start({ DestinationArn: work.arn })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    });
    await cancel(TaskHandle);
    await start();
    await ended();
    expect((await tasks(10)).map((task) => [task.Status, task.DestinationArn])).toEqual([
      ['FAILED', undefined],
      ['CANCELLED', work.arn],
    ]);
    expect(await tasks()).toHaveLength(1);
  });

  test.each<[string, Partial<StartMessageMoveTaskCommandInput>, string]>([
    [
      'a source that is nobody’s dead-letter queue',
      { SourceArn: 'arn:aws:sqs:us-east-1:000000000000:work' },
      'InvalidParameterValue',
    ],
    [
      'a source that does not exist',
      { SourceArn: 'arn:aws:sqs:us-east-1:000000000000:none' },
      'ResourceNotFoundException',
    ],
    [
      'a destination that does not exist',
      { DestinationArn: 'arn:aws:sqs:us-east-1:000000000000:none' },
      'ResourceNotFoundException',
    ],
    ['a rate over 500', { MaxNumberOfMessagesPerSecond: 501 }, 'InvalidParameterValue'],
  ])('do not start for %s', async (_, input, name) => {
    await expect(start(input)).rejects.toMatchObject({ name });
  });

  test.each([
    ['that says nothing', 'foobared', 'InvalidParameterValue'],
    [
      'of another task',
      Buffer.from(
        JSON.stringify({ taskId: 'x', sourceArn: 'arn:aws:sqs:us-east-1:000000000000:work-dlq' }),
      ).toString('base64'),
      'ResourceNotFoundException',
    ],
  ])('are not cancelled by a handle %s', async (_, TaskHandle, name) => {
    await expect(sqs.client.send(new CancelMessageMoveTaskCommand({ TaskHandle }))).rejects.toMatchObject({
      name,
    });
  });
});
