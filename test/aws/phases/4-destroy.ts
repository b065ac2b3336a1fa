import { DescribeTableCommand, DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { api, inSeconds } from '../../e2e/target.ts';
import { eventually } from '../../support/eventually.ts';
import { openCdk } from '../cdk.ts';
import { CHANGES } from '../changes.ts';
import { tablesOf } from '../kept-tables.ts';

const { name, home } = inject('deployment');
const cdk = openCdk(home);
const dynamo = new DynamoDBClient({});
const sqs = new SQSClient({});
afterAll(() => {
  dynamo.destroy();
  sqs.destroy();
});

describe('a deployment that is destroyed', () => {
  it('keeps its table and what is in it, and nothing else', { timeout: 900_000 }, async () => {
    const json = { name: 'Kept', handler: 'demo.echo', schedule: { kind: 'once', at: inSeconds(86_400) } };
    expect(await api.call('PUT', '/v1/tasks/kept', { json })).toMatchObject({ status: 201 });
    const [table = ''] = await tablesOf(name, dynamo);

    await cdk.destroy({ name, ...CHANGES });

    expect(await tablesOf(name, dynamo)).toEqual([table]);
    const { Table } = await dynamo.send(new DescribeTableCommand({ TableName: table }));
    expect(Table).toMatchObject({ TableStatus: 'ACTIVE', DeletionProtectionEnabled: true });
    const { Items } = await dynamo.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: 'T#root#kept' } },
        ConsistentRead: true,
      }),
    );
    expect(Items?.map(({ sk }) => sk?.S).sort()).toEqual(['D', 'T']);
    await eventually(async () => expect(await queuesOf(name)).toEqual([]), { timeoutMs: 120_000 });
    const gone = await api.call('GET', '/v1/health', { credential: false }).catch(() => ({ status: 0 }));
    expect(gone.status).not.toBe(200);
  });
});

const queuesOf = async (stack: string): Promise<string[]> =>
  (await sqs.send(new ListQueuesCommand({ QueueNamePrefix: `${stack}-` }))).QueueUrls ?? [];
