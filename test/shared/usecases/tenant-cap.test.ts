import { expect, it } from 'vitest';
import { TENANT_LIMITS_KNOWN_MS } from '../../../shared/domain/limits.ts';
import { underTenantCap } from '../../../shared/usecases/run-execution/tenant-cap.ts';
import { aTask } from '../../contracts/samples.ts';
import { makeMemoryWorld } from '../../support/memory-world.ts';

async function makeWorld() {
  const world = makeMemoryWorld();
  let reads = 0;
  world.hooks.before = (operation) => {
    if (operation === 'tenants.read') reads++;
  };
  for (const tenant of ['root', 'acme'])
    await world.tasks.create(aTask({ state: { tenant }, definition: { tenant } }));
  const tasks = underTenantCap(world.tasks, world);
  const allow = (maxConcurrency?: number) =>
    world.tenants.put({
      id: 'acme',
      createdAt: 0,
      createdBy: 'me',
      updatedAt: 0,
      ...(maxConcurrency && { maxConcurrency }),
    });
  const capsOf = async (tenant: string) =>
    (await tasks.read({ tenant, taskId: 'nightly' }))?.definition.concurrency;
  return { ...world, capsOf, allow, reads: () => reads };
}

it('what a tenant may run at the same time is one more cap of its tasks', async () => {
  const { capsOf, allow } = await makeWorld();
  await allow(2);
  expect(await capsOf('acme')).toEqual([{ key: '*', limit: 2 }]);
});

it('a tenant without that limit has no cap', async () => {
  const { capsOf, allow } = await makeWorld();
  await allow();
  expect(await capsOf('acme')).toBeUndefined();
});

it('a new limit is known after a while, and until then nothing is read', async () => {
  const { capsOf, allow, advance, reads } = await makeWorld();
  await allow(2);
  await capsOf('acme');
  await allow(3);
  await advance(TENANT_LIMITS_KNOWN_MS - 1);
  expect([await capsOf('acme'), reads()]).toEqual([[{ key: '*', limit: 2 }], 1]);
  await advance(1);
  expect([await capsOf('acme'), reads()]).toEqual([[{ key: '*', limit: 3 }], 2]);
});

it('tasks of root cost no read', async () => {
  const { capsOf, reads } = await makeWorld();
  expect([await capsOf('root'), reads()]).toEqual([undefined, 0]);
});
