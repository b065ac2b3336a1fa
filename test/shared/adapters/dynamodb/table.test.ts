import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactionCanceledException,
  TransactionConflictException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { DEFINITION, encode, STATE, toItem } from '../../../../shared/adapters/dynamodb/codec.ts';
import { makeExecutionStore } from '../../../../shared/adapters/dynamodb/execution-store.ts';
import { Table } from '../../../../shared/adapters/dynamodb/table.ts';
import { makeTaskStore } from '../../../../shared/adapters/dynamodb/task-store.ts';
import { aDefinition, aRun, aState, aTask } from '../../../contracts/samples.ts';

const client = new DynamoDBClient({ region: 'us-east-1' });
const dynamo = mockClient(client);
const sleeps: number[] = [];
const table = new Table({
  client,
  name: 'scheduler',
  clock: {
    nowMs: () => 0,
    monotonicMs: () => 0,
    sleep: async (ms) => {
      sleeps.push(ms);
    },
  },
  random: { next: () => 0.5 },
});
const key = { tenant: 'root', taskId: 'nightly' };
const change = { set: { missed: 1 }, guard: {} };
const meta = (httpStatusCode = 400) => ({ $metadata: { httpStatusCode }, message: 'no' });
const named = (name: string, extra: object = {}) => Object.assign(new Error('no'), { name, ...extra });

beforeEach(() => {
  dynamo.reset();
  sleeps.length = 0;
});

describe('failures of DynamoDB', () => {
  it.each([
    named('ProvisionedThroughputExceededException'),
    named('ThrottlingException'),
    named('RequestLimitExceeded'),
    named('InternalServerError', { $metadata: { httpStatusCode: 500 } }),
    named('Strange', { $metadata: { httpStatusCode: 503 } }),
    named('TimeoutError'),
    named('Error', { code: 'ECONNRESET' }),
  ])('that pass by themselves become `unavailable`, with their cause: %s', async (failure) => {
    dynamo.on(GetItemCommand).rejects(failure);
    await expect(table.get({ pk: 'a', sk: 'b' })).rejects.toMatchObject({
      code: 'unavailable',
      details: { service: 'dynamodb', retryAfterSeconds: 2 },
      cause: failure,
    });
  });

  it('that do not pass stay what they are', async () => {
    const failure = named('AccessDeniedException', { $metadata: { httpStatusCode: 400 } });
    dynamo.on(GetItemCommand).rejects(failure);
    await expect(table.get({ pk: 'a', sk: 'b' })).rejects.toBe(failure);
  });
});

describe('conditional writes', () => {
  it('answer a refusal with the record that refused', async () => {
    const existing = aState({ version: 9 });
    dynamo
      .on(UpdateItemCommand)
      .rejects(new ConditionalCheckFailedException({ ...meta(), Item: encode(STATE, existing) }));
    expect(await makeTaskStore(table).update(key, change)).toEqual({ ok: false, existing });
  });

  it('are tried again when a transaction was on the item', async () => {
    dynamo
      .on(UpdateItemCommand)
      .rejectsOnce(new TransactionConflictException(meta()))
      .resolves({ Attributes: encode(STATE, aState()) });
    expect(await makeTaskStore(table).update(key, change)).toEqual({ ok: true, record: aState() });
    expect(sleeps).toHaveLength(1);
  });

  it('take one request each on the path of a run', async () => {
    const executions = makeExecutionStore(table);
    dynamo.onAnyCommand().resolves({});
    await executions.insert(aRun());
    await executions.read(aRun());
    await executions.remove(aRun(), {}).catch(() => undefined);
    expect(dynamo.calls()).toHaveLength(3);
    expect(dynamo.commandCalls(PutItemCommand)[0]?.args[0].input).toMatchObject({
      ConditionExpression: 'attribute_not_exists(#pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
  });
});

describe('transactions', () => {
  const canceled = (...codes: string[]) =>
    new TransactionCanceledException({ ...meta(), CancellationReasons: codes.map((Code) => ({ Code })) });

  it('answer a refusal with the record that refused', async () => {
    const existing = aState({ version: 3 });
    const CancellationReasons = [
      { Code: 'ConditionalCheckFailed', Item: encode(STATE, existing) },
      { Code: 'None' },
    ];
    dynamo
      .on(TransactWriteItemsCommand)
      .rejects(new TransactionCanceledException({ ...meta(), CancellationReasons }));
    expect(await makeTaskStore(table).create(aTask())).toEqual({ ok: false, existing });
    expect(dynamo.calls()).toHaveLength(1);
  });

  it('are tried again after a conflict, waiting longer each time', async () => {
    const conflict = canceled('TransactionConflict', 'None');
    dynamo.on(TransactWriteItemsCommand).rejectsOnce(conflict).rejectsOnce(conflict).resolves({});
    expect(await makeTaskStore(table).create(aTask())).toEqual({ ok: true, record: aState() });
    expect(sleeps).toEqual([10, 20]);
  });

  it('give up as `unavailable` when the conflict lasts', async () => {
    dynamo.on(TransactWriteItemsCommand).rejects(canceled('None', 'TransactionConflict'));
    await expect(makeTaskStore(table).create(aTask())).rejects.toMatchObject({ code: 'unavailable' });
    expect(dynamo.calls()).toHaveLength(8);
  });

  it('are `unavailable` when an item is throttled, and fail loudly for any other reason', async () => {
    dynamo.on(TransactWriteItemsCommand).rejects(canceled('None', 'ThrottlingError'));
    await expect(makeTaskStore(table).create(aTask())).rejects.toMatchObject({ code: 'unavailable' });
    dynamo.on(TransactWriteItemsCommand).rejects(canceled('ValidationError', 'None'));
    await expect(makeTaskStore(table).create(aTask())).rejects.toBeInstanceOf(TransactionCanceledException);
  });
});

describe('batch reads', () => {
  const keys = (count: number) => Array.from({ length: count }, (_, i) => ({ pk: `p${i}`, sk: 's' }));

  it('ask again for keys that were left out, and only for those', async () => {
    const [a, b] = [toItem({ pk: 'p0', sk: 's' }), toItem({ pk: 'p1', sk: 's' })];
    dynamo
      .on(BatchGetItemCommand)
      .resolvesOnce({
        Responses: { scheduler: [a] },
        UnprocessedKeys: { scheduler: { Keys: [b], ConsistentRead: true } },
      })
      .resolves({ Responses: { scheduler: [b] } });
    expect(await table.getMany(keys(2))).toEqual([a, b]);
    expect(dynamo.commandCalls(BatchGetItemCommand)[1]?.args[0].input.RequestItems).toEqual({
      scheduler: { Keys: [b], ConsistentRead: true },
    });
    expect(sleeps).toHaveLength(1);
  });

  it('give up as `unavailable` when keys are left out every time', async () => {
    const left = { scheduler: { Keys: [toItem({ pk: 'p0', sk: 's' })] } };
    dynamo.on(BatchGetItemCommand).resolves({ Responses: {}, UnprocessedKeys: left });
    await expect(table.getMany(keys(1))).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('ask for each key once, at most a hundred at a time', async () => {
    dynamo.on(BatchGetItemCommand).resolves({ Responses: { scheduler: [] } });
    await table.getMany([...keys(130), ...keys(130)]);
    const sizes = dynamo
      .commandCalls(BatchGetItemCommand)
      .map((call) => call.args[0].input.RequestItems?.scheduler?.Keys?.length);
    expect(sizes).toEqual([100, 30]);
  });
});

describe('reading a task', () => {
  const answer = (...items: object[]) => ({ Responses: { scheduler: items.map((item) => ({ ...item })) } });
  const state = encode(STATE, aState({ definitionVersion: 2 }));

  it('looks again while the halves are of two versions, five times at most', async () => {
    const [old, current] = [1, 2].map((definitionVersion) =>
      encode(DEFINITION, aDefinition({ definitionVersion })),
    );
    dynamo
      .on(BatchGetItemCommand)
      .resolvesOnce(answer(state, old ?? {}))
      .resolves(answer(state, current ?? {}));
    const task = await makeTaskStore(table).read(key);
    expect(task?.definition.definitionVersion).toBe(2);

    dynamo.reset();
    dynamo.on(BatchGetItemCommand).resolves(answer(state, old ?? {}));
    await expect(makeTaskStore(table).read(key)).rejects.toMatchObject({ code: 'unavailable' });
    expect(dynamo.calls()).toHaveLength(5);
  });

  it('finds nothing once one half of a deleted task expired', async () => {
    const deleted = encode(STATE, aState({ status: 'deleted', ttl: 1_795_251_600 }));
    dynamo.on(BatchGetItemCommand).resolves(answer(deleted));
    expect(await makeTaskStore(table).read(key)).toBeUndefined();
    expect(dynamo.calls()).toHaveLength(1);
  });
});
