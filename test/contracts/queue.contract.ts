import { describe, expect, it, onTestFinished } from 'vitest';
import { scheduledOccurrence } from '../../shared/domain/occurrence.ts';
import type { Hint, Letter } from '../../shared/messages.ts';
import type { DispatchQueue, QueueInspector, Visibility, WorkQueues } from '../../shared/ports.ts';
import { differs } from '../aws/emulator-differences.ts';
import { T0 } from './samples.ts';

export interface Received {
  body: string;
  attributes: Record<string, string>;
  receiptHandle: string;
}
export const MAX_RECEIVE_COUNT = 20;
export type QueueName = 'high' | 'low' | 'dispatch';

/**
 * Empty queues `high` and `low` with their dead-letter queues and the dispatch queue. Visibility timeout is a
 * minute, and a message is received MAX_RECEIVE_COUNT times. No queue `gone` exists.
 */
export interface QueueWorld {
  workQueues: WorkQueues;
  dispatchQueue: DispatchQueue;
  inspector: QueueInspector;
  /** Of the queue `high`. */
  visibility: Visibility;
  receive(queue: QueueName, from?: 'work' | 'dead letters'): Promise<Received[]>;
  /** What the SQS console calls "Redrive to a custom destination", which is the work queue of the letters. */
  redrive(queue: 'high' | 'low'): Promise<void>;
  nowMs(): number;
  /** Lets a little time go by. */
  pass(ms: number): Promise<void>;
  close?(): Promise<void>;
}
export type OpenQueueWorld = () => Promise<QueueWorld>;

const hint = (taskId: string, tenant = 'root'): Hint => ({
  v: 1,
  kind: 'hint',
  tenant,
  taskId,
  occurrence: scheduledOccurrence(T0),
});

const letter = (over: Partial<Letter> = {}): Letter => ({
  ...hint('nightly'),
  kind: 'letter',
  epoch: 0,
  executionId: 'nightly~000001',
  idempotencyKey: 'nightly/2026-11-21T09:00:00.000Z',
  queue: 'high',
  taskName: 'Nächtlicher Bericht 😀',
  handler: 'demo.fail',
  scheduledAt: '2026-11-21T09:00:00.000Z',
  diedAt: '2026-11-21T09:00:01.000Z',
  reason: 'exhausted',
  attempts: 3,
  errorMessage: 'Fehler\n\u0001 ü 😀',
  payload: '/v1/executions/nightly~000001',
  redriveTo: 'arn:aws:sqs:us-east-1:000000000000:high',
  ...over,
});

/** What every queue must do for the scheduler. */
export function queueContract(name: string, openWorld: OpenQueueWorld): void {
  const open = async () => {
    const world = await openWorld();
    onTestFinished(() => world.close?.());
    return world;
  };
  /** Receives until so many came, looking for a bounded time. */
  const receiveAll = async (world: QueueWorld, count: number, ...from: Parameters<QueueWorld['receive']>) => {
    const all: Received[] = [];
    for (let look = 0; look < 400 && all.length < count; look++) {
      all.push(...(await world.receive(...from)));
      if (all.length < count) await world.pass(25);
    }
    expect(all).toHaveLength(count);
    return all;
  };
  const taskOf = ({ body }: Received): unknown => JSON.parse(body).taskId;

  describe(`${name}: work queues`, () => {
    it('delivers more hints than one batch holds, each to its own queue', async () => {
      const world = await open();
      const ids = Array.from({ length: 23 }, (_, i) => `task-${String(i).padStart(2, '0')}`);
      const orders = ids.map((id) => ({ queue: 'high', hint: hint(id), delaySeconds: 0 }));
      const other = { queue: 'low', hint: hint('low-one', 'acme'), delaySeconds: 0 };
      expect(await world.workQueues.send([...orders.slice(0, 12), other, ...orders.slice(12)])).toEqual({
        failed: [],
      });
      const received = await receiveAll(world, 23, 'high');
      expect(received.map(taskOf).sort()).toEqual(ids);
      const [low] = await receiveAll(world, 1, 'low');
      expect(JSON.parse(low?.body ?? '')).toEqual(other.hint);
      expect(await world.workQueues.send([])).toEqual({ failed: [] });
    });

    it('holds a hint back for its delay', async () => {
      const world = await open();
      const sentAt = world.nowMs();
      await world.workQueues.send([
        { queue: 'high', hint: hint('later'), delaySeconds: 1 },
        { queue: 'high', hint: hint('now'), delaySeconds: 0 },
      ]);
      const received = await receiveAll(world, 2, 'high');
      expect(received.map(taskOf)).toEqual(['now', 'later']);
      expect(world.nowMs() - sentAt).toBeGreaterThanOrEqual(950);
    });

    it('takes delays that SQS does not: longer than its limit, negative, and fractions', async () => {
      const world = await open();
      const { failed } = await world.workQueues.send([
        { queue: 'high', hint: hint('long'), delaySeconds: 5_000 },
        { queue: 'high', hint: hint('past'), delaySeconds: -3 },
        { queue: 'high', hint: hint('fraction'), delaySeconds: 0.9 },
      ]);
      expect(failed).toEqual([]);
      const received = await receiveAll(world, 2, 'high');
      expect(received.map(taskOf).sort()).toEqual(['fraction', 'past']);
    });

    it('reports hints for a queue that does not exist, and delivers the others', async () => {
      const world = await open();
      const { failed } = await world.workQueues.send([
        { queue: 'gone', hint: hint('lost'), delaySeconds: 0 },
        { queue: 'high', hint: hint('fine'), delaySeconds: 0 },
      ]);
      expect(failed).toEqual([hint('lost')]);
      expect((await receiveAll(world, 1, 'high')).map(taskOf)).toEqual(['fine']);
    });

    it('brings a message back when its visibility was set, and not before', async () => {
      const world = await open();
      await world.workQueues.send([{ queue: 'high', hint: hint('kept'), delaySeconds: 0 }]);
      const [first] = await receiveAll(world, 1, 'high');
      await world.visibility.extend(first?.receiptHandle ?? '', 1);
      const keptAt = world.nowMs();
      expect(await world.receive('high')).toEqual([]);
      const [again] = await receiveAll(world, 1, 'high');
      expect(again?.body).toBe(first?.body);
      expect(world.nowMs() - keptAt).toBeGreaterThanOrEqual(950);
    });

    it('names the ARN of a queue that exists', async () => {
      const world = await open();
      expect(world.workQueues.arnOf('high')).toMatch(/^arn:aws:sqs:[^:]+:\d+:.*high/);
      expect(world.workQueues.has('high')).toBe(true);
      expect(() => world.workQueues.arnOf('gone')).toThrow();
      expect(world.workQueues.has('gone')).toBe(false);
      expect(world.workQueues.has('toString')).toBe(false);
    });
  });

  describe(`${name}: dead letters`, () => {
    it('puts a letter into the dead-letter queue, readable, with what the console shows', async () => {
      const world = await open();
      const sent = letter({ redriveTo: world.workQueues.arnOf('high') });
      await world.workQueues.sendLetter('high', sent);
      const [received] = await receiveAll(world, 1, 'high', 'dead letters');
      expect(JSON.parse(received?.body ?? '')).toEqual(sent);
      expect(received?.attributes).toEqual({
        redriveTo: world.workQueues.arnOf('high'),
        reason: 'exhausted',
        task: 'nightly',
      });
    });

    it('sets an unreadable message aside as it came', async () => {
      const world = await open();
      await world.workQueues.sendPoison('high', 'not { json', 'not JSON:\nunexpected token');
      const [received] = await receiveAll(world, 1, 'high', 'dead letters');
      expect(received?.body).toBe('not { json');
      expect(received?.attributes).toEqual({ kind: 'poison', reason: 'not JSON: unexpected token' });
    });

    it('refuses a letter to a queue that does not exist', async () => {
      const world = await open();
      await expect(world.workQueues.sendLetter('gone', letter())).rejects.toThrow();
    });

    it('sets a message aside that was received too often', async () => {
      const world = await open();
      await world.workQueues.send([{ queue: 'high', hint: hint('stubborn'), delaySeconds: 0 }]);
      for (let receives = 0; receives < MAX_RECEIVE_COUNT; receives++) {
        const [message] = await receiveAll(world, 1, 'high');
        await world.visibility.extend(message?.receiptHandle ?? '', 0);
      }
      expect(await world.receive('high')).toEqual([]);
      const [aside] = await receiveAll(world, 1, 'high', 'dead letters');
      expect(JSON.parse(aside?.body ?? '')).toEqual(hint('stubborn'));
    });

    it.skipIf(differs('message-moves'))(
      'moves letters to the work queue when told to, as they are',
      async () => {
        const world = await open();
        const sent = letter({ redriveTo: world.workQueues.arnOf('high') });
        await world.workQueues.sendLetter('high', sent);
        await world.redrive('high');
        const [moved] = await receiveAll(world, 1, 'high');
        expect(JSON.parse(moved?.body ?? '')).toEqual(sent);
        expect(await world.receive('high', 'dead letters')).toEqual([]);
      },
    );

    it('counts what waits, is delayed, is being worked on, and lies dead; and empties the dead', async () => {
      const world = await open();
      await world.workQueues.send([
        { queue: 'high', hint: hint('held'), delaySeconds: 0 },
        { queue: 'high', hint: hint('delayed'), delaySeconds: 900 },
      ]);
      await receiveAll(world, 1, 'high');
      await world.workQueues.send([{ queue: 'high', hint: hint('waits'), delaySeconds: 0 }]);
      await world.workQueues.sendLetter('high', letter());
      expect(await world.inspector.depth('high')).toEqual({ ready: 1, delayed: 1, inFlight: 1, letters: 1 });
      expect(await world.inspector.waiting('high')).toBe(1);
      await world.inspector.purgeLetters('high');
      expect(await world.inspector.depth('high')).toMatchObject({ ready: 1, letters: 0 });
      // SQS takes one purge a minute; asking again is no error.
      await world.inspector.purgeLetters('high');
    });
  });

  describe(`${name}: dispatch queue`, () => {
    it('delivers every message', async () => {
      const world = await open();
      const messages = Array.from({ length: 12 }, (_, shard) => ({ v: 1, kind: 'dispatch', shard }) as const);
      await world.dispatchQueue.send(messages);
      const received = await receiveAll(world, 12, 'dispatch');
      const shards = received.map(({ body }) => JSON.parse(body).shard).sort((a, b) => a - b);
      expect(shards).toEqual(messages.map(({ shard }) => shard));
      await world.dispatchQueue.send([]);
    });
  });
}
