import { describe, expect, it } from 'vitest';
import { makeInboxWorld } from '../../support/inbox-world.ts';
import { T0 } from '../../support/scheduler-world.ts';

const SECRET = 'sk-live-4711';
const FAR = { kind: 'once', at: T0 + 365 * 86_400_000 } as const;
const MESSAGES = {
  trigger: { v: 1, action: 'trigger', id: 'order-1', taskId: 'job', payload: { key: SECRET } },
  event: {
    v: 1,
    action: 'event',
    rule: 'orders',
    event: { id: 'order-1', source: 'shop', 'detail-type': 'order.placed', detail: { key: SECRET } },
  },
  create: {
    v: 1,
    action: 'create',
    id: 'order-1',
    taskId: 'made',
    task: {
      name: 'Remind',
      handler: 'demo.echo',
      payload: { key: SECRET },
      schedule: { kind: 'once', delaySeconds: 60 },
    },
  },
};

async function makeWorld() {
  const w = makeInboxWorld({ orders: { trigger: 'job', payload: 'detail' } });
  await w.addTask({ schedule: FAR }, FAR.at);
  return { ...w, entries: () => [...w.tables.audit.values()] };
}

describe.each([
  ['trigger', 'task.trigger', 'tasks/job'],
  ['event', 'task.trigger', 'tasks/job'],
  ['create', 'task.create', 'tasks/made'],
] as const)('a message of the inbox: %s', (kind, action, resource) => {
  it('is in the audit trail once, under its id, with nothing of its payload', async () => {
    const w = await makeWorld();
    w.send(MESSAGES[kind]);
    w.send(MESSAGES[kind]);
    await w.receive();
    w.send(MESSAGES[kind]);
    await w.receive();
    expect(w.entries()).toEqual([
      expect.objectContaining({ tenant: 'root', actor: 'event:order-1', action, resource, outcome: 'done' }),
    ]);
    expect(w.entries()[0]?.requestId).not.toBe('');
    expect(JSON.stringify(w.entries())).not.toContain(SECRET);
  });

  it('changes nothing without an entry, wherever the function dies', async () => {
    for (const side of ['before', 'after'] as const)
      for (let crashAt = 1, reached = true; reached; crashAt++) {
        const w = await makeWorld();
        const stored = () => JSON.stringify([w.tables.states.all(), w.tables.executions.all()]);
        const before = stored();
        const { promise: dead, resolve: die } = Promise.withResolvers<void>();
        let requests = 0;
        w.hooks[side] = () => {
          if (++requests !== crashAt) return;
          die();
          return new Promise<never>(() => {});
        };
        w.send(MESSAGES[kind]);
        await Promise.race([w.receive(), dead]);
        reached = requests >= crashAt;
        if (stored() !== before) expect([crashAt, w.entries()[0]?.resource]).toEqual([crashAt, resource]);
      }
  });
});

it('what is set aside leaves no entry: the dead-letter queue has it, with the reason', async () => {
  const w = await makeWorld();
  w.send({ ...MESSAGES.trigger, taskId: 'nothing' });
  w.send({ ...MESSAGES.create, task: {} });
  w.send('not JSON');
  await w.receive();
  expect(w.refused()).toHaveLength(3);
  expect(w.entries()).toEqual([]);
});
