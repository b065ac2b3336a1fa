import { createSchedulerTable, embeddedDynamoClient } from '../support/embedded-dynamo.ts';
import { controlContract } from './control.contract.ts';
import { dynamoStores } from './dynamo-stores.ts';
import { indexContract } from './index.contract.ts';
import { type OpenStoreWorld, storeContract } from './store.contract.ts';

const openStores: OpenStoreWorld = async () => {
  const { client, close } = embeddedDynamoClient();
  await createSchedulerTable(client, 'scheduler');
  return { ...dynamoStores(client, 'scheduler'), close };
};

storeContract('embedded DynamoDB', openStores);
controlContract('embedded DynamoDB', openStores);
indexContract('embedded DynamoDB', openStores);
