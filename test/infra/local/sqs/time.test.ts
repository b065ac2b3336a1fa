import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type EmbeddedSqs, embeddedSqsClient } from '../../../support/embedded-sqs.ts';

let sqs: EmbeddedSqs;
let QueueUrl: string;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  sqs = await embeddedSqsClient();
  QueueUrl = sqs.createQueue('work', { visibilityTimeoutSeconds: 60 }).url;
});
afterEach(async () => {
  await sqs.close();
  vi.useRealTimers();
});

const pass = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1_000);
const send = (MessageBody: string, DelaySeconds?: number) =>
  sqs.client.send(new SendMessageCommand({ QueueUrl, MessageBody, DelaySeconds }));
const receive = async (
  input: Partial<ReceiveMessageCommandInput> = {},
  options: { abortSignal?: AbortSignal } = {},
): Promise<Message[]> => {
  const command = new ReceiveMessageCommand({
    QueueUrl,
    MaxNumberOfMessages: 10,
    MessageSystemAttributeNames: ['All'],
    ...input,
  });
  return (await sqs.client.send(command, options)).Messages ?? [];
};
const bodies = (messages: Message[]) => messages.map((message) => message.Body);
const changeVisibility = (message: Message | undefined, VisibilityTimeout: number) =>
  sqs.client.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl,
      ReceiptHandle: message?.ReceiptHandle,
      VisibilityTimeout,
    }),
  );
const counts = async () => {
  const { Attributes } = await sqs.client.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesDelayed',
        'ApproximateNumberOfMessagesNotVisible',
      ],
    }),
  );
  return [
    Attributes?.ApproximateNumberOfMessages,
    Attributes?.ApproximateNumberOfMessagesDelayed,
    Attributes?.ApproximateNumberOfMessagesNotVisible,
  ].map(Number);
};
/** A long poll that has reached the engine, and what became of it. */
const polling = async (input: Partial<ReceiveMessageCommandInput> = {}, abortSignal?: AbortSignal) => {
  const poll: { settled: boolean; messages: Message[] } = { settled: false, messages: [] };
  receive({ WaitTimeSeconds: 20, ...input }, abortSignal && { abortSignal }).then(
    (messages) => Object.assign(poll, { settled: true, messages }),
    () => Object.assign(poll, { settled: true }),
  );
  await pass(0);
  return poll;
};

test('a delayed message comes at its second, not before, to one who already waits', async () => {
  await send('late', 10);
  const poll = await polling();
  await pass(9.9);
  expect(poll.settled).toBe(false);
  await pass(0.1);
  expect(bodies(poll.messages)).toEqual(['late']);
});

test('a message that comes due sooner overtakes one that was delayed earlier', async () => {
  await send('far', 19);
  const poll = await polling();
  await send('near', 3);
  await pass(3);
  expect(bodies(poll.messages)).toEqual(['near']);
});

test("a queue's own delay holds for messages that name none", async () => {
  QueueUrl = sqs.createQueue('slow', { delaySeconds: 5 }).url;
  await send('by default');
  await send('at once', 0);
  expect(bodies(await receive())).toEqual(['at once']);
  await pass(5);
  expect(bodies(await receive())).toEqual(['by default']);
});

test('a long poll with nothing to receive ends empty after its wait', async () => {
  const poll = await polling({ WaitTimeSeconds: 3 });
  await pass(2.9);
  expect(poll.settled).toBe(false);
  await pass(0.1);
  expect(poll).toEqual({ settled: true, messages: [] });
});

test("a receive without a wait goes by the queue's own wait", async () => {
  QueueUrl = sqs.createQueue('patient', { attributes: { ReceiveMessageWaitTimeSeconds: '7' } }).url;
  const poll = await polling({ WaitTimeSeconds: undefined });
  await pass(6.9);
  expect(poll.settled).toBe(false);
  await pass(0.1);
  expect(poll.settled).toBe(true);
});

test('one message wakes one waiter, the one that waited longest; the others go on waiting', async () => {
  const polls = [await polling(), await polling(), await polling()];
  await send('one');
  await pass(0);
  expect(polls.map((poll) => bodies(poll.messages))).toEqual([['one'], [], []]);
  expect(polls.map((poll) => poll.settled)).toEqual([true, false, false]);
});

test('a waiter gets a batch whole', async () => {
  const poll = await polling();
  await sqs.client.send(
    new SendMessageBatchCommand({
      QueueUrl,
      Entries: ['a', 'b', 'c'].map((body) => ({ Id: body, MessageBody: body })),
    }),
  );
  await pass(0);
  expect(bodies(poll.messages)).toEqual(['a', 'b', 'c']);
});

test('a receive that was given up before it began takes nothing', async () => {
  await send('kept');
  const input = { QueueUrl, WaitTimeSeconds: 20 };
  const given = await sqs.engine.call('ReceiveMessage', input, { signal: AbortSignal.abort() });
  expect(given.body).toBe('{}');
  expect(bodies(await receive())).toEqual(['kept']);
});

test('a long poll that was aborted takes no message along', async () => {
  const abort = new AbortController();
  const poll = await polling({}, abort.signal);
  abort.abort();
  await pass(0);
  expect(poll.settled).toBe(true);
  await send('kept');
  expect(bodies(await receive())).toEqual(['kept']);
});

test('closing the engine ends long polls with nothing in them and refuses calls', async () => {
  const poll = await polling();
  await sqs.engine.close();
  await pass(0);
  expect(poll).toEqual({ settled: true, messages: [] });
  await expect(send('too late')).rejects.toMatchObject({ $fault: 'server' });
});

test('what is received and not deleted comes back after its visibility timeout, counted', async () => {
  await send('again');
  const [first] = await receive();
  await pass(59.9);
  expect(await receive()).toEqual([]);
  await pass(0.1);
  const [second] = await receive();
  expect(second).toMatchObject({
    MessageId: first?.MessageId,
    Attributes: {
      ApproximateReceiveCount: '2',
      ApproximateFirstReceiveTimestamp: first?.Attributes?.ApproximateFirstReceiveTimestamp,
      SentTimestamp: first?.Attributes?.SentTimestamp,
    },
  });
  expect(second?.ReceiptHandle).not.toBe(first?.ReceiptHandle);
});

test('changed visibility counts from the change: shorter, longer, or at once', async () => {
  await send('moved');
  let [message] = await receive();
  await changeVisibility(message, 0);
  [message] = await receive();
  expect(message?.Attributes?.ApproximateReceiveCount).toBe('2');
  await changeVisibility(message, 5);
  const poll = await polling();
  await pass(4.9);
  expect(poll.settled).toBe(false);
  await pass(0.1);
  expect(bodies(poll.messages)).toEqual(['moved']);
  await changeVisibility(poll.messages[0], 300);
  await pass(299);
  expect(await receive()).toEqual([]);
  await pass(1);
  expect(bodies(await receive())).toEqual(['moved']);
});

test('visibility cannot be changed for what is not in flight, nor beyond 12 h from the receive', async () => {
  await send('x');
  const [message] = await receive();
  await pass(100);
  await expect(changeVisibility(message, 10)).rejects.toMatchObject({ name: 'MessageNotInflight' });
  const [again] = await receive();
  await pass(10);
  await expect(changeVisibility(again, 43_195)).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  await changeVisibility(again, 43_190);
  await expect(changeVisibility(message, 1)).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  await expect(changeVisibility({ ReceiptHandle: 'nonsense' }, 1)).rejects.toMatchObject({
    name: 'ReceiptHandleIsInvalid',
  });
});

test('a receipt still deletes after its visibility ended, as long as nobody received again', async () => {
  await send('slow worker');
  const [message] = await receive();
  await pass(61);
  await sqs.client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message?.ReceiptHandle }));
  expect(await counts()).toEqual([0, 0, 0]);
  expect(await receive()).toEqual([]);
});

test('counts are right at every instant, though nobody receives', async () => {
  await send('now');
  await send('seen');
  await send('soon', 10);
  await receive({ MaxNumberOfMessages: 1, VisibilityTimeout: 30 });
  expect(await counts()).toEqual([1, 1, 1]);
  await pass(10);
  expect(await counts()).toEqual([2, 0, 1]);
  await pass(20);
  expect(await counts()).toEqual([3, 0, 0]);
});

test('messages older than the retention period are gone, from the queue and from its counts', async () => {
  QueueUrl = sqs.createQueue('short', { attributes: { MessageRetentionPeriod: '120' } }).url;
  await send('old');
  await send('old and in flight');
  await receive({ MaxNumberOfMessages: 1, VisibilityTimeout: 600 });
  await pass(100);
  await send('young');
  await pass(25);
  expect(await counts()).toEqual([1, 0, 0]);
  expect(bodies(await receive())).toEqual(['young']);
});
