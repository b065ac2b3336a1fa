import { BatchWriteItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { INDEX, makeWorld, refusal, TABLE, type World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await makeWorld();
});
afterEach(() => world.close());

const due = (id: number | string, time: string) => ({
  pk: `T#root#${id}`,
  sk: 'T',
  statusKey: 'due#0',
  timeKey: time,
});
const times = (entries: Record<string, unknown>[]) => entries.map((entry) => entry.timeKey);

async function fill(items: Record<string, unknown>[]) {
  for (let i = 0; i < items.length; i += 25)
    await world.client.send(
      new BatchWriteItemCommand({
        RequestItems: {
          [TABLE]: items.slice(i, i + 25).map((item) => ({ PutRequest: { Item: marshall(item) } })),
        },
      }),
    );
}

describe('the index', () => {
  it('lists entries in order of time, page by page', async () => {
    await fill(Array.from({ length: 25 }, (_, i) => due(i, String((i * 7) % 25).padStart(3, '0'))));
    const ordered = Array.from({ length: 25 }, (_, i) => String(i).padStart(3, '0'));
    for (const limit of [undefined, 1, 10, 25])
      expect(times(await world.entries('due#0', limit))).toEqual(ordered);
  });

  it('holds the keys only', async () => {
    await world.put({ ...due(1, '001'), name: 'nightly', v: 3 });
    expect(await world.entries('due#0')).toEqual([due(1, '001')]);
  });

  it('finds all of two thousand items with equal keys', async () => {
    await fill(Array.from({ length: 2000 }, (_, i) => due(i, '005')));
    const found = await world.entries('due#0', 300);
    expect(new Set(found.map((entry) => entry.pk)).size).toBe(2000);
    expect(found).toHaveLength(2000);
  });

  it('keeps apart items whose keys run together', async () => {
    await fill([
      { pk: 't', sk: '11x', statusKey: 'due#0', timeKey: '1' },
      { pk: 't1', sk: '1x', statusKey: 'due#0', timeKey: '1' },
      { pk: 't11', sk: 'x', statusKey: 'due#0', timeKey: '1' },
    ]);
    expect(await world.entries('due#0', 1)).toHaveLength(3);
  });

  it('goes on behind a key that was deleted meanwhile', async () => {
    await fill(['1', '2', '3', '4'].map((time) => due(time, time)));
    const first = await world.query({
      IndexName: INDEX,
      KeyConditionExpression: 'statusKey = :s',
      values: { ':s': 'due#0' },
      Limit: 2,
    });
    await world.remove({ pk: 'T#root#2', sk: 'T' });
    const { Items, LastEvaluatedKey } = await world.query({
      IndexName: INDEX,
      KeyConditionExpression: 'statusKey = :s',
      values: { ':s': 'due#0' },
      ExclusiveStartKey: first.LastEvaluatedKey,
    });
    expect(Items?.map((item) => item.timeKey?.S)).toEqual(['3', '4']);
    expect(LastEvaluatedKey).toBeUndefined();
  });

  it('has an item only while it has both keys', async () => {
    const key = { pk: 'T#root#1', sk: 'T' };
    const count = async () => (await world.entries('due#0')).length;
    await world.put({ ...key, statusKey: 'due#0' });
    expect(await count()).toBe(0);
    await world.update(key, 'SET timeKey = :t', { values: { ':t': '5' } });
    expect(await count()).toBe(1);
    await world.update(key, 'SET timeKey = :t', { values: { ':t': '6' } });
    expect(times(await world.entries('due#0'))).toEqual(['6']);
    await world.update(key, 'REMOVE timeKey');
    expect(await count()).toBe(0);
    await world.put({ ...key, statusKey: 'due#0', timeKey: '7' });
    await world.remove(key);
    expect(await count()).toBe(0);
  });

  it('refuses to show or filter what it does not hold', async () => {
    const query = { IndexName: INDEX, KeyConditionExpression: 'statusKey = :s', values: { ':s': 'due#0' } };
    for (const more of [
      { ProjectionExpression: 'pk, payload' },
      { FilterExpression: 'attribute_exists(payload)' },
      { Select: 'ALL_ATTRIBUTES' as const },
      { ConsistentRead: true },
    ])
      expect((await refusal(world.query({ ...query, ...more }))).name).toBe('ValidationException');
  });

  it.each([
    ['an empty key', { statusKey: '', timeKey: '1' }],
    ['a key over 2048 bytes', { statusKey: 'é'.repeat(1025), timeKey: '1' }],
    ['a sort key over 1024 bytes', { statusKey: 'due#0', timeKey: 'x'.repeat(1025) }],
    ['a key of another type', { statusKey: 5, timeKey: '1' }],
    ['an empty key without the other', { timeKey: '' }],
  ])('refuses %s', async (_, keys) => {
    const item = { pk: 'T#root#1', sk: 'T' };
    expect((await refusal(world.put({ ...item, ...keys }))).name).toBe('ValidationException');
    await world.put(item);
    const names = Object.keys(keys);
    const values = Object.fromEntries(Object.entries(keys).map(([name, value]) => [`:${name}`, value]));
    const expression = `SET ${names.map((name) => `${name} = :${name}`).join(', ')}`;
    expect((await refusal(world.update(item, expression, { values }))).name).toBe('ValidationException');
    expect(await world.get(item)).toEqual(item);
  });
});

describe('a query', () => {
  const tenTimes = Array.from({ length: 10 }, (_, i) => `${i}0`);
  beforeEach(() => fill(tenTimes.map((time) => due(time, time))));
  const range = (condition: string, values: Record<string, unknown>, more = {}) =>
    world
      .query({
        IndexName: INDEX,
        KeyConditionExpression: `statusKey = :s AND ${condition}`,
        values: { ':s': 'due#0', ...values },
        ...more,
      })
      .then(({ Items }) => Items?.map((item) => item.timeKey?.S));

  it.each([
    ['timeKey = :a', { ':a': '30' }, ['30']],
    ['timeKey < :a', { ':a': '20' }, ['00', '10']],
    ['timeKey <= :a', { ':a': '20' }, ['00', '10', '20']],
    ['timeKey > :a', { ':a': '75' }, ['80', '90']],
    ['timeKey >= :a', { ':a': '80' }, ['80', '90']],
    ['timeKey BETWEEN :a AND :b', { ':a': '15', ':b': '40' }, ['20', '30', '40']],
    ['begins_with(timeKey, :a)', { ':a': '5' }, ['50']],
    [':a <= timeKey', { ':a': '80' }, ['80', '90']],
  ])('answers %s', async (condition, values, expected) => {
    expect(await range(condition, values)).toEqual(expected);
  });

  it('reads backwards, a page at a time', async () => {
    const first = await world.query({
      IndexName: INDEX,
      KeyConditionExpression: 'statusKey = :s AND timeKey < :t',
      values: { ':s': 'due#0', ':t': '50' },
      ScanIndexForward: false,
      Limit: 3,
    });
    expect(first.Items?.map((item) => item.timeKey?.S)).toEqual(['40', '30', '20']);
    const rest = await range(
      'timeKey < :t',
      { ':t': '50' },
      { ScanIndexForward: false, ExclusiveStartKey: first.LastEvaluatedKey },
    );
    expect(rest).toEqual(['10', '00']);
  });

  it('ends a page at one megabyte', async () => {
    for (let i = 0; i < 12; i++) await world.put({ pk: 'big', sk: `${10 + i}`, v: 'x'.repeat(100_000) });
    const query = { KeyConditionExpression: 'pk = :p', values: { ':p': 'big' } };
    const first = await world.query(query);
    expect(first.Count).toBe(11);
    const second = await world.query({ ...query, ExclusiveStartKey: first.LastEvaluatedKey });
    expect(second.Count).toBe(1);
    expect(second.LastEvaluatedKey).toBeUndefined();
  });

  it('filters after the limit and counts what it read', async () => {
    await fill(Array.from({ length: 6 }, (_, i) => ({ pk: 'f', sk: `${i}`, even: i % 2 === 0 })));
    const { Count, ScannedCount, Items } = await world.query({
      KeyConditionExpression: 'pk = :p',
      FilterExpression: 'even = :t',
      values: { ':p': 'f', ':t': true },
      Limit: 4,
    });
    expect({ Count, ScannedCount, keys: Items?.map((item) => item.sk?.S) }).toEqual({
      Count: 2,
      ScannedCount: 4,
      keys: ['0', '2'],
    });
  });

  it('refuses a start key outside of what it asks for', async () => {
    const { name } = await refusal(
      range('timeKey < :t', { ':t': '50' }, { ExclusiveStartKey: marshall(due('60', '60')) }),
    );
    expect(name).toBe('ValidationException');
  });
});

describe('a scan', () => {
  const scanAll = async (input: {
    Limit?: number;
    Segment?: number;
    TotalSegments?: number;
    IndexName?: string;
  }) => {
    const found: string[] = [];
    let ExclusiveStartKey: ScanCommand['input']['ExclusiveStartKey'];
    do {
      const page = await world.client.send(
        new ScanCommand({ TableName: TABLE, ...input, ExclusiveStartKey }),
      );
      found.push(...(page.Items ?? []).map((item) => item.pk?.S ?? ''));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);
    return found.sort();
  };
  const all = Array.from({ length: 60 }, (_, i) => `T#root#${i}`).sort();
  beforeEach(() => fill(all.map((pk, i) => ({ ...due(i, '1'), pk }))));

  it('meets every item once, in pages and in segments', async () => {
    expect(await scanAll({ Limit: 7 })).toEqual(all);
    expect(await scanAll({ Limit: 7, IndexName: INDEX })).toEqual(all);
    const segments = await Promise.all(
      [0, 1, 2].map((Segment) => scanAll({ Segment, TotalSegments: 3, Limit: 5 })),
    );
    expect(segments.flat().sort()).toEqual(all);
    expect(segments.every((segment) => segment.length > 5)).toBe(true);
  });
});
