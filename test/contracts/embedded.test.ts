import { createSchedulerTable, embeddedDynamoClient } from '../support/embedded-dynamo.ts';
import { embeddedSqsClient } from '../support/embedded-sqs.ts';
import { auditContract } from './audit.contract.ts';
import { bulkJobsContract } from './bulk-jobs.contract.ts';
import { calendarsContract } from './calendars.contract.ts';
import { controlContract } from './control.contract.ts';
import { credentialsContract } from './credentials.contract.ts';
import { deadLettersContract } from './dead-letters.contract.ts';
import { dynamoStores } from './dynamo-stores.ts';
import { flowContract } from './flow.contract.ts';
import { guardsContract } from './guards.contract.ts';
import { indexContract } from './index.contract.ts';
import { listingsContract } from './listings.contract.ts';
import { MAX_RECEIVE_COUNT, type OpenQueueWorld, queueContract } from './queue.contract.ts';
import { sqsQueues } from './sqs-queues.ts';
import { statsContract } from './stats.contract.ts';
import { type OpenStoreWorld, storeContract } from './store.contract.ts';

const openStores: OpenStoreWorld = async () => {
  const { client, close } = embeddedDynamoClient();
  await createSchedulerTable(client, 'scheduler');
  return { ...dynamoStores(client, 'scheduler'), close };
};

storeContract('embedded DynamoDB', openStores);
controlContract('embedded DynamoDB', openStores);
credentialsContract('embedded DynamoDB', openStores);
flowContract('embedded DynamoDB', openStores);
calendarsContract('embedded DynamoDB', openStores);
bulkJobsContract('embedded DynamoDB', openStores);
auditContract('embedded DynamoDB', openStores);
deadLettersContract('embedded DynamoDB', openStores);
guardsContract('embedded DynamoDB', openStores);
indexContract('embedded DynamoDB', openStores);
listingsContract('embedded DynamoDB', openStores);
statsContract('embedded DynamoDB', openStores);

const openQueues: OpenQueueWorld = async () => {
  const { client, createQueue, close } = await embeddedSqsClient();
  const make = (name: string) => {
    const dlq = createQueue(`${name}-dlq`);
    const deadLetters = { deadLetterTargetArn: dlq.arn, maxReceiveCount: MAX_RECEIVE_COUNT };
    const { url, arn } = createQueue(name, { visibilityTimeoutSeconds: 60, ...deadLetters });
    return { url, arn, dlqUrl: dlq.url, maxReceiveCount: MAX_RECEIVE_COUNT };
  };
  const targets = { high: make('high'), low: make('low') };
  return { ...sqsQueues(client, targets, make('dispatch').url), close };
};

queueContract('embedded SQS', openQueues);
