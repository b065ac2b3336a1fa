import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { toItem } from '../../../../shared/adapters/dynamodb/codec.ts';
import { makeCursorStore } from '../../../../shared/adapters/dynamodb/cursor-store.ts';
import { makeListings } from '../../../../shared/adapters/dynamodb/listings.ts';
import { encodeToken } from '../../../../shared/adapters/dynamodb/page-token.ts';
import { makeShardIndex } from '../../../../shared/adapters/dynamodb/shard-index.ts';
import { Table } from '../../../../shared/adapters/dynamodb/table.ts';
import { makeTaskStore } from '../../../../shared/adapters/dynamodb/task-store.ts';
import { systemClock } from '../../../../shared/adapters/system/clock.ts';

const client = new DynamoDBClient({ region: 'us-east-1' });
const dynamo = mockClient(client);
const table = new Table({ client, name: 'scheduler', clock: systemClock, random: { next: () => 0 } });
const listings = makeListings(table, { shards: 2, tasks: makeTaskStore(table) });

beforeEach(() => {
  dynamo.reset();
  dynamo.on(QueryCommand).resolves({ Items: [] });
});

describe('a cursor claim', () => {
  const claimAgainst = (by: string) => {
    const Item = toItem({ pk: 'C#dispatch#0', sk: 'C', upto: 2, at: 2, by });
    dynamo
      .on(PutItemCommand)
      .rejects(new ConditionalCheckFailedException({ $metadata: {}, message: 'no', Item }));
    return makeCursorStore(table, { nonce: () => 'mine' }).claim('dispatch', 0, undefined, {
      upto: 2,
      at: 2,
    });
  };
  it('is ours when what stands there is our own write, repeated after a lost answer', async () => {
    expect(await claimAgainst('mine')).toBe(true);
  });
  it('is lost when a rival wrote the very same position', async () => {
    expect(await claimAgainst('theirs')).toBe(false);
  });
});

describe('an index page', () => {
  it('is one request between padded bounds, the lower one left out', async () => {
    await makeShardIndex(table).due({ set: 'due', shard: 7, after: 99, until: 200, limit: 25 });
    expect(dynamo.calls()).toHaveLength(1);
    expect(dynamo.commandCalls(QueryCommand)[0]?.args[0].input).toMatchObject({
      IndexName: 'byStatusAndTime',
      Limit: 25,
      ScanIndexForward: true,
      ExpressionAttributeValues: {
        ':0': { S: 'due#7' },
        ':1': { S: '000000000000100' },
        ':2': { S: '000000000000200~' },
      },
    });
  });

  it('asks nothing for an empty window', async () => {
    const page = await makeShardIndex(table).due({ set: 'due', shard: 7, after: 200, until: 100, limit: 25 });
    expect(page).toEqual({ entries: [], next: undefined });
    expect(dynamo.calls()).toHaveLength(0);
  });
});

describe('a cursor from outside', () => {
  const row = { timeKey: '001795251600000', pk: 'T#root#nightly', sk: 'X#001795251600000', shard: 0 };
  const bad = { code: 'validation-failed', details: { errors: [{ path: 'cursor' }] } };
  it.each([
    ['no base64url', '%%%'],
    ['other JSON', encodeToken({ a: 1 })],
    ['another tenant', encodeToken({ ...row, pk: 'T#other#nightly' })],
    ['no run', encodeToken({ ...row, sk: 'T' })],
    ['no instant', encodeToken({ ...row, timeKey: 'zzz' })],
    ['a shard below zero', encodeToken({ ...row, shard: -1 })],
    ['an instant before the list begins', encodeToken({ ...row, timeKey: '000000000000001' })],
  ])('is refused when it holds %s', async (_what, from) => {
    await expect(listings.ended({ tenant: 'root', since: 1_000, limit: 5, from })).rejects.toMatchObject(bad);
    expect(dynamo.calls()).toHaveLength(0);
  });

  it('is refused by a history that it does not belong to', async () => {
    const key = { tenant: 'root', taskId: 'nightly' };
    const from = encodeToken({ sk: 'D' });
    await expect(listings.history({ key, limit: 5, from })).rejects.toMatchObject(bad);
  });

  it('goes on in every shard from one position', async () => {
    await listings.ended({ tenant: 'root', limit: 5, from: encodeToken({ ...row, shard: 1 }) });
    const inputs = dynamo.commandCalls(QueryCommand).map((call) => call.args[0].input);
    expect(inputs.map((input) => input.ExpressionAttributeValues?.[':2']?.S)).toEqual([
      // Behind every key that is less, whatever follows its instant.
      '00179525160000/~',
      '001795251600000',
    ]);
    expect(inputs.map((input) => input.ExclusiveStartKey?.sk?.S)).toEqual([undefined, 'X#001795251600000']);
  });
});
