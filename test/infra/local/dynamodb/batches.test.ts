import { BatchGetItemCommand, BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeWorld, refusal, TABLE, type World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await makeWorld();
});
afterEach(() => world.close());

const item = (i: number) => ({ pk: 'batch', sk: `${i}`, statusKey: 's', timeKey: `${i}` });
const write = (requests: object[]) =>
  world.client.send(new BatchWriteItemCommand({ RequestItems: { [TABLE]: requests } }));
const put = (value: Record<string, unknown>) => ({ PutRequest: { Item: marshall(value) } });

describe('BatchWriteItem', () => {
  it('puts and deletes items and their index entries', async () => {
    await write(Array.from({ length: 25 }, (_, i) => put(item(i))));
    expect(await world.entries('s')).toHaveLength(25);
    await write(
      Array.from({ length: 10 }, (_, i) => ({
        DeleteRequest: { Key: marshall({ pk: 'batch', sk: `${i}` }) },
      })),
    );
    expect(await world.entries('s')).toHaveLength(15);
  });

  it('refuses 26 items, the same item twice, and writes nothing then', async () => {
    const twice = [put(item(1)), put(item(2)), put(item(1))];
    for (const requests of [Array.from({ length: 26 }, (_, i) => put(item(i))), twice])
      expect((await refusal(write(requests))).name).toBe('ValidationException');
    expect(await world.entries('s')).toEqual([]);
  });
});

describe('BatchGetItem', () => {
  const getAll = (count: number, more = {}) =>
    world.client.send(
      new BatchGetItemCommand({
        RequestItems: {
          [TABLE]: {
            Keys: Array.from({ length: count }, (_, i) => marshall({ pk: 'batch', sk: `${i}` })),
            ...more,
          },
        },
      }),
    );

  it('returns the items that are there, as projected', async () => {
    await write([put(item(0)), put(item(2))]);
    const { Responses, UnprocessedKeys } = await getAll(3, { ProjectionExpression: 'sk' });
    expect(Responses?.[TABLE]?.map((found) => found.sk?.S).sort()).toEqual(['0', '2']);
    expect(Responses?.[TABLE]?.every((found) => found.pk === undefined)).toBe(true);
    expect(UnprocessedKeys).toEqual({});
  });

  it('returns up to 16 MB and names the keys that are left, with how to read them', async () => {
    for (let i = 0; i < 45; i++) await world.put({ ...item(i), v: 'x'.repeat(395 * 1024) });
    const { Responses, UnprocessedKeys } = await getAll(45, {
      ProjectionExpression: 'sk',
      ConsistentRead: true,
    });
    expect(Responses?.[TABLE]).toHaveLength(41);
    expect(UnprocessedKeys?.[TABLE]?.Keys).toHaveLength(4);
    expect(UnprocessedKeys?.[TABLE]).toMatchObject({ ProjectionExpression: 'sk', ConsistentRead: true });
  });

  it('refuses more than 100 keys and the same key twice', async () => {
    expect((await refusal(getAll(101))).name).toBe('ValidationException');
    const key = marshall({ pk: 'batch', sk: '1' });
    const twice = new BatchGetItemCommand({ RequestItems: { [TABLE]: { Keys: [key, key] } } });
    expect((await refusal(world.client.send(twice))).name).toBe('ValidationException');
  });
});
