import {
  CreateTableCommand,
  DynamoDBClient,
  type DynamoDBClientConfig,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import {
  type DynamoEngine,
  type EngineOptions,
  openDynamoEngine,
} from '../../infra/local/dynamodb/engine.ts';

export interface EmbeddedDynamo {
  client: DynamoDBClient;
  engine: DynamoEngine;
  close(): Promise<void>;
}

/** The real SDK client on an engine of its own in this process: no socket, no signature, nothing left behind. */
export function embeddedDynamoClient(options: Partial<EngineOptions> = {}): EmbeddedDynamo {
  const engine = openDynamoEngine({ file: ':memory:', ...options });
  const client = new DynamoDBClient({
    region: 'us-east-1',
    endpoint: 'http://embedded.invalid',
    credentials: { accessKeyId: 'embedded', secretAccessKey: 'embedded' },
    signer: { sign: async (request) => request },
    maxAttempts: 1,
    requestHandler: inProcess(engine),
  });
  return {
    client,
    engine,
    async close() {
      client.destroy();
      await engine.close();
    },
  };
}

/** Passes requests to the engine as its HTTP front would, bodies as bytes in both directions. */
export function inProcess(engine: DynamoEngine): NonNullable<DynamoDBClientConfig['requestHandler']> {
  return {
    async handle(request: { headers: Record<string, string>; body: string | Uint8Array }) {
      const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
      const text = typeof request.body === 'string' ? request.body : new TextDecoder().decode(request.body);
      const { statusCode, body } = await engine.call(operation, JSON.parse(text));
      const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': 'embedded' };
      return { response: { statusCode, headers, body: Buffer.from(JSON.stringify(body)) } };
    },
  };
}

/** The scheduler's table: pk and sk, the sparse KEYS_ONLY index byStatusAndTime, TTL. */
export async function createSchedulerTable(client: DynamoDBClient, tableName: string): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: ['pk', 'sk', 'statusKey', 'timeKey'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S' as const,
      })),
      GlobalSecondaryIndexes: [
        {
          IndexName: 'byStatusAndTime',
          KeySchema: [
            { AttributeName: 'statusKey', KeyType: 'HASH' },
            { AttributeName: 'timeKey', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
    }),
  );
  await client.send(
    new UpdateTimeToLiveCommand({
      TableName: tableName,
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
    }),
  );
}
