import { describe, expect, it } from 'vitest';
import type { EventRules } from '../../../shared/contract/inbox.ts';
import { SchedulerError } from '../../../shared/domain/errors.ts';
import { runEvent } from '../../../shared/domain/lifecycle-event.ts';
import { MAX_EVENT_HOPS } from '../../../shared/domain/limits.ts';
import { makeInboxWorld } from '../../support/inbox-world.ts';
import { T0 } from '../../support/scheduler-world.ts';

const DAY_MS = 86_400_000;
const ONCE = { schedule: { kind: 'once', at: T0 + 365 * DAY_MS } } as const;
const trigger = { v: 1, action: 'trigger', id: 'order-1', taskId: 'job' };
const create = {
  v: 1,
  action: 'create',
  id: 'order-1',
  task: {
    name: 'Remind',
    handler: 'demo.echo',
    payload: { n: 5 },
    schedule: { kind: 'once', delaySeconds: 60 },
  },
};
const shopEvent = (over: object = {}) => ({
  id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
  source: 'shop',
  'detail-type': 'order.placed',
  time: '2026-11-21T08:59:58Z',
  detail: { orderId: 7, note: 'as {{ variables.secret }}' },
  ...over,
});
const fromRule = (event: object = shopEvent(), rule = 'orders') => ({ v: 1, action: 'event', rule, event });

/** A task that nothing is due for. */
async function worldWithTask(rules: EventRules = { orders: { trigger: 'job' } }, over: object = {}) {
  const w = makeInboxWorld(rules);
  await w.addTask({ ...ONCE, ...over }, ONCE.schedule.at);
  return w;
}
const payloads = (w: Awaited<ReturnType<typeof worldWithTask>>) => w.runs.map(({ payload }) => payload);

describe('a message that triggers', () => {
  it('runs the task once, however often it is sent', async () => {
    const w = await worldWithTask();
    w.send({ ...trigger, payload: { n: 2 } });
    w.send({ ...trigger, payload: { n: 2 } });
    await w.receive();
    await w.minutes(1);
    w.send({ ...trigger, payload: { n: 2 } });
    await w.receive();
    await w.minutes(1);
    expect(payloads(w)).toEqual([{ n: 2 }]);
    expect(w.history()).toMatchObject([
      { trigger: 'event', causedBy: 'message/order-1', status: 'success', scheduledAt: T0 },
    ]);
    expect(w.waiting()).toEqual({ ready: 0, delayed: 0, inFlight: 0 });
    expect(w.refused()).toEqual([]);
  });

  it('counts its delay from the first time that it was seen', async () => {
    const w = await worldWithTask();
    w.send({ ...trigger, delaySeconds: 90 });
    await w.receive();
    await w.advance(30_000);
    w.send({ ...trigger, delaySeconds: 90 });
    await w.receive();
    expect(w.history()).toMatchObject([{ status: 'queued', scheduledAt: T0 + 90_000 }]);
    expect(w.refused()).toEqual([]);
  });

  it("takes the task's own payload when it brings none", async () => {
    const w = await worldWithTask();
    w.send(trigger);
    await w.receive();
    await w.minutes(1);
    expect(payloads(w)).toEqual([{ n: 1 }]);
  });

  it('brings data: what looks like a template in it is not filled in', async () => {
    const w = await worldWithTask();
    const payload = { small: '{{ run.id }}', odd: '{{ ((( }}', large: `{{ run.id }}${'x'.repeat(2_000)}` };
    w.send({ ...trigger, payload });
    w.send({ ...trigger, id: 'order-2', payload: { small: '{{ run.id }}' } });
    await w.receive();
    await w.minutes(2);
    expect(payloads(w)).toEqual([payload, { small: '{{ run.id }}' }]);
  });

  it('is written down as skipped while its task is paused', async () => {
    const w = await worldWithTask();
    await w.tasks.update({ tenant: 'root', taskId: 'job' }, { set: { status: 'paused' }, guard: {} });
    w.send({ ...trigger, payload: 'x'.repeat(2_000) });
    await w.receive();
    await w.minutes(2);
    expect(w.history()).toMatchObject([{ status: 'skipped', reason: 'paused', trigger: 'event' }]);
    expect(w.refused()).toEqual([]);
  });

  it('is remembered for fourteen days', async () => {
    const w = await worldWithTask();
    for (const days of [0, 13.9, 0.2]) {
      await w.advance(days * DAY_MS);
      w.send(trigger);
      await w.receive();
    }
    expect(w.history().map(({ scheduledAt }) => (scheduledAt - T0) / DAY_MS)).toEqual([0, 14.1]);
  });
});

describe('an event of a rule', () => {
  it.each([
    ['detail', { orderId: 7, note: 'as {{ variables.secret }}' }],
    ['event', shopEvent()],
    [
      { order: '{{ event.detail.orderId }}', of: ['from {{ event.source }}'] },
      { order: 7, of: ['from shop'] },
    ],
    [undefined, { n: 1 }],
  ] as const)('brings as payload %j', async (payload, expected) => {
    const rule = { trigger: 'job', ...(payload === undefined ? {} : { payload }) };
    const w = await worldWithTask({ orders: rule });
    w.send(fromRule());
    w.send(fromRule());
    await w.receive();
    await w.minutes(1);
    expect(payloads(w)).toEqual([expected]);
  });

  it('runs the task once for each rule that it matches', async () => {
    const w = await worldWithTask({ orders: { trigger: 'job' }, all: { trigger: 'job', delaySeconds: 5 } });
    for (const rule of ['orders', 'all', 'orders', 'all']) w.send(fromRule(shopEvent(), rule));
    await w.receive();
    await w.minutes(1);
    expect(w.history().map(({ scheduledAt }) => scheduledAt - T0)).toEqual([0, 5_000]);
  });

  it('is the same event though the clock or chance is in its template', async () => {
    const w = await worldWithTask({ orders: { trigger: 'job', payload: { r: '{{ $random() }}' } } });
    w.send(fromRule());
    w.send(fromRule());
    await w.receive();
    expect(w.history()).toHaveLength(1);
    expect(w.refused()).toEqual([]);
  });

  it(`leads from run to run ${MAX_EVENT_HOPS} times and no further when it is one of our own`, async () => {
    const w = await worldWithTask({ circle: { trigger: 'job' } });
    w.send(trigger);
    for (let round = 0; round < MAX_EVENT_HOPS + 5; round++) {
      await w.receive();
      await w.minutes(1);
      const last = w.history().at(-1);
      const detail = last && runEvent(last);
      if (w.history().length === round + 1)
        w.send(
          fromRule(
            { id: `e${round}`, source: 'escapement', 'detail-type': 'run.succeeded', detail },
            'circle',
          ),
        );
    }
    expect(w.history().map(({ hops }) => hops)).toEqual([
      undefined,
      ...Array.from({ length: MAX_EVENT_HOPS }, (_, i) => i + 1),
    ]);
    expect(w.refused()).toMatchObject([{ reason: expect.stringContaining('probably a circle') }]);
  });
});

it('a circle through chained runs is seen as well', async () => {
  const w = await worldWithTask({ ended: { trigger: 'job' } }, { onSuccess: [{ taskId: 'next' }] });
  await w.addTask({ ...ONCE, taskId: 'next' }, ONCE.schedule.at);
  w.send(fromRule({ ...shopEvent(), source: 'escapement', detail: { hops: 3 } }, 'ended'));
  await w.receive();
  await w.minutes(1);
  expect(w.history().map(({ taskId, hops }) => [taskId, hops])).toEqual([
    ['job', 4],
    ['next', 4],
  ]);
});

describe('a message that creates', () => {
  it('makes one task, however often it is sent, and tells who made it', async () => {
    const w = makeInboxWorld();
    w.send(create);
    w.send(create);
    await w.receive();
    await w.minutes(2);
    w.send(create);
    await w.receive();
    await w.minutes(1);
    expect(w.runs.map(({ payload }) => payload)).toEqual([{ n: 5 }]);
    expect(w.history()).toMatchObject([{ trigger: 'schedule', scheduledAt: T0 + 60_000 }]);
    const task = await w.state(w.history()[0]?.taskId ?? '');
    expect(task).toMatchObject({ createdBy: 'event:order-1', taskId: expect.stringMatching(/^event-/) });
    expect(w.refused()).toEqual([]);
  });

  it('makes the task that it names', async () => {
    const w = makeInboxWorld();
    w.send({ ...create, taskId: 'remind-1' });
    await w.receive();
    expect(await w.state('remind-1')).toMatchObject({ status: 'active', createdBy: 'event:order-1' });
  });

  it('does not bring back what somebody has deleted since', async () => {
    const w = makeInboxWorld();
    w.send({ ...create, taskId: 'remind-1' });
    await w.receive();
    await w.tasks.update(
      { tenant: 'root', taskId: 'remind-1' },
      { set: { status: 'deleted' }, remove: ['nextRunAt', 'index'], guard: {} },
    );
    w.send({ ...create, taskId: 'remind-1' });
    await w.receive();
    expect(await w.state('remind-1')).toMatchObject({ status: 'deleted' });
    w.send({ ...create, id: 'order-2', taskId: 'remind-1' });
    await w.receive();
    expect(await w.state('remind-1')).toMatchObject({ status: 'active', createdBy: 'event:order-2' });
  });
});

describe('what cannot be done is set aside at once, as it came, with the reason', () => {
  const mail = { trigger: 'mail', payload: 'detail' } as const;
  it.each([
    ['not JSON', '{"v":1', 'not JSON'],
    [
      'nested without end',
      `{"v":1,"action":"trigger","id":"a","taskId":"job","payload":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
      'nested deeper than 64 levels',
    ],
    ['an unknown version', { ...trigger, v: 2 }, 'v:'],
    ['an unknown action', { ...trigger, action: 'drop' }, 'action:'],
    ['an unknown field', { ...trigger, colour: 'red' }, 'colour: unknown field'],
    ['no id', { ...trigger, id: undefined }, 'id: required'],
    ['a raw event', shopEvent(), 'action:'],
    ['an unknown task', { ...trigger, taskId: 'nobody' }, 'There is no task nobody'],
    ['an unknown rule', fromRule(shopEvent(), 'gone'), 'There is no rule gone'],
    ['a payload that the handler refuses', fromRule(shopEvent(), 'mail'), 'payload.to:'],
    ['a template that fails', fromRule(shopEvent(), 'bad'), '$number'],
    [
      'a task that cannot be',
      { ...create, task: { name: 'x', handler: 'nobody' } },
      'handler: no handler "nobody"',
    ],
    ['a task of the system', { ...create, task: { ...create.task, system: true } }, 'by an admin only'],
    ['a task that is there', { ...create, taskId: 'job' }, 'There is a task job already'],
  ])('%s', async (_, message, reason) => {
    const w = await worldWithTask({ mail, bad: { trigger: 'job', payload: { n: "{{ $number('x') }}" } } });
    await w.addTask({ ...ONCE, taskId: 'mail', handler: 'demo.send-email' }, ONCE.schedule.at);
    w.send(message);
    await w.receive();
    const body = typeof message === 'string' ? message : JSON.stringify(message);
    expect(w.refused()).toEqual([{ body, reason: expect.stringContaining(reason) }]);
    expect(w.waiting()).toEqual({ ready: 0, delayed: 0, inFlight: 0 });
    expect(w.history()).toEqual([]);
  });

  it('an id that came with something else', async () => {
    const w = await worldWithTask();
    w.send({ ...trigger, payload: 1 });
    w.send({ ...trigger, payload: 2 });
    await w.receive();
    expect(w.history()).toHaveLength(1);
    expect(w.refused()).toMatchObject([{ reason: 'The id order-1 came with another content before' }]);
  });
});

describe('when a store is away', () => {
  it('the message comes again, later each time, and is set aside only after hours', async () => {
    const w = await worldWithTask();
    let away = true;
    w.hooks.before = (operation) => {
      if (away && operation === 'idempotency.remember')
        throw new SchedulerError('unavailable', 'throttled', { retryAfterSeconds: 2, service: 'dynamodb' });
    };
    w.send(trigger);
    const receivedAt: number[] = [];
    for (let second = 0; second < 3 * 3_600; second++) {
      if ((await w.receive()) > 0) receivedAt.push(second);
      await w.advance(1_000);
    }
    expect(receivedAt.slice(0, 5)).toEqual([0, 5, 15, 35, 75]);
    expect(w.refused()).toEqual([]);
    away = false;
    await w.advance(900_000);
    await w.receive();
    expect(w.history()).toHaveLength(1);
  });
});

it('while its queue is at its backlog limit a message waits in the inbox', async () => {
  const w = await worldWithTask();
  w.tables.queues.directory = {
    version: 1,
    queues: { default: { overrides: { maxBacklog: 1 }, applied: true } },
  };
  for (const id of ['first', 'second', 'third']) {
    w.send({ ...trigger, id });
    await w.receive();
  }
  expect(w.history()).toHaveLength(1);
  for (let minute = 0; minute < 3; minute++) {
    await w.minutes(1);
    await w.receive();
  }
  await w.minutes(1);
  expect(w.history().map(({ status }) => status)).toEqual(['success', 'success', 'success']);
  expect(w.refused()).toEqual([]);
});

/** The process may die before or after any request, and every message may come twice: the outcome is the same. */
describe.each([
  ['a trigger', { ...trigger, payload: { big: 'x'.repeat(1_000) } }],
  ['an event', fromRule()],
  ['a creation', create],
])('%s', (_, message) => {
  it.each(['before', 'after'] as const)('survives a crash %s every single request', async (side) => {
    for (let crashAt = 1; ; crashAt++) {
      const w = await worldWithTask();
      let requests = 0;
      const { promise: dead, resolve: die } = Promise.withResolvers<void>();
      w.hooks[side] = () => {
        if (++requests !== crashAt) return;
        die();
        return new Promise<never>(() => {});
      };
      w.send(message);
      await Promise.race([w.receive(), dead]);
      const crashed = requests >= crashAt;
      w.hooks[side] = undefined;
      w.send(message);
      for (let minute = 0; minute < 6; minute++) {
        await w.receive();
        await w.minutes(1);
      }
      const where = `crash ${side} request ${crashAt}`;
      expect(w.runs, where).toHaveLength(1);
      expect(
        w.history().map(({ status }) => status),
        where,
      ).toEqual(['success']);
      expect(w.waiting(), where).toEqual({ ready: 0, delayed: 0, inFlight: 0 });
      expect(w.refused(), where).toEqual([]);
      if (!crashed) break;
    }
  });
});
