import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  GetItemCommand,
  PutItemCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { UnitsUsed } from '../../../../infra/local/dynamodb/capacity.ts';
import { INDEX, makeWorld, TABLE, type World } from './world.ts';

const KEY = { pk: 'T#root#t1', sk: 'X#000000000000001' };
const DETAIL = { ReturnConsumedCapacity: 'INDEXES' } as const;
const KEY_BYTES = 'pk'.length + KEY.pk.length + 'sk'.length + KEY.sk.length;
/** An attribute `v` that fills the item up to so many bytes. */
const filling = (bytes: number) => 'x'.repeat(bytes - KEY_BYTES - 'v'.length);

let world: World;
let billed: { operation: string; caller: string | undefined; used: readonly UnitsUsed[] }[];
beforeEach(async () => {
  billed = [];
  world = await makeWorld({ onUnits: (use) => billed.push(use) });
});
afterEach(() => world.close());

interface Consumed {
  CapacityUnits?: number | undefined;
  Table?: { CapacityUnits?: number | undefined } | undefined;
  GlobalSecondaryIndexes?: Record<string, { CapacityUnits?: number | undefined }> | undefined;
}
const units = ({ ConsumedCapacity: used }: { ConsumedCapacity?: Consumed | undefined }) => ({
  total: used?.CapacityUnits,
  table: used?.Table?.CapacityUnits,
  index: used?.GlobalSecondaryIndexes?.[INDEX]?.CapacityUnits,
});

describe('the write units of a recurring run', () => {
  it('are 8: claim 1+1, advance 1+2, finish 1+2', async () => {
    const claim = await world.put(
      { ...KEY, state: 'running', statusKey: 'open#3', timeKey: '000001' },
      DETAIL,
    );
    expect(units(claim)).toEqual({ total: 2, table: 1, index: 1 });
    const task = { pk: 'T#root#t1', sk: 'T' };
    await world.put({ ...task, statusKey: 'due#3', timeKey: '000001' });
    const advance = await world.update(task, 'SET timeKey = :next', {
      values: { ':next': '000061' },
      ...DETAIL,
    });
    expect(units(advance)).toEqual({ total: 3, table: 1, index: 2 });
    const finish = await world.update(KEY, 'SET statusKey = :s, timeKey = :t', {
      values: { ':s': 'ended#root#3', ':t': '000002' },
      ...DETAIL,
    });
    expect(units(finish)).toEqual({ total: 3, table: 1, index: 2 });
  });
});

describe('the index', () => {
  const indexed = { ...KEY, statusKey: 'open#3', timeKey: '1' };

  it('costs nothing while its entry stays the same', async () => {
    await world.put(indexed);
    expect(units(await world.update(KEY, 'SET v = :v', { values: { ':v': 1 }, ...DETAIL }))).toEqual({
      total: 1,
      table: 1,
      index: undefined,
    });
    expect(units(await world.put({ ...indexed, v: 2 }, DETAIL)).index).toBeUndefined();
    expect(units(await world.put({ ...KEY, sk: 'not indexed' }, DETAIL)).index).toBeUndefined();
  });

  it('costs one unit for an entry that comes or goes', async () => {
    await world.put(KEY);
    const enter = await world.update(KEY, 'SET statusKey = :s, timeKey = :t', {
      values: { ':s': 'open#3', ':t': '1' },
      ...DETAIL,
    });
    expect(units(enter)).toEqual({ total: 2, table: 1, index: 1 });
    expect(units(await world.update(KEY, 'REMOVE timeKey', DETAIL))).toEqual({
      total: 2,
      table: 1,
      index: 1,
    });
    await world.put(indexed);
    expect(units(await world.remove(KEY, DETAIL))).toEqual({ total: 2, table: 1, index: 1 });
  });
});

describe('a write', () => {
  it('costs a unit for each started kilobyte of the larger item', async () => {
    expect(units(await world.put({ ...KEY, v: filling(1024) }, DETAIL)).table).toBe(1);
    expect(units(await world.put({ ...KEY, v: filling(1025) }, DETAIL)).table).toBe(2);
    expect(units(await world.put({ ...KEY, v: filling(3000) }, DETAIL)).table).toBe(3);
    expect(units(await world.update(KEY, 'REMOVE v', DETAIL)).table).toBe(3);
    expect(units(await world.remove(KEY, DETAIL)).table).toBe(1);
    expect(units(await world.remove(KEY, DETAIL)).table).toBe(1);
  });

  it('is measured in UTF-8 bytes', async () => {
    const accents = 'é'.repeat(600);
    expect(units(await world.put({ ...KEY, v: accents }, DETAIL)).table).toBe(2);
  });

  it('reports a total only, when asked for that, and nothing unasked', async () => {
    const put = (ReturnConsumedCapacity?: 'TOTAL') =>
      world.client.send(
        new PutItemCommand({
          TableName: TABLE,
          Item: marshall({ ...KEY, statusKey: 'a', timeKey: 'b' }),
          ReturnConsumedCapacity,
        }),
      );
    expect((await put('TOTAL')).ConsumedCapacity).toEqual({ TableName: TABLE, CapacityUnits: 2 });
    expect((await put()).ConsumedCapacity).toBeUndefined();
  });

  it('is billed for the item it met when its condition fails', async () => {
    await world.put({ ...KEY, v: filling(2500) });
    billed = [];
    const condition = { ConditionExpression: 'attribute_not_exists(pk)' };
    await world.put(KEY, condition).catch(() => {});
    await world
      .update({ ...KEY, sk: 'none' }, 'SET v = :v', {
        ConditionExpression: 'attribute_exists(pk)',
        values: { ':v': 1 },
      })
      .catch(() => {});
    expect(billed.map(({ operation, used }) => [operation, used[0]?.tableUnits])).toEqual([
      ['PutItem', 3],
      ['UpdateItem', 1],
    ]);
  });

  it('costs double in a transaction', async () => {
    await world.put({ ...KEY, sk: 'checked', v: 'x'.repeat(1500) });
    const { ConsumedCapacity } = await world.client.send(
      new TransactWriteItemsCommand({
        TransactItems: [
          { Put: { TableName: TABLE, Item: marshall({ ...KEY, statusKey: 'open#1', timeKey: '1' }) } },
          {
            ConditionCheck: {
              TableName: TABLE,
              Key: marshall({ ...KEY, sk: 'checked' }),
              ConditionExpression: 'attribute_exists(pk)',
            },
          },
        ],
        ...DETAIL,
      }),
    );
    expect(ConsumedCapacity).toEqual([
      {
        TableName: TABLE,
        CapacityUnits: 8,
        WriteCapacityUnits: 8,
        Table: { CapacityUnits: 6, WriteCapacityUnits: 6 },
        GlobalSecondaryIndexes: { [INDEX]: { CapacityUnits: 2, WriteCapacityUnits: 2 } },
      },
    ]);
  });

  it('in a batch costs the sum of its items', async () => {
    const requests = [1, 2].map((i) => ({
      PutRequest: {
        Item: marshall({ ...KEY, sk: `${i}`, v: filling(1024 * i), statusKey: 's', timeKey: `${i}` }),
      },
    }));
    const { ConsumedCapacity } = await world.client.send(
      new BatchWriteItemCommand({ RequestItems: { [TABLE]: requests }, ...DETAIL }),
    );
    expect(ConsumedCapacity?.map((used) => units({ ConsumedCapacity: used }))).toEqual(
      [{ total: 7, table: 5, index: 2 }].map((sum) => ({ ...sum, total: sum.table + sum.index })),
    );
  });
});

describe('a read', () => {
  const get = (ConsistentRead: boolean) =>
    world.client.send(
      new GetItemCommand({ TableName: TABLE, Key: marshall(KEY), ConsistentRead, ...DETAIL }),
    );

  it('costs a unit for each started 4 KB, half of it when eventually consistent', async () => {
    expect(units(await get(true)).total).toBe(1);
    expect(units(await get(false)).total).toBe(0.5);
    await world.put({ ...KEY, v: filling(4096) });
    expect(units(await get(true)).total).toBe(1);
    await world.put({ ...KEY, v: filling(4097) });
    expect(units(await get(true)).total).toBe(2);
    expect(units(await get(false)).total).toBe(1);
  });

  it('is rounded once for a whole query', async () => {
    for (const sk of ['1', '2', '3'])
      await world.put({ ...KEY, sk, v: 'x'.repeat(2000), statusKey: 's', timeKey: sk });
    const query = { KeyConditionExpression: 'pk = :p', values: { ':p': KEY.pk }, ...DETAIL };
    expect(units(await world.query({ ...query, ConsistentRead: true })).total).toBe(2);
    expect(units(await world.query(query)).total).toBe(1);
    const byIndex = {
      IndexName: INDEX,
      KeyConditionExpression: 'statusKey = :s',
      values: { ':s': 's' },
      ...DETAIL,
    };
    expect(units(await world.query(byIndex))).toEqual({ total: 0.5, table: 0, index: 0.5 });
  });

  it('in a batch is rounded item by item, in a transaction it costs double', async () => {
    await world.put({ ...KEY, v: filling(4097) });
    const keys = [KEY, { ...KEY, sk: 'none' }].map((key) => marshall(key));
    const batch = await world.client.send(
      new BatchGetItemCommand({ RequestItems: { [TABLE]: { Keys: keys, ConsistentRead: true } }, ...DETAIL }),
    );
    expect(batch.ConsumedCapacity?.[0]?.CapacityUnits).toBe(3);
    const transaction = await world.client.send(
      new TransactGetItemsCommand({
        TransactItems: keys.map((Key) => ({ Get: { TableName: TABLE, Key } })),
        ...DETAIL,
      }),
    );
    expect(transaction.ConsumedCapacity?.[0]).toMatchObject({ CapacityUnits: 6, ReadCapacityUnits: 6 });
  });
});
