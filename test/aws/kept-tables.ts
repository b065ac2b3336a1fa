import {
  DeleteTableCommand,
  DynamoDBClient,
  paginateListTables,
  UpdateTableCommand,
  waitUntilTableNotExists,
} from '@aws-sdk/client-dynamodb';

const MAX_WAIT_SECONDS = 120;

/** Tables of a stack, by the names that CloudFormation gives them. */
export async function tablesOf(stack: string, client: DynamoDBClient): Promise<string[]> {
  const names: string[] = [];
  for await (const page of paginateListTables({ client }, {})) names.push(...(page.TableNames ?? []));
  return names.filter((name) => name.startsWith(`${stack}-Scheduler`));
}

/** What a stack keeps on purpose when it goes, and a test does not. */
export async function deleteKeptTables(stack: string): Promise<void> {
  const client = new DynamoDBClient({});
  for (const TableName of await tablesOf(stack, client)) {
    await client.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false }));
    await client.send(new DeleteTableCommand({ TableName }));
    await waitUntilTableNotExists({ client, maxWaitTime: MAX_WAIT_SECONDS }, { TableName });
  }
  client.destroy();
}
