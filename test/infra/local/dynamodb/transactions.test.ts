import {
  TransactGetItemsCommand,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeWorld, refusal, TABLE, type World } from './world.ts';

const MINUTE_MS = 60_000;
let world: World;
let nowMs: number;
beforeEach(async () => {
  nowMs = 1_800_000_000_000;
  world = await makeWorld({ nowMs: () => nowMs });
});
afterEach(() => world.close());

const key = (sk: string) => ({ pk: 'tx', sk });
const put = (sk: string, more = {}): TransactWriteItem => ({
  Put: { TableName: TABLE, Item: marshall({ ...key(sk), statusKey: 's', timeKey: sk }), ...more },
});
const increment = (sk: string): TransactWriteItem => ({
  Update: {
    TableName: TABLE,
    Key: marshall(key(sk)),
    UpdateExpression: 'ADD n :one',
    ExpressionAttributeValues: marshall({ ':one': 1 }),
  },
});
const check = (sk: string, ConditionExpression: string): TransactWriteItem => ({
  ConditionCheck: { TableName: TABLE, Key: marshall(key(sk)), ConditionExpression },
});
const absent = { ConditionExpression: 'attribute_not_exists(pk)' };
const transact = (TransactItems: TransactWriteItem[], ClientRequestToken?: string) =>
  world.client.send(new TransactWriteItemsCommand({ TransactItems, ClientRequestToken }));

describe('a write transaction', () => {
  it('puts, updates, deletes and checks together', async () => {
    await world.put({ ...key('gone') });
    await world.put({ ...key('checked') });
    await transact([
      put('new', absent),
      increment('counted'),
      { Delete: { TableName: TABLE, Key: marshall(key('gone')) } },
      check('checked', 'attribute_exists(pk)'),
    ]);
    expect(await world.get(key('new'))).toMatchObject(key('new'));
    expect(await world.get(key('counted'))).toEqual({ ...key('counted'), n: 1 });
    expect(await world.get(key('gone'))).toBeUndefined();
    expect(await world.get(key('checked'))).toEqual(key('checked'));
    expect(await world.entries('s')).toHaveLength(1);
  });

  it('does nothing when one condition fails, and says which and what it met', async () => {
    await world.put({ ...key('old'), v: 1 });
    const { error } = await refusal(
      transact([
        put('fresh'),
        put('old', { ...absent, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
        increment('counted'),
        check('none', 'attribute_exists(pk)'),
      ]),
    );
    if (!(error instanceof TransactionCanceledException)) throw error;
    expect(error.message).toBe(
      'Transaction cancelled, please refer cancellation reasons for specific reasons ' +
        '[None, ConditionalCheckFailed, None, ConditionalCheckFailed]',
    );
    expect(error.CancellationReasons?.map((reason) => reason.Code)).toEqual([
      'None',
      'ConditionalCheckFailed',
      'None',
      'ConditionalCheckFailed',
    ]);
    const [, met, , missed] = error.CancellationReasons ?? [];
    expect(unmarshall(met?.Item ?? {})).toEqual({ ...key('old'), v: 1 });
    expect(missed?.Item).toBeUndefined();
    expect(await world.get(key('fresh'))).toBeUndefined();
    expect(await world.get(key('counted'))).toBeUndefined();
    expect(await world.entries('s')).toEqual([]);
  });

  it('cancels on what only the items tell to be wrong', async () => {
    await world.put({ ...key('word'), n: 'text' });
    const { error } = await refusal(transact([put('fresh'), increment('word')]));
    if (!(error instanceof TransactionCanceledException)) throw error;
    expect(error.CancellationReasons?.map((reason) => reason.Code)).toEqual(['None', 'ValidationError']);
    expect(await world.get(key('fresh'))).toBeUndefined();
  });

  it('refuses two actions on one item, more than 100 actions, unknown tables and wrong expressions', async () => {
    expect((await refusal(transact([put('a'), increment('a')]))).message).toBe(
      'Transaction request cannot include multiple operations on one item',
    );
    const names = await Promise.all(
      [
        transact(Array.from({ length: 101 }, (_, i) => put(`${i}`))),
        transact([check('a', 'attribute_exists(')]),
        transact([put('a'), { Put: { TableName: 'Nowhere', Item: marshall(key('b')) } }]),
      ].map(async (attempt) => (await refusal(attempt)).name),
    );
    expect(names).toEqual(['ValidationException', 'ValidationException', 'ResourceNotFoundException']);
  });

  it('has one winner among fifty', async () => {
    const attempts = Array.from({ length: 50 }, () => transact([put('lock', absent), increment('won')]));
    const outcomes = await Promise.allSettled(attempts);
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
    expect(await world.get(key('won'))).toMatchObject({ n: 1 });
  });
});

describe('a client token', () => {
  it('makes a repeated transaction count once, for ten minutes', async () => {
    await Promise.all([transact([increment('n')], 'token-1'), transact([increment('n')], 'token-1')]);
    nowMs += 9 * MINUTE_MS;
    await transact([increment('n')], 'token-1');
    expect(await world.get(key('n'))).toMatchObject({ n: 1 });
    nowMs += 2 * MINUTE_MS;
    await transact([increment('n')], 'token-1');
    expect(await world.get(key('n'))).toMatchObject({ n: 2 });
  });

  it('is refused with other actions', async () => {
    await transact([increment('n')], 'token-1');
    expect((await refusal(transact([increment('m')], 'token-1'))).name).toBe(
      'IdempotentParameterMismatchException',
    );
  });

  it('of a cancelled transaction may be used again', async () => {
    await world.put(key('blocker'));
    await transact([put('blocker', absent)], 'token-1').catch(() => {});
    await world.remove(key('blocker'));
    await transact([put('blocker', absent)], 'token-1');
    expect(await world.get(key('blocker'))).toBeDefined();
  });
});

describe('a read transaction', () => {
  it('answers in the order of the request', async () => {
    await world.put({ ...key('a'), v: 1, w: 2 });
    const { Responses } = await world.client.send(
      new TransactGetItemsCommand({
        TransactItems: [
          { Get: { TableName: TABLE, Key: marshall(key('none')) } },
          { Get: { TableName: TABLE, Key: marshall(key('a')), ProjectionExpression: 'v' } },
        ],
      }),
    );
    expect(Responses).toEqual([{}, { Item: { v: { N: '1' } } }]);
  });
});
