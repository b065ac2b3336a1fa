import { describe, expect, it } from 'vitest';
import { type ApiWorld, makeApiWorld } from './api-world.ts';

const BILLING = { key: 'tag:billing', limit: 2 };
const CRM = { key: 'api:crm', limit: 2, perSeconds: 60 };
const limits = async ({ call }: ApiWorld) => (await call({ path: '/v1/limits' })).body.items;
const holder = (until: number) => ({ nonce: 'n', attempt: 1, until });

async function makeBusyWorld() {
  const world = makeApiWorld();
  const task = await world.create({ concurrency: [BILLING], rateLimit: [CRM] });
  const { body: run } = await world.call({ method: 'POST', path: `/v1/tasks/${task.id}/trigger` });
  const nowMs = world.clock.nowMs();
  const slot = { tenant: 'root', key: BILLING.key };
  const take = (name: string, until: number) =>
    world.semaphores.update(slot, { kind: 'first', name, holder: holder(until), keptUntil: until });
  return { ...world, task, run, nowMs, take };
}

describe('the limits in use', () => {
  it('say how much is taken, by which runs and which tasks name them', async () => {
    const world = await makeBusyWorld();
    await world.take(world.run.id.replace('~', '#'), world.nowMs + 60_000);
    const starts = [world.nowMs - 60_000, world.nowMs - 50_000, world.nowMs - 1_000];
    const reserved = { later: world.nowMs + 10_000 };
    await world.rates.write({ tenant: 'root', key: CRM.key }, undefined, {
      version: 1,
      starts: [...starts, reserved.later],
      reserved,
    });
    const taskIds = [world.task.id];
    expect(await limits(world)).toEqual([
      {
        ...{ kind: 'rateLimit', ...CRM, used: 2, waiting: 1, heldBy: [], taskIds },
        opensAt: new Date(world.nowMs + 59_000).toISOString(),
      },
      {
        ...{ kind: 'concurrency', ...BILLING, perSeconds: null, used: 1, waiting: 0, opensAt: null },
        ...{ heldBy: [world.run.id], taskIds },
      },
    ]);
  });

  it('do not count slots whose lease is over', async () => {
    const world = await makeBusyWorld();
    await world.take('gone#000000000000001', world.nowMs - 1);
    expect((await limits(world))[1]).toMatchObject({ kind: 'concurrency', used: 0, heldBy: [] });
  });

  it('list each limit that tasks name for one key', async () => {
    const world = await makeBusyWorld();
    const other = await world.create({ concurrency: [{ ...BILLING, limit: 5 }] });
    await world.call({ method: 'POST', path: `/v1/tasks/${other.id}/trigger` });
    const caps = (await limits(world)).filter(({ kind }: { kind: string }) => kind === 'concurrency');
    expect(caps.map(({ limit }: { limit: number }) => limit)).toEqual([2, 5]);
  });

  it('of a tenant that may run so much at a time hold that, too', async () => {
    const { call } = makeApiWorld();
    await call({ method: 'PUT', path: '/v1/tenants/acme', body: { maxConcurrency: 3 } });
    expect((await call({ path: '/v1/limits', tenant: 'acme' })).body.items).toMatchObject([
      { kind: 'tenantConcurrency', key: null, limit: 3, used: 0 },
    ]);
  });

  it('leave out what no run names, and what runs of others name', async () => {
    const world = await makeBusyWorld();
    await world.create({ concurrency: [{ key: 'tag:idle', limit: 1 }] });
    expect((await limits(world)).map(({ key }: { key: string }) => key)).toEqual(['api:crm', 'tag:billing']);
    expect((await world.call({ path: '/v1/limits', tenant: 'other' })).body.items).toEqual([]);
  });
});
