import {
  ChangeMessageVisibilityCommand,
  PurgeQueueCommand,
  PurgeQueueInProgress,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { asciiJson } from '../../../../shared/adapters/sqs/ascii-json.ts';
import { makeDispatchQueue } from '../../../../shared/adapters/sqs/dispatch-queue.ts';
import { makeQueueInspector } from '../../../../shared/adapters/sqs/queue-inspector.ts';
import { makeVisibility } from '../../../../shared/adapters/sqs/visibility.ts';
import { makeWorkQueues } from '../../../../shared/adapters/sqs/work-queues.ts';
import { scheduledOccurrence } from '../../../../shared/domain/occurrence.ts';

const client = new SQSClient({ region: 'us-east-1' });
const sqs = mockClient(client);
const targets = {
  high: { url: 'https://sqs/high', arn: 'arn:high', dlqUrl: 'https://sqs/high-dlq', maxReceiveCount: 20 },
};
const warnings: unknown[] = [];
const log = {
  warn: (...line: unknown[]) => void warnings.push(line),
  error: (...line: unknown[]) => void warnings.push(line),
};
const queues = makeWorkQueues({ client, targets, log });
const order = (taskId: string, delaySeconds = 0) => ({
  queue: 'high',
  hint: { v: 1, kind: 'hint', tenant: 'acme', taskId, occurrence: scheduledOccurrence(5) } as const,
  delaySeconds,
});
const orders = (count: number) => Array.from({ length: count }, (_, i) => order(`t${i}`));
const named = (name: string) => Object.assign(new Error('no'), { name });
const sentEntries = () =>
  sqs.commandCalls(SendMessageBatchCommand).map((call) => call.args[0].input.Entries ?? []);

beforeEach(() => {
  sqs.reset();
  warnings.length = 0;
  sqs.on(SendMessageBatchCommand).resolves({ Successful: [], Failed: [] });
});

describe('sending hints', () => {
  it('packs ten to a batch, in the tenant’s group, with whole seconds of delay within the limit', async () => {
    await queues.send([...orders(20), order('late', 4_000.5), order('past', -1), order('soon', 1.9)]);
    expect(sentEntries().map((entries) => entries.length)).toEqual([10, 10, 3]);
    const last = sentEntries()[2] ?? [];
    expect(last.map((entry) => entry.DelaySeconds)).toEqual([900, 0, 1]);
    expect(last[0]).toMatchObject({ MessageGroupId: 'acme' });
    expect(Buffer.byteLength(last[0]?.MessageBody ?? '')).toBeLessThan(1_024);
  });

  it('tries refused entries once more, and only those', async () => {
    sqs
      .on(SendMessageBatchCommand)
      .resolvesOnce({
        Successful: [],
        Failed: [
          { Id: '1', Code: 'InternalError', SenderFault: false },
          { Id: '3', Code: 'InternalError', SenderFault: false },
        ],
      })
      .resolves({ Successful: [], Failed: [{ Id: '3', Code: 'InternalError', SenderFault: false }] });
    const { failed } = await queues.send(orders(5));
    expect(failed.map(({ taskId }) => taskId)).toEqual(['t3']);
    expect(sentEntries().map((entries) => entries.map(({ Id }) => Id))).toEqual([
      ['0', '1', '2', '3', '4'],
      ['1', '3'],
    ]);
    expect(warnings).toHaveLength(1);
  });

  it('does not repeat what was our own fault', async () => {
    sqs
      .on(SendMessageBatchCommand)
      .resolves({ Successful: [], Failed: [{ Id: '0', Code: 'InvalidMessageContents', SenderFault: true }] });
    expect((await queues.send(orders(2))).failed.map(({ taskId }) => taskId)).toEqual(['t0']);
    expect(sentEntries()).toHaveLength(1);
  });

  it('reports every hint of a batch that could not be sent at all, and sends the others', async () => {
    sqs
      .on(SendMessageBatchCommand)
      .rejectsOnce(named('QueueDoesNotExist'))
      .resolves({ Successful: [], Failed: [] });
    const { failed } = await queues.send(orders(12));
    expect(failed).toHaveLength(10);
    expect(sentEntries()).toHaveLength(2);
  });
});

describe('other sends', () => {
  it('makes a failing letter `unavailable` when SQS is away', async () => {
    const failure = named('ServiceUnavailable');
    sqs.on(SendMessageCommand).rejects(failure);
    await expect(queues.sendPoison('high', 'x', 'why')).rejects.toMatchObject({
      code: 'unavailable',
      details: { service: 'sqs' },
      cause: failure,
    });
    await expect(queues.sendPoison('gone', 'x', 'why')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('never sends an empty, endless or unprintable attribute', async () => {
    sqs.on(SendMessageCommand).resolves({});
    await queues.sendPoison('high', 'x', '\u0001');
    await queues.sendPoison('high', 'x', 'ö'.repeat(10) + 'y'.repeat(10_000));
    const reasons = sqs
      .commandCalls(SendMessageCommand)
      .map((call) => call.args[0].input.MessageAttributes?.reason?.StringValue);
    expect(reasons).toEqual(['unknown', 'y'.repeat(512)]);
  });

  it('fails a dispatch of which a message was refused twice', async () => {
    sqs
      .on(SendMessageBatchCommand)
      .resolves({ Successful: [], Failed: [{ Id: '0', Code: 'InternalError', SenderFault: false }] });
    const dispatch = makeDispatchQueue(client, 'https://sqs/dispatch');
    await expect(dispatch.send([{ v: 1, kind: 'dispatch', shard: 0 }])).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(sentEntries()).toHaveLength(2);
  });
});

describe('the queue itself', () => {
  it('takes a purge under way for done', async () => {
    sqs.on(PurgeQueueCommand).rejects(new PurgeQueueInProgress({ $metadata: {}, message: 'busy' }));
    await makeQueueInspector(client, targets).purgeLetters('high');
    expect(sqs.commandCalls(PurgeQueueCommand)[0]?.args[0].input.QueueUrl).toBe('https://sqs/high-dlq');
  });

  it('keeps visibility within what SQS takes', async () => {
    sqs.on(ChangeMessageVisibilityCommand).resolves({});
    const visibility = makeVisibility(client, 'https://sqs/high');
    for (const seconds of [1.2, -5, 99_999]) await visibility.extend('handle', seconds);
    const timeouts = sqs
      .commandCalls(ChangeMessageVisibilityCommand)
      .map((call) => call.args[0].input.VisibilityTimeout);
    expect(timeouts).toEqual([2, 0, 43_200]);
  });
});

describe('ASCII JSON', () => {
  it('is plain ASCII and reads back as it was', () => {
    const value = { text: 'Zoë 😀 \u2028 \u007f \u0000 "quoted" \\' };
    const text = asciiJson(value);
    expect(text).toMatch(/^[\x20-\x7e]*$/);
    expect(JSON.parse(text)).toEqual(value);
  });
});
