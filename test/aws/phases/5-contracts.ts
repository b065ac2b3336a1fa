import { BatchWriteItemCommand, DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, inject } from 'vitest';
import { calendarsContract } from '../../contracts/calendars.contract.ts';
import { controlContract } from '../../contracts/control.contract.ts';
import { deadLettersContract } from '../../contracts/dead-letters.contract.ts';
import { dynamoStores } from '../../contracts/dynamo-stores.ts';
import { guardsContract } from '../../contracts/guards.contract.ts';
import { indexContract } from '../../contracts/index.contract.ts';
import { listingsContract } from '../../contracts/listings.contract.ts';
import { MAX_RECEIVE_COUNT, type OpenQueueWorld, queueContract } from '../../contracts/queue.contract.ts';
import { sqsQueues } from '../../contracts/sqs-queues.ts';
import { statsContract } from '../../contracts/stats.contract.ts';
import { type OpenStoreWorld, storeContract } from '../../contracts/store.contract.ts';
import { tablesOf } from '../kept-tables.ts';

/** On the table that the destroyed stack has left: made by the template, and no function of ours touches it any more. */
const { name } = inject('deployment');
const BATCH = 25;
const dynamo = new DynamoDBClient({});
const sqs = new SQSClient({});
const queues: string[] = [];
afterAll(async () => {
  for (const QueueUrl of queues) await sqs.send(new DeleteQueueCommand({ QueueUrl }));
  dynamo.destroy();
  sqs.destroy();
});

const openStores: OpenStoreWorld = async () => {
  const [table = ''] = await tablesOf(name, dynamo);
  await empty(table);
  return dynamoStores(dynamo, table);
};

storeContract('deployed table', openStores);
controlContract('deployed table', openStores);
calendarsContract('deployed table', openStores);
deadLettersContract('deployed table', openStores);
guardsContract('deployed table', openStores);
indexContract('deployed table', openStores);
listingsContract('deployed table', openStores);
statsContract('deployed table', openStores);

async function empty(TableName: string): Promise<void> {
  const pages = paginateScan(
    { client: dynamo },
    { TableName, ProjectionExpression: 'pk, sk', ConsistentRead: true },
  );
  for await (const { Items = [] } of pages) {
    for (let from = 0; from < Items.length; from += BATCH) {
      const requests = Items.slice(from, from + BATCH).map((Key) => ({ DeleteRequest: { Key } }));
      await dynamo.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: requests } }));
    }
  }
}

/** The deployed queues went with the stack; these are made like them. */
let made = 0;
const openQueues: OpenQueueWorld = async () => {
  const prefix = `${name}-contract-${++made}`;
  const make = async (queue: string) => {
    const dlq = await createQueue(`${prefix}-${queue}-dlq`, {});
    const redrive = { deadLetterTargetArn: dlq.arn, maxReceiveCount: MAX_RECEIVE_COUNT };
    const work = await createQueue(`${prefix}-${queue}`, {
      VisibilityTimeout: '60',
      RedrivePolicy: JSON.stringify(redrive),
    });
    return { ...work, dlqUrl: dlq.url, maxReceiveCount: MAX_RECEIVE_COUNT };
  };
  const targets = { high: await make('high'), low: await make('low') };
  return sqsQueues(sqs, targets, (await make('dispatch')).url);
};

async function createQueue(QueueName: string, Attributes: Record<string, string>) {
  const { QueueUrl: url = '' } = await sqs.send(
    new CreateQueueCommand({ QueueName, Attributes: { ...Attributes, SqsManagedSseEnabled: 'true' } }),
  );
  queues.push(url);
  const reply = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] }),
  );
  return { url, arn: reply.Attributes?.QueueArn ?? '' };
}

queueContract('SQS as deployed', openQueues);
