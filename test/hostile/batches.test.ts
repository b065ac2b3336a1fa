import type { Context } from 'aws-lambda';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { makeDispatch } from '../../functions/dispatch.ts';
import { makeTick } from '../../functions/tick.ts';
import { makeExecutor } from '../../functions/work-batch.ts';
import { scheduledOccurrence } from '../../shared/domain/occurrence.ts';
import { DispatchMessageSchema, WorkMessageSchema } from '../../shared/messages.ts';
import { NO_COUNTER } from '../../shared/usecases/stats/count-ends.ts';
import { makeInboxWorld } from '../support/inbox-world.ts';
import { makeSchedulerWorld, T0 } from '../support/scheduler-world.ts';
import { anything, jsonText, near, nest } from './values.ts';

vi.mock('../../functions/runtime.ts', () => ({
  executorRuntime: () => ({}),
  dispatchRuntime: () => ({}),
  tickRuntime: () => ({}),
}));

/** What lies in a queue is anybody's who may send there: a bad message is set aside, and costs no good one. */
const context = { awsRequestId: 'r', getRemainingTimeInMillis: () => 60_000 } as Context;
const record = (body: unknown, messageId: string) => ({
  messageId,
  receiptHandle: messageId,
  body,
  attributes: { ApproximateReceiveCount: '1' },
});
const GOOD = { v: 1, kind: 'hint', tenant: 'root', taskId: 'job', occurrence: scheduledOccurrence(T0) };

function executorWorld() {
  const w = makeSchedulerWorld();
  const visibility = { extend: async () => {} };
  const executor = { ...w.executor, metrics: { ...w.metrics, flush: () => {} } };
  const handle = makeExecutor({
    executor,
    visibility,
    queue: 'default',
    maxReceiveCount: 20,
    ends: NO_COUNTER,
  });
  const poison = () => w.workQueues.deadLetterQueue('default').receive(100);
  return { ...w, handle, poison };
}

describe('a batch of a work queue', () => {
  const odd = fc.oneof(
    jsonText.map((body) => record(body, 'odd')),
    near(WorkMessageSchema).map((message) => record(JSON.stringify(message), 'odd')),
    anything.map((body) => record(body, 'odd')),
    fc.record(
      { messageId: fc.constant('odd'), body: jsonText, attributes: anything },
      { requiredKeys: ['messageId'] },
    ),
    fc.constantFrom(
      record('['.repeat(200_000), 'odd'),
      record(nest(100_000), 'odd'),
      record('x'.repeat(1_000_000), 'odd'),
    ),
  );

  it('serves the good messages of it, whatever else is in it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(odd, { maxLength: 9 }), fc.nat({ max: 9 }), async (others, at) => {
        const w = executorWorld();
        await w.addTask();
        const Records = [...others];
        Records.splice(at, 0, record(JSON.stringify(GOOD), 'good'));
        const { batchItemFailures } = await w.handle({ Records }, context);
        expect(batchItemFailures).not.toContainEqual({ itemIdentifier: 'good' });
        expect(w.history()).toMatchObject([{ status: 'success' }]);
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['no JSON', 'not JSON {', /not JSON/],
    ['no body', undefined, /not JSON/],
    ['JSON beyond all depth', nest(100_000), /./],
    ['a version that is not known', JSON.stringify({ ...GOOD, v: 2 }), /v/],
    ['a kind that is not known', JSON.stringify({ ...GOOD, kind: '__proto__' }), /kind/],
    ['an occurrence that is none', JSON.stringify({ ...GOOD, occurrence: '\u0000' }), /occurrence/],
    ['a tenant beyond all length', JSON.stringify({ ...GOOD, tenant: 'x'.repeat(100_000) }), /tenant/],
  ])('sets aside %s, with the reason', async (_, body, reason) => {
    const w = executorWorld();
    expect(await w.handle({ Records: [record(body, 'odd')] }, context)).toEqual({ batchItemFailures: [] });
    expect(w.poison()).toMatchObject([
      { attributes: { kind: 'poison', reason: expect.stringMatching(reason) } },
    ]);
  });

  it('that is none is refused as a whole: there is nothing in it that could come back', async () => {
    const w = executorWorld();
    for (const event of [undefined, null, {}, { Records: 'x' }])
      await expect(w.handle(event, context)).rejects.toThrow('not an event of SQS');
  });
});

describe('a batch of the dispatch queue', () => {
  it('hints the shard of the good message, and gives back only what it could not read', async () => {
    const odd = fc.oneof(
      jsonText,
      near(DispatchMessageSchema).map((message) => JSON.stringify(message)),
      fc.constant(JSON.stringify({ v: 1, kind: 'dispatch', shard: 0, claimed: { from: 1e308, to: -1e308 } })),
      fc.constant(
        JSON.stringify({ v: 1, kind: 'dispatch', shard: 2 ** 53 - 1, claimed: { from: -1e308, to: 1e308 } }),
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(odd, { maxLength: 5 }), async (bodies) => {
        const w = makeSchedulerWorld();
        await w.addTask();
        await w.advance(61_000);
        const deps = {
          ...w.executor,
          index: w.shardIndex,
          cursors: w.cursors,
          queueControls: w.queueControls,
        };
        const handle = makeDispatch({ ...deps, dispatchQueue: w.dispatchQueue, lookAheadMs: 75_000 });
        const good = record(JSON.stringify({ v: 1, kind: 'dispatch', shard: 0 }), 'good');
        const { batchItemFailures } = await handle(
          { Records: [...bodies.map((body) => record(body, 'odd')), good] },
          context,
        );
        expect(batchItemFailures).not.toContainEqual({ itemIdentifier: 'good' });
        expect(w.workQueues.queue('default').receive(10).length).toBeGreaterThan(0);
        const readable = bodies.filter((body) => DispatchMessageSchema.safeParse(orText(body)).success);
        expect(batchItemFailures).toHaveLength(bodies.length - readable.length);
      }),
      { numRuns: 60 },
    );
  });
});

const orText = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
};

describe('a batch of the inbox', () => {
  it('stores the good message, and sets every other one aside with its reason', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(jsonText, { minLength: 1, maxLength: 8 }), async (bodies) => {
        const w = makeInboxWorld();
        await w.addTask();
        for (const body of bodies) w.send(body);
        w.send({ v: 1, action: 'trigger', id: 'good', taskId: 'job' });
        await w.receive();
        expect(w.history()).toMatchObject([{ trigger: 'event', causedBy: 'message/good' }]);
        const refused = w.refused();
        expect(refused.map(({ body }) => body)).toEqual(bodies);
        for (const { reason } of refused) expect(reason).toMatch(/./);
        expect(w.waiting()).toEqual({ ready: 0, delayed: 0, inFlight: 0 });
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['__proto__', '__proto__'],
    ['a rule of every object', 'constructor'],
    ['a rule that nobody made', 'toString'],
  ])('refuses an event of %s', async (_, rule) => {
    const w = makeInboxWorld({ known: { trigger: 'job' } });
    await w.addTask();
    w.send({ v: 1, action: 'event', rule, event: { id: 'e', source: 's', 'detail-type': 'd', detail: {} } });
    await w.receive();
    expect(w.refused()).toMatchObject([{ reason: expect.stringContaining('There is no rule') }]);
    expect(w.history()).toEqual([]);
  });
});

describe('a tick', () => {
  it('is one whatever the event says, and restores only if it says exactly that', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(anything, fc.record({ restore: anything })), async (event) => {
        const w = makeSchedulerWorld();
        await w.addTask({}, T0 + 200_000);
        await w.advance(140_000);
        const deps = {
          ...w.executor,
          index: w.shardIndex,
          cursors: w.cursors,
          dispatchQueue: w.dispatchQueue,
        };
        const tick = makeTick({ ...deps, ...w, lookAheadMs: 75_000, shards: 1, canaryQueue: undefined });
        await tick(event);
        const restore = typeof event === 'object' && event !== null && Reflect.get(event, 'restore') === true;
        expect(w.dispatchQueue.take()).toEqual([
          expect.objectContaining({ shard: 0, ...(restore ? { restore } : {}) }),
        ]);
      }),
      { numRuns: 60 },
    );
  });
});
