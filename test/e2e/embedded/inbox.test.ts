import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  GetQueueUrlCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Run } from '../../support/documents.ts';
import { eventually } from '../../support/eventually.ts';
import { type OwnEngine, startOwnEngine } from './own-engine.ts';

/** Nothing is due of its own accord. */
const IDLE = { schedule: { kind: 'once', at: '2100-01-01T00:00:00.000Z' } };
const rules = {
  orders: {
    pattern: {
      source: ['shop'],
      'detail-type': ['order.placed'],
      detail: { total: [{ numeric: ['>', 100] }] },
    },
    trigger: 'pack',
    payload: { order: '{{ event.detail.orderId }}', of: '{{ event.source }}' },
  },
  ended: {
    bus: 'escapement',
    pattern: { source: ['escapement'], 'detail-type': ['run.succeeded'], detail: { taskId: ['circle'] } },
    trigger: 'circle',
  },
};

describe('events in', () => {
  let engine: OwnEngine;
  let sqs: SQSClient;
  let bus: EventBridgeClient;
  beforeAll(async () => {
    engine = await startOwnEngine({ ESCAPEMENT_EVENTS: JSON.stringify({ success: true, rules }) });
    reconnect();
    for (const id of ['pack', 'circle']) await declare(id);
  });
  afterAll(() => engine?.dispose());

  it('an event put on the bus runs its task once, though it is delivered twice', async () => {
    const [other, mine] = await put({ orderId: 1, total: 99 }, { orderId: 2, total: 250 });
    const [run] = await engine.world.ended('pack');
    expect(run).toMatchObject({ status: 'success', trigger: 'event', result: { order: 2, of: 'shop' } });
    expect(run).toMatchObject({ causedBy: `rule/orders/${mine}` });
    const logged = readFileSync(join(engine.process.dataDir, 'logs', 'events.log'), 'utf8');
    expect(logged).toContain(other);

    const event = logged.split('\n').find((line) => line.includes(`"id":"${mine}"`)) ?? '';
    const { bus: _, ...delivered } = JSON.parse(event);
    await send({ v: 1, action: 'event', rule: 'orders', event: delivered });
    await handled('again');
    expect(await engine.world.runs('pack')).toHaveLength(1);
  });

  it('a message triggers its task once, though it is sent twice', async () => {
    const { id } = await declare(engine.world.newId());
    const message = {
      v: 1,
      action: 'trigger',
      id: `order-${id}`,
      taskId: id,
      payload: { as: '{{ run.id }}' },
    };
    await send(message);
    await send(message);
    await handled('twice');
    const runs = await engine.world.ended(id);
    expect(runs).toMatchObject([{ status: 'success', trigger: 'event', result: { as: '{{ run.id }}' } }]);
  });

  it('a message creates its task once, though it is sent twice', async () => {
    const taskId = engine.world.newId();
    const task = {
      name: 'From a message',
      handler: 'demo.echo',
      payload: { n: 1 },
      schedule: { kind: 'now' },
    };
    const message = { v: 1, action: 'create', id: `make-${taskId}`, taskId, task };
    await send(message);
    await send(message);
    await handled('created');
    expect(await engine.world.ended(taskId)).toMatchObject([{ status: 'success', result: { n: 1 } }]);
    expect(await engine.world.read(taskId)).toMatchObject({ createdBy: `event:make-${taskId}` });
  });

  it('what cannot be done lies in the dead-letter queue at once, with the reason', async () => {
    await send({ v: 1, action: 'trigger', id: 'x', taskId: 'nobody' });
    const [letter] = await eventually(async () => {
      const letters = await deadLetters();
      expect(letters).toHaveLength(1);
      return letters;
    });
    expect(JSON.parse(letter?.Body ?? '')).toMatchObject({ taskId: 'nobody' });
    expect(letter?.MessageAttributes?.reason?.StringValue).toBe('There is no task nobody');
  });

  it('a task whose end triggers itself comes to an end', async () => {
    await send({ v: 1, action: 'trigger', id: 'start', taskId: 'circle' });
    // Eleven runs, each behind the end of the one before it.
    await eventually(async () => expect(await deadLetters()).toHaveLength(2), { timeoutMs: 60_000 });
    const runs = await engine.world.ended('circle', 11);
    expect(runs).toHaveLength(11);
  });

  it('what was acknowledged survives kill -9', async () => {
    const { id } = await declare(engine.world.newId());
    const message = { v: 1, action: 'trigger', taskId: id };
    await Promise.all(Array.from({ length: 20 }, (_, i) => send({ ...message, id: `${id}-${i}` })));
    await engine.process.restart();
    reconnect();
    const runs = await engine.world.ended(id, 20, 60_000);
    expect(runs.map(({ status }) => status)).toEqual(Array(20).fill('success'));
  });

  const declare = async (id: string): Promise<{ id: string }> => {
    const json = { name: 'Waits for events', handler: 'demo.echo', overlap: 'allow', ...IDLE };
    await engine.world.must(201, 'PUT', `/v1/tasks/${id}`, { json });
    return { id };
  };

  function reconnect(): void {
    sqs = engine.openSqs();
    bus = new EventBridgeClient({
      region: 'us-east-1',
      endpoint: engine.awsEndpoint(),
      credentials: { accessKeyId: 'anybody', secretAccessKey: 'anything' },
    });
  }

  async function put(...details: object[]): Promise<string[]> {
    const Entries = details.map((detail) => ({
      Source: 'shop',
      DetailType: 'order.placed',
      Detail: JSON.stringify(detail),
    }));
    const reply = await bus.send(new PutEventsCommand({ Entries }));
    expect(reply.FailedEntryCount).toBe(0);
    return reply.Entries?.map(({ EventId = '' }) => EventId) ?? [];
  }

  const urlOf = async (queue: string) =>
    (await sqs.send(new GetQueueUrlCommand({ QueueName: `escapement-${queue}` }))).QueueUrl;

  const send = async (message: object) =>
    sqs.send(
      new SendMessageCommand({ QueueUrl: await urlOf('inbox'), MessageBody: JSON.stringify(message) }),
    );

  async function deadLetters(): Promise<Message[]> {
    const query = { MaxNumberOfMessages: 10, VisibilityTimeout: 0, MessageAttributeNames: ['All'] };
    const QueueUrl = await urlOf('inbox-dlq');
    return (await sqs.send(new ReceiveMessageCommand({ QueueUrl, ...query }))).Messages ?? [];
  }

  /** The inbox has acted on all that was sent before: a witness sent now has run. */
  async function handled(witness: string): Promise<Run[]> {
    const { id } = await declare(engine.world.newId());
    await send({ v: 1, action: 'trigger', id: `${witness}-${id}`, taskId: id });
    return engine.world.ended(id);
  }
});
