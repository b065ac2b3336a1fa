import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SimulatedDynamo } from '../simulation/aws/dynamodb.ts';
import { auditContract } from './audit.contract.ts';
import { bulkJobsContract } from './bulk-jobs.contract.ts';
import { calendarsContract } from './calendars.contract.ts';
import { controlContract } from './control.contract.ts';
import { credentialsContract } from './credentials.contract.ts';
import { dynamoStores } from './dynamo-stores.ts';
import { flowContract } from './flow.contract.ts';
import { guardsContract } from './guards.contract.ts';
import { indexContract } from './index.contract.ts';
import { listingsContract } from './listings.contract.ts';
import { statsContract } from './stats.contract.ts';
import { type OpenStoreWorld, storeContract } from './store.contract.ts';

const lagging =
  (ms: number): OpenStoreWorld =>
  async () => {
    const dynamo = new SimulatedDynamo(Date.now, () => ms);
    const send = async (command: unknown) => dynamo.execute(command);
    // All that an adapter uses of a client.
    return dynamoStores({ send } as unknown as DynamoDBClient, 'scheduler');
  };

const openStores = lagging(0);
storeContract('simulated DynamoDB', openStores);
controlContract('simulated DynamoDB', openStores);
credentialsContract('simulated DynamoDB', openStores);
flowContract('simulated DynamoDB', openStores);
calendarsContract('simulated DynamoDB', openStores);
bulkJobsContract('simulated DynamoDB', openStores);
auditContract('simulated DynamoDB', openStores);
guardsContract('simulated DynamoDB', openStores);
indexContract('simulated DynamoDB', lagging(15));
listingsContract('simulated DynamoDB', lagging(15));
statsContract('simulated DynamoDB', openStores);
