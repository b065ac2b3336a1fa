import {
  DeleteItemCommand,
  type DeleteItemCommandInput,
  GetItemCommand,
  type GetItemCommandInput,
  PutItemCommand,
  type PutItemCommandInput,
  QueryCommand,
  type QueryCommandInput,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { EngineOptions } from '../../../../infra/local/dynamodb/engine.ts';
import { createSchedulerTable, embeddedDynamoClient } from '../../../support/embedded-dynamo.ts';

export const TABLE = 'Jobs';
export const INDEX = 'byStatusAndTime';

type Plain = Record<string, unknown>;
type Without<Input, Fields extends string> = Partial<Omit<Input, Fields | 'ExpressionAttributeValues'>> & {
  values?: Plain;
};

/** The scheduler's table on an engine in memory, spoken to through the real SDK with plain values. */
export async function makeWorld(options: Partial<EngineOptions> = {}) {
  const { client, engine, close } = embeddedDynamoClient(options);
  await createSchedulerTable(client, TABLE);
  const common = <T extends { values?: Plain }>({ values, ...input }: T) => ({
    TableName: TABLE,
    ...(values && { ExpressionAttributeValues: marshall(values) }),
    ...input,
  });
  return {
    client,
    engine,
    close,
    put: (item: Plain, more: Without<PutItemCommandInput, 'Item'> = {}) =>
      client.send(new PutItemCommand({ Item: marshall(item), ...common(more) })),
    update: (key: Plain, expression: string, more: Without<UpdateItemCommandInput, 'Key'> = {}) =>
      client.send(
        new UpdateItemCommand({ Key: marshall(key), UpdateExpression: expression, ...common(more) }),
      ),
    remove: (key: Plain, more: Without<DeleteItemCommandInput, 'Key'> = {}) =>
      client.send(new DeleteItemCommand({ Key: marshall(key), ...common(more) })),
    get: async (key: Plain, more: Without<GetItemCommandInput, 'Key'> = {}) => {
      const { Item } = await client.send(
        new GetItemCommand({ Key: marshall(key), ConsistentRead: true, ...common(more) }),
      );
      return Item && unmarshall(Item);
    },
    query: (input: Without<QueryCommandInput, never>) => client.send(new QueryCommand(common(input))),
    /** Every entry under a status, read page by page. */
    async entries(statusKey: string, Limit?: number) {
      const found: Plain[] = [];
      let ExclusiveStartKey: QueryCommandInput['ExclusiveStartKey'];
      do {
        const page = await client.send(
          new QueryCommand({
            TableName: TABLE,
            IndexName: INDEX,
            KeyConditionExpression: 'statusKey = :s',
            ExpressionAttributeValues: marshall({ ':s': statusKey }),
            Limit,
            ExclusiveStartKey,
          }),
        );
        found.push(...(page.Items ?? []).map((item) => unmarshall(item)));
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey);
      return found;
    },
  };
}

export type World = Awaited<ReturnType<typeof makeWorld>>;

/** Name and message of the error that a promise ends with. */
export async function refusal(
  promise: Promise<unknown>,
): Promise<{ name: string; message: string; error: unknown }> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return { name: error.name, message: error.message, error };
    throw error;
  }
  throw new Error('Expected a refusal');
}
