import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import type { Change } from '../../shared/domain/change.ts';
import type { TaskState } from '../../shared/domain/task.ts';
import { createSchedulerTable, embeddedDynamoClient } from '../support/embedded-dynamo.ts';
import { makeMemoryWorld } from '../support/memory-world.ts';
import { dynamoStores } from './dynamo-stores.ts';
import { aDefinition, aState } from './samples.ts';

const at = fc.integer({ min: 0, max: 2 });
const index = fc.record({
  set: fc.constantFrom('due' as const, 'hot' as const),
  shard: fc.integer({ min: 0, max: 1 }),
  at,
  queue: fc.constantFrom('high', 'low'),
});
/** Few values, so that guards hold about as often as not. */
const part = fc.record(
  {
    status: fc.constantFrom('active' as const, 'paused' as const, 'deleted' as const),
    nextRunAt: at,
    run: fc.constantFrom('a@0', 'b@1'),
    missed: at,
    version: at,
    index,
  },
  { requiredKeys: [] },
);
const field = fc.constantFrom('run' as const, 'nextRunAt' as const, 'index' as const, 'ttl' as const);
const number = fc.constantFrom('nextRunAt' as const, 'missed' as const, 'version' as const, 'ttl' as const);
const guard = fc.record(
  {
    equals: part,
    not: part,
    missing: fc.uniqueArray(field, { maxLength: 2 }),
    below: fc.record({ field: number, than: number }).filter(({ field, than }) => field !== than),
  },
  { requiredKeys: [] },
);
/** DynamoDB refuses an update that sets and removes the same attribute, so no change does. */
const change: fc.Arbitrary<Change<TaskState>> = fc
  .record({ set: part, remove: fc.uniqueArray(field), guard })
  .map(({ set, remove, guard }) => ({ set, guard, remove: remove.filter((name) => !(name in set)) }));

it('means the same by a change in memory and in DynamoDB', async () => {
  const { client, close } = embeddedDynamoClient();
  onTestFinished(close);
  await createSchedulerTable(client, 'scheduler');
  const stores = [dynamoStores(client, 'scheduler').tasks, makeMemoryWorld().tasks] as const;
  let round = 0;
  await fc.assert(
    fc.asyncProperty(part, fc.array(change, { minLength: 1, maxLength: 4 }), async (start, changes) => {
      const { nextRunAt: _n, index: _i, ...bare } = aState({ taskId: `t${round++}` });
      const state: TaskState = { ...bare, ...start };
      for (const store of stores)
        await store.create({ state, definition: aDefinition({ taskId: state.taskId }) });
      for (const next of changes) {
        const [dynamo, memory] = await Promise.all(stores.map((store) => store.update(state, next)));
        expect(dynamo).toEqual(memory);
      }
    }),
    { numRuns: 300 },
  );
});
