import {
  ChangeMessageVisibilityCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SendMessageCommandInput,
} from '@aws-sdk/client-sqs';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  type EventSource,
  type EventSourceOptions,
  startEventSource,
} from '../../../infra/local/event-source.ts';
import type { QueueIdentity } from '../../../infra/local/sqs/engine.ts';
import { type EmbeddedSqs, embeddedSqsClient } from '../../support/embedded-sqs.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };

let sqs: EmbeddedSqs;
let queue: QueueIdentity;
let sources: EventSource[];
let records: SQSRecord[];
beforeEach(async () => {
  sqs = await embeddedSqsClient();
  queue = sqs.createQueue('work', { visibilityTimeoutSeconds: 60 });
  sources = [];
  records = [];
});
afterEach(async () => {
  await Promise.all(sources.map((source) => source.stop()));
  await sqs.close();
});

type Changes = Partial<Omit<Extract<EventSourceOptions, { queueArn: string }>, 'invoke'>>;
/** A mapping on the queue; what it hands over is also kept in `records`. */
const map = (answer: (event: SQSEvent) => unknown, changes: Changes = {}): EventSource => {
  const source = startEventSource({
    queueArn: queue.arn,
    sqs: sqs.engine,
    batchSize: 10,
    maximumConcurrency: 5,
    functionTimeoutSeconds: 30,
    reportBatchItemFailures: true,
    log: silent,
    ...changes,
    invoke: async (event) => {
      records.push(...event.Records);
      return answer(event);
    },
  });
  sources.push(source);
  return source;
};
const succeed = () => ({ batchItemFailures: [] });
const send = (MessageBody: string, input: Partial<SendMessageCommandInput> = {}) =>
  sqs.client.send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody, ...input }));
const sendMany = async (bodies: string[]) => {
  for (let start = 0; start < bodies.length; start += 10) {
    const Entries = bodies
      .slice(start, start + 10)
      .map((MessageBody, index) => ({ Id: String(index), MessageBody }));
    await sqs.client.send(new SendMessageBatchCommand({ QueueUrl: queue.url, Entries }));
  }
};
const numbered = (count: number) => Array.from({ length: count }, (_, index) => String(index));
const handedOver = (count: number) =>
  vi.waitFor(() => expect(records.length).toBeGreaterThanOrEqual(count), { timeout: 15_000, interval: 2 });
/** Visible, delayed and in flight together. */
const left = async (of: QueueIdentity = queue) => {
  const { Attributes } = await sqs.client.send(
    new GetQueueAttributesCommand({ QueueUrl: of.url, AttributeNames: ['All'] }),
  );
  const names = ['', 'Delayed', 'NotVisible'];
  return names
    .map((name) => Number(Reflect.get(Attributes ?? {}, `ApproximateNumberOfMessages${name}`)))
    .reduce((sum, count) => sum + count);
};
const comesDownTo = (count: number, of?: QueueIdentity) =>
  vi.waitFor(async () => expect(await left(of)).toBe(count), { timeout: 15_000, interval: 5 });
const accountedFor = async (source: EventSource) => {
  await source.stop();
  return left();
};

test('a function gets a real SQS event', async () => {
  map(succeed);
  const sent = await send('{"v":1} \u{1F600}', {
    MessageGroupId: 'root',
    MessageAttributes: {
      trace: { DataType: 'String', StringValue: 'abc' },
      bytes: { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2]) },
    },
  });
  await handedOver(1);
  expect(records).toEqual([
    {
      messageId: sent.MessageId,
      receiptHandle: expect.any(String),
      body: '{"v":1} \u{1F600}',
      attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: expect.stringMatching(/^\d{13}$/),
        SenderId: expect.any(String),
        ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
        MessageGroupId: 'root',
      },
      messageAttributes: {
        trace: { stringValue: 'abc', stringListValues: [], binaryListValues: [], dataType: 'String' },
        bytes: { binaryValue: 'AQI=', stringListValues: [], binaryListValues: [], dataType: 'Binary' },
      },
      md5OfBody: sent.MD5OfMessageBody,
      md5OfMessageAttributes: sent.MD5OfMessageAttributes,
      eventSource: 'aws:sqs',
      eventSourceARN: queue.arn,
      awsRegion: 'us-east-1',
    },
  ]);
  await comesDownTo(0);
});

test('a burst is handed over in full batches, each message once, and deleted', async () => {
  const sizes: number[] = [];
  await sendMany(numbered(300));
  map((event) => {
    sizes.push(event.Records.length);
    return succeed();
  });
  await comesDownTo(0);
  expect(sizes).toEqual(Array(30).fill(10));
  expect(records.map((record) => record.body).sort()).toEqual(numbered(300).sort());
});

describe('the answer decides what is deleted', () => {
  const first = (event: SQSEvent) => event.Records[0]?.messageId;
  test.each<[string, (event: SQSEvent) => unknown, string[]]>([
    ['an empty list: all', () => ({ batchItemFailures: [] }), []],
    ['a null list: all', () => ({ batchItemFailures: null }), []],
    ['an empty object: all', () => ({}), []],
    ['null: all', () => null, []],
    ['nothing: all', () => undefined, []],
    ['one id: the others', (event) => ({ batchItemFailures: [{ itemIdentifier: first(event) }] }), ['a']],
    [
      'an id twice: the others',
      (event) => ({
        batchItemFailures: [{ itemIdentifier: first(event) }, { itemIdentifier: first(event) }],
      }),
      ['a'],
    ],
    ['an unknown id: none', () => ({ batchItemFailures: [{ itemIdentifier: 'stranger' }] }), ['a', 'b', 'c']],
    [
      'an unknown id beside a known one: none',
      (event) => ({ batchItemFailures: [{ itemIdentifier: first(event) }, { itemIdentifier: 'stranger' }] }),
      ['a', 'b', 'c'],
    ],
    ['an empty id: none', () => ({ batchItemFailures: [{ itemIdentifier: '' }] }), ['a', 'b', 'c']],
    ['a null id: none', () => ({ batchItemFailures: [{ itemIdentifier: null }] }), ['a', 'b', 'c']],
    ['a wrong key: none', (event) => ({ batchItemFailures: [{ id: first(event) }] }), ['a', 'b', 'c']],
    ['no list: none', () => ({ batchItemFailures: 'a' }), ['a', 'b', 'c']],
    ['a text: none', () => 'done', ['a', 'b', 'c']],
    ['an error: none', () => Promise.reject(new Error('boom')), ['a', 'b', 'c']],
  ])('%s', async (_, answer, expected) => {
    await sendMany(['a', 'b', 'c']);
    const source = map(answer);
    await handedOver(3);
    expect(await accountedFor(source)).toBe(expected.length);
    const kept = records.slice(0, expected.length).map((record) => record.receiptHandle);
    for (const ReceiptHandle of kept) {
      await sqs.client.send(
        new ChangeMessageVisibilityCommand({ QueueUrl: queue.url, ReceiptHandle, VisibilityTimeout: 0 }),
      );
    }
    const { Messages } = await sqs.client.send(
      new ReceiveMessageCommand({ QueueUrl: queue.url, MaxNumberOfMessages: 10 }),
    );
    expect((Messages ?? []).map((message) => message.Body)).toEqual(expected);
  });

  test('without ReportBatchItemFailures the list means nothing, an error everything', async () => {
    await sendMany(['a', 'b']);
    const calm = map((event) => ({ batchItemFailures: [{ itemIdentifier: first(event) }] }), {
      reportBatchItemFailures: false,
    });
    await handedOver(2);
    expect(await accountedFor(calm)).toBe(0);
    await send('c');
    const broken = map(() => Promise.reject(new Error('boom')), { reportBatchItemFailures: false });
    await handedOver(3);
    expect(await accountedFor(broken)).toBe(1);
  });
});

test('a message whose visibility was changed and that is reported as failed comes back, counted', async () => {
  map(async ({ Records }) => {
    const failed = Records.filter((record) => record.attributes.ApproximateReceiveCount !== '3');
    for (const record of failed) {
      await sqs.client.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl: queue.url,
          ReceiptHandle: record.receiptHandle,
          VisibilityTimeout: record.attributes.ApproximateReceiveCount === '1' ? 0 : 1,
        }),
      );
    }
    return { batchItemFailures: failed.map((record) => ({ itemIdentifier: record.messageId })) };
  });
  await send('retry');
  await comesDownTo(0);
  expect(records.map((record) => record.attributes.ApproximateReceiveCount)).toEqual(['1', '2', '3']);
  expect(new Set(records.map((record) => record.messageId)).size).toBe(1);
});

test('a message that keeps failing ends in the dead-letter queue after maxReceiveCount receives', async () => {
  const dlq = sqs.createQueue('poison-dlq');
  queue = sqs.createQueue('poison', {
    visibilityTimeoutSeconds: 60,
    deadLetterTargetArn: dlq.arn,
    maxReceiveCount: 3,
  });
  map(async ({ Records }) => {
    for (const { receiptHandle: ReceiptHandle } of Records) {
      await sqs.client.send(
        new ChangeMessageVisibilityCommand({ QueueUrl: queue.url, ReceiptHandle, VisibilityTimeout: 0 }),
      );
    }
    throw new Error('always');
  });
  await send('poison');
  await comesDownTo(1, dlq);
  expect(records).toHaveLength(3);
  expect(await left()).toBe(0);
});

describe('concurrency', () => {
  /** Invocations that end when told to. */
  const held = () => {
    const open: (() => void)[] = [];
    const invoke = () => new Promise<void>((resolve) => open.push(resolve));
    return { open, invoke };
  };

  test('as many batches as allowed run at once, and what waits is not received', async () => {
    const { open, invoke } = held();
    map(invoke, { batchSize: 1, maximumConcurrency: 2 });
    await sendMany(numbered(5));
    await vi.waitFor(() => expect(open).toHaveLength(2));
    const { Attributes } = await sqs.client.send(
      new GetQueueAttributesCommand({ QueueUrl: queue.url, AttributeNames: ['All'] }),
    );
    expect(Attributes).toMatchObject({
      ApproximateNumberOfMessages: '3',
      ApproximateNumberOfMessagesNotVisible: '2',
    });
    open[0]?.();
    await vi.waitFor(() => expect(open).toHaveLength(3));
    for (let next = 1; next < 5; next += 1) {
      await vi.waitFor(() => expect(open.length).toBeGreaterThan(next));
      open[next]?.();
    }
    await comesDownTo(0);
    expect(records.map((record) => record.body)).toEqual(numbered(5));
  });

  test('more may run as soon as the limit is raised, and fewer once it is lowered', async () => {
    const { open, invoke } = held();
    const source = map(invoke, { batchSize: 1, maximumConcurrency: 1 });
    await sendMany(numbered(6));
    await vi.waitFor(() => expect(open).toHaveLength(1));
    source.resize(3);
    await vi.waitFor(() => expect(open).toHaveLength(3));
    source.resize(1);
    open[0]?.();
    open[1]?.();
    await comesDownTo(4);
    expect(open).toHaveLength(3);
    open[2]?.();
    for (let next = 3; next < 6; next += 1) {
      await vi.waitFor(() => expect(open.length).toBeGreaterThan(next));
      open[next]?.();
    }
    await comesDownTo(0);
  });

  test('stopping lets what runs end and be accounted for, and receives nothing more', async () => {
    const { open, invoke } = held();
    const source = map(invoke, { batchSize: 1, maximumConcurrency: 1 });
    await sendMany(['runs', 'waits']);
    await vi.waitFor(() => expect(open).toHaveLength(1));
    const stopped = vi.fn<() => void>();
    const stopping = source.stop().then(stopped);
    await send('too late');
    expect(stopped).not.toHaveBeenCalled();
    open[0]?.();
    await stopping;
    expect(records.map((record) => record.body)).toEqual(['runs']);
    const { Messages } = await sqs.client.send(
      new ReceiveMessageCommand({ QueueUrl: queue.url, MaxNumberOfMessages: 10 }),
    );
    expect(Messages?.map((message) => message.Body)).toEqual(['waits', 'too late']);
  });

  test('stopping an idle source ends its long poll without losing what is sent next', async () => {
    const source = map(succeed);
    await source.stop();
    await source.stop();
    await send('kept');
    const { Messages } = await sqs.client.send(new ReceiveMessageCommand({ QueueUrl: queue.url }));
    expect(Messages?.map((message) => message.Body)).toEqual(['kept']);
    expect(records).toEqual([]);
  });
});

describe('a batching window', () => {
  const sizes: number[] = [];
  const measure = (event: SQSEvent) => {
    sizes.push(event.Records.length);
    return succeed();
  };
  beforeEach(() => {
    sizes.length = 0;
  });

  test('gathers more than ten, and does not wait once the batch is full', async () => {
    await sendMany(numbered(50));
    map(measure, { batchSize: 25, maximumBatchingWindowSeconds: 300 });
    await handedOver(50);
    expect(sizes).toEqual([25, 25]);
  });

  test('hands over what there is when the window ends', async () => {
    await sendMany(numbered(3));
    map(measure, { batchSize: 25, maximumBatchingWindowSeconds: 1 });
    await handedOver(3);
    expect(sizes).toEqual([3]);
  });

  test('stopping hands over what was gathered', async () => {
    await sendMany(numbered(3));
    const source = map(measure, { batchSize: 25, maximumBatchingWindowSeconds: 300 });
    await vi.waitFor(async () => expect(await left()).toBe(3));
    expect(await accountedFor(source)).toBe(0);
    expect(sizes).toEqual([3]);
  });
});

describe('a mapping is refused', () => {
  test.each<[string, Changes, RegExp]>([
    [
      'for a queue that does not exist',
      { queueArn: 'arn:aws:sqs:us-east-1:000000000000:none' },
      /does not exist/,
    ],
    [
      'when the function may outlive the visibility',
      { functionTimeoutSeconds: 61 },
      /less than Function timeout/,
    ],
    ['for large batches without a window', { batchSize: 11 }, /batch window/],
    ['for no messages a batch', { batchSize: 0 }, /batch size/],
    ['for no concurrency', { maximumConcurrency: 0 }, /concurrency/],
  ])('%s', (_, changes, message) => {
    expect(() => map(succeed, changes)).toThrow(message);
  });
});

test('a source goes on after its queue could not be read', async () => {
  const errors: string[] = [];
  map(succeed, { log: { ...silent, error: (message) => errors.push(message) } });
  await sqs.engine.call('DeleteQueue', { QueueUrl: queue.url });
  await vi.waitFor(() => expect(errors).toContain('receive failed'), { timeout: 10_000 });
  sqs.createQueue('work', { visibilityTimeoutSeconds: 60 });
  await send('after');
  await handedOver(1);
});
