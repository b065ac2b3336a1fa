import fc from 'fast-check';
import { expect, test } from 'vitest';
import { messageContent, type QueuedMessage } from '../../../../infra/local/sqs/message.ts';
import { Queue } from '../../../../infra/local/sqs/queue.ts';
import { queueSettings } from '../../../../infra/local/sqs/queue-attributes.ts';

const content = messageContent({ MessageBody: 'x' }, 1_024);
const newQueue = (nowMs: () => number, attributes: Record<string, string> = {}) =>
  new Queue({ name: 'q', url: 'u', arn: 'arn' }, queueSettings(attributes), {
    nowMs,
    queueByArn: () => undefined,
  });
const request = { max: 10, visibilitySeconds: 30, waitSeconds: 0, signal: undefined };

test('a message is not received after its retention, whenever the queue was last cleaned up', async () => {
  let nowMs = 0;
  const queue = newQueue(() => nowMs, { MessageRetentionPeriod: '120' });
  queue.send(content, 0);
  for (nowMs of [90_000, 119_000]) {
    expect(queue.someVisible(() => true)).toBe(true);
  }
  nowMs = 120_000;
  expect(await queue.receive(request)).toEqual([]);
});

test('with 120,000 in flight a short poll is refused, and the next delete lets a message through', async () => {
  const queue = newQueue(() => 0);
  for (let count = 0; count <= 120_000; count += 1) queue.send(content, 0);
  const handles: string[] = [];
  for (let receives = 0; receives < 12_000; receives += 1) {
    for (const message of await queue.receive(request)) handles.push(message.receiptHandle ?? '');
  }
  expect(handles).toHaveLength(120_000);
  await expect(queue.receive(request)).rejects.toMatchObject({ code: 'OverLimit' });
  queue.delete(handles[0] ?? '');
  expect(await queue.receive(request)).toHaveLength(1);
});

test('a group that floods the queue does not make another one wait', async () => {
  const queue = newQueue(() => 0);
  const of = (MessageGroupId: string) => messageContent({ MessageBody: 'x', MessageGroupId }, 1_024);
  for (let count = 0; count < 1_000; count += 1) queue.send(of('noisy'), 0);
  queue.send(of('quiet'), 0);
  const received = await queue.receive({ ...request, max: 2 });
  expect(received.map(({ groupId }) => groupId)).toEqual(['noisy', 'quiet']);
});

/** The queue as plainly as it can be told: each message and the second from which it can be seen. */
interface Known {
  visibleAt: number;
  delayed: boolean;
  receives: number;
  handle: string | undefined;
}

const Step = fc.oneof(
  fc.record({ kind: fc.constant('send' as const), delaySeconds: fc.integer({ min: 0, max: 20 }) }),
  fc.record({
    kind: fc.constant('receive' as const),
    max: fc.integer({ min: 1, max: 10 }),
    visibilitySeconds: fc.integer({ min: 0, max: 20 }),
  }),
  fc.record({ kind: fc.constant('delete' as const), pick: fc.nat() }),
  fc.record({
    kind: fc.constant('change' as const),
    pick: fc.nat(),
    seconds: fc.integer({ min: 0, max: 30 }),
  }),
  fc.record({ kind: fc.constant('pass' as const), seconds: fc.integer({ min: 1, max: 10 }) }),
);

test('whatever is sent, received, deleted, moved in time: nothing is lost, doubled, early or miscounted', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(Step, { maxLength: 80, size: 'max' }), async (steps) => {
      let nowMs = 1_000_000;
      const queue = newQueue(() => nowMs);
      const known = new Map<string, Known>();
      const handles: string[] = [];
      const visible = () => [...known].filter(([, message]) => message.visibleAt <= nowMs).map(([id]) => id);
      const holder = (handle: string) => [...known].find(([, message]) => message.handle === handle);

      const received = (messages: QueuedMessage[], max: number, seconds: number): void => {
        const candidates = visible();
        expect(messages).toHaveLength(Math.min(max, candidates.length));
        expect(new Set(messages.map((message) => message.id)).size).toBe(messages.length);
        for (const { id, receiveCount, receiptHandle } of messages) {
          expect(candidates).toContain(id);
          const receives = (known.get(id)?.receives ?? 0) + 1;
          expect(receiveCount).toBe(receives);
          known.set(id, {
            visibleAt: nowMs + seconds * 1_000,
            delayed: false,
            receives,
            handle: receiptHandle,
          });
          handles.push(receiptHandle ?? '');
        }
      };

      for (const step of steps) {
        if (step.kind === 'pass') nowMs += step.seconds * 1_000;
        if (step.kind === 'send') {
          const { id } = queue.send(content, step.delaySeconds);
          const visibleAt = nowMs + step.delaySeconds * 1_000;
          known.set(id, { visibleAt, delayed: step.delaySeconds > 0, receives: 0, handle: undefined });
        }
        if (step.kind === 'receive') {
          const { max, visibilitySeconds } = step;
          const messages = await queue.receive({ max, visibilitySeconds, waitSeconds: 0, signal: undefined });
          received(messages, max, visibilitySeconds);
        }
        const handle = 'pick' in step ? handles[step.pick % handles.length] : undefined;
        if (handle !== undefined && step.kind === 'delete') {
          queue.delete(handle);
          const held = holder(handle);
          if (held !== undefined) known.delete(held[0]);
        }
        if (handle !== undefined && step.kind === 'change') {
          const held = holder(handle);
          const inFlight = held !== undefined && held[1].visibleAt > nowMs;
          if (inFlight) {
            queue.changeVisibility(handle, step.seconds);
            held[1].visibleAt = nowMs + step.seconds * 1_000;
          } else {
            expect(() => queue.changeVisibility(handle, step.seconds)).toThrow();
          }
        }
        const hidden = [...known.values()].filter((message) => message.visibleAt > nowMs);
        expect(queue.counts()).toEqual({
          visible: known.size - hidden.length,
          delayed: hidden.filter((message) => message.delayed).length,
          inFlight: hidden.filter((message) => !message.delayed).length,
        });
      }
    }),
    { numRuns: 200 },
  );
});
