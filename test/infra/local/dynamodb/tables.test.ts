import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  ListTablesCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSchedulerTable } from '../../../support/embedded-dynamo.ts';
import { makeWorld, refusal, TABLE, type World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await makeWorld();
});
afterEach(() => world.close());

describe('a table', () => {
  it('is there at once, with exact counts', async () => {
    await world.put({ pk: 'a', sk: '1' });
    await world.put({ pk: 'a', sk: '2', statusKey: 's', timeKey: 't' });
    const { Table } = await world.client.send(new DescribeTableCommand({ TableName: TABLE }));
    expect(Table).toMatchObject({
      TableStatus: 'ACTIVE',
      ItemCount: 2,
      TableSizeBytes: 30,
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      GlobalSecondaryIndexes: [{ IndexName: 'byStatusAndTime', IndexStatus: 'ACTIVE', ItemCount: 1 }],
    });
  });

  it('cannot be created twice', async () => {
    expect((await refusal(createSchedulerTable(world.client, TABLE))).name).toBe('ResourceInUseException');
  });

  it('is gone with its items once deleted', async () => {
    await world.put({ pk: 'a', sk: '1', statusKey: 's', timeKey: 't' });
    await world.client.send(new DeleteTableCommand({ TableName: TABLE }));
    expect((await refusal(world.get({ pk: 'a', sk: '1' }))).name).toBe('ResourceNotFoundException');
    await createSchedulerTable(world.client, TABLE);
    expect(await world.get({ pk: 'a', sk: '1' })).toBeUndefined();
    expect(await world.entries('s')).toEqual([]);
  });

  it('does not mix with another', async () => {
    await createSchedulerTable(world.client, 'Other');
    await world.put({ pk: 'a', sk: '1' }, { TableName: 'Other' });
    expect(await world.get({ pk: 'a', sk: '1' })).toBeUndefined();
    const first = await world.client.send(new ListTablesCommand({ Limit: 1 }));
    const second = await world.client.send(
      new ListTablesCommand({ ExclusiveStartTableName: first.LastEvaluatedTableName }),
    );
    expect([first.TableNames, second.TableNames]).toEqual([['Jobs'], ['Other']]);
  });

  it('may have numbers as keys, which it keeps in order', async () => {
    await world.client.send(
      new CreateTableCommand({
        TableName: 'Numbers',
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [
          { AttributeName: 'p', KeyType: 'HASH' },
          { AttributeName: 'n', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: [
          { AttributeName: 'p', AttributeType: 'N' },
          { AttributeName: 'n', AttributeType: 'N' },
        ],
      }),
    );
    const numbers = [0, -1, 1, -1.5, 10, 9, 0.001, -0.001, 1e12, -1e12, 99, 100];
    for (const n of numbers) await world.put({ p: 1, n }, { TableName: 'Numbers' });
    const { Items } = await world.query({
      TableName: 'Numbers',
      KeyConditionExpression: 'p = :p',
      values: { ':p': 1 },
    });
    expect(Items?.map((item) => Number(item.n?.N))).toEqual([...numbers].sort((a, b) => a - b));
  });
});

describe('a fault in one request', () => {
  it('is answered as an internal error and leaves the others of its turn alone', async () => {
    const faults: unknown[] = [];
    const sturdy = await makeWorld({ onFault: (fault) => faults.push(fault) });
    const poisoned = {
      get TableName(): string {
        throw new Error('poison');
      },
    };
    const [before, poison, after] = await Promise.all([
      sturdy.engine.call('PutItem', { TableName: TABLE, Item: { pk: { S: 'a' }, sk: { S: '1' } } }),
      sturdy.engine.call('PutItem', poisoned),
      sturdy.engine.call('PutItem', { TableName: TABLE, Item: { pk: { S: 'a' }, sk: { S: '2' } } }),
    ]);
    expect([before, poison, after].map((reply) => reply.statusCode)).toEqual([200, 500, 200]);
    expect(faults).toHaveLength(1);
    expect(await sturdy.get({ pk: 'a', sk: '2' })).toBeDefined();
    await sturdy.close();
  });
});

describe('what the engine does not know', () => {
  it('is refused by name', async () => {
    expect(await world.engine.call('ExecuteStatement', {})).toMatchObject({
      statusCode: 400,
      body: { __type: expect.stringContaining('UnknownOperationException') },
    });
    const legacy = await world.engine.call('GetItem', { TableName: TABLE, Key: {}, AttributesToGet: ['a'] });
    expect(legacy.body.message).toContain('AttributesToGet');
    expect((await world.engine.call('constructor', {})).statusCode).toBe(400);
  });
});

describe('time to live', () => {
  const NOW_MS = 1_800_000_000_000;
  const NOW_SECONDS = NOW_MS / 1000;

  it('is described as it was set', async () => {
    const described = async () =>
      (await world.client.send(new DescribeTimeToLiveCommand({ TableName: TABLE }))).TimeToLiveDescription;
    expect(await described()).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'ttl' });
    const set = (Enabled: boolean) =>
      world.client.send(
        new UpdateTimeToLiveCommand({
          TableName: TABLE,
          TimeToLiveSpecification: { AttributeName: 'ttl', Enabled },
        }),
      );
    expect((await refusal(set(true))).message).toBe('TimeToLive is already enabled');
    await set(false);
    expect(await described()).toEqual({ TimeToLiveStatus: 'DISABLED' });
    await world.put({ pk: 'late', sk: 'x', ttl: NOW_SECONDS - 10 });
    expect(await world.engine.expireItems(NOW_MS)).toBe(0);
    await set(true);
    expect(await world.engine.expireItems(NOW_MS)).toBe(1);
  });

  it('removes what has expired, from the index too, and nothing else', async () => {
    const items = [
      { sk: 'past', ttl: NOW_SECONDS - 1 },
      { sk: 'future', ttl: NOW_SECONDS + 1 },
      { sk: 'never' },
      { sk: 'text', ttl: `${NOW_SECONDS - 1}` },
      { sk: 'milliseconds', ttl: NOW_MS },
      { sk: 'over five years ago', ttl: NOW_SECONDS - 6 * 365 * 86_400 },
    ];
    for (const item of items) await world.put({ pk: 'e', statusKey: 's', timeKey: item.sk, ...item });
    expect(await world.engine.expireItems(NOW_MS)).toBe(1);
    const left = items.map((item) => item.sk).filter((sk) => sk !== 'past');
    expect((await world.entries('s')).map((entry) => entry.sk)).toEqual(left.sort());
    expect(await world.get({ pk: 'e', sk: 'past' })).toBeUndefined();
  });

  it('follows an update of the attribute', async () => {
    await world.put({ pk: 'e', sk: '1', ttl: NOW_SECONDS - 5 });
    await world.update({ pk: 'e', sk: '1' }, 'REMOVE #ttl', { ExpressionAttributeNames: { '#ttl': 'ttl' } });
    expect(await world.engine.expireItems(NOW_MS)).toBe(0);
  });

  it('clears more than one turn takes', async () => {
    await Promise.all(
      Array.from({ length: 600 }, (_, i) => world.put({ pk: 'e', sk: `${i}`, ttl: NOW_SECONDS - 5 })),
    );
    expect(await world.engine.expireItems(NOW_MS)).toBe(600);
  });
});
