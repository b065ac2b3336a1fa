import { afterAll, beforeAll, describe, it } from 'vitest';
import { type DynamoDbLocal, dynamoDbLocalProblem, startDynamoDbLocal } from '../support/dynamodb-local.ts';
import { createSchedulerTable } from '../support/embedded-dynamo.ts';
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
import { statsContract } from './stats.contract.ts';
import { type OpenStoreWorld, storeContract } from './store.contract.ts';

const problem = dynamoDbLocalProblem();
if (problem !== undefined) {
  console.warn(`not tested here: the stores on Amazon's DynamoDB Local, because ${problem}`);
  it.skip(`the stores on DynamoDB Local: ${problem}`, () => {});
} else {
  describe('on DynamoDB Local', contracts);
}

function contracts(): void {
  let server: DynamoDbLocal;
  let tables = 0;
  beforeAll(async () => {
    server = await startDynamoDbLocal();
  });
  afterAll(() => server.close());

  const openStores: OpenStoreWorld = async () => {
    const table = `scheduler-${++tables}`;
    await createSchedulerTable(server.client, table);
    return dynamoStores(server.client, table);
  };
  storeContract('DynamoDB Local', openStores);
  controlContract('DynamoDB Local', openStores);
  credentialsContract('DynamoDB Local', openStores);
  flowContract('DynamoDB Local', openStores);
  calendarsContract('DynamoDB Local', openStores);
  bulkJobsContract('DynamoDB Local', openStores);
  auditContract('DynamoDB Local', openStores);
  deadLettersContract('DynamoDB Local', openStores);
  guardsContract('DynamoDB Local', openStores);
  indexContract('DynamoDB Local', openStores);
  listingsContract('DynamoDB Local', openStores);
  statsContract('DynamoDB Local', openStores);
}
