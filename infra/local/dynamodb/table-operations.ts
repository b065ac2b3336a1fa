import { randomUUID } from 'node:crypto';
import createTableValidation from 'dynalite/validations/createTable.js';
import deleteTableValidation from 'dynalite/validations/deleteTable.js';
import describeTableValidation from 'dynalite/validations/describeTable.js';
import validations from 'dynalite/validations/index.js';
import listTablesValidation from 'dynalite/validations/listTables.js';
import { type Answer, answer, requireTable } from './operation.ts';
import { modelError, validationError } from './service-error.ts';
import type { SqliteStore } from './sqlite-store.ts';
import type { IndexDescription, Table, TableDescription } from './table.ts';

interface CreateTableRequest {
  TableName: string;
  KeySchema: TableDescription['KeySchema'];
  AttributeDefinitions: TableDescription['AttributeDefinitions'];
  GlobalSecondaryIndexes?: Pick<IndexDescription, 'IndexName' | 'KeySchema' | 'Projection'>[];
  LocalSecondaryIndexes?: unknown[];
  BillingMode?: string;
}

const ARN = 'arn:aws:dynamodb:us-east-1:000000000000:table/';
const NO_THROUGHPUT = { ReadCapacityUnits: 0, WriteCapacityUnits: 0, NumberOfDecreasesToday: 0 };

interface Validation {
  types: Record<string, unknown>;
  custom?: (data: never, store: object) => string | undefined;
}
function validated<Request>(validation: Validation, input: unknown): Request {
  const request = validations.checkTypes<Request>(input, validation.types);
  validations.checkValidations(request, validation.types, validation.custom, {});
  return request;
}

/** Tables are there at once; streams, tags, encryption and the like are accepted and have no meaning here. */
export function createTable(store: SqliteStore, nowMs: number, input: unknown): Answer {
  const request = validated<CreateTableRequest>(createTableValidation, input);
  const { TableName, KeySchema, AttributeDefinitions } = request;
  if (request.LocalSecondaryIndexes)
    throw validationError('The embedded engine has no local secondary indexes');
  if (store.table(TableName))
    throw modelError('ResourceInUseException', `Table already exists: ${TableName}`);
  const indexes = (request.GlobalSecondaryIndexes ?? []).map(
    ({ IndexName, KeySchema, Projection }): IndexDescription => ({
      IndexName,
      IndexArn: `${ARN}${TableName}/index/${IndexName}`,
      IndexStatus: 'ACTIVE',
      KeySchema,
      Projection,
      ProvisionedThroughput: NO_THROUGHPUT,
    }),
  );
  const description: TableDescription = {
    TableName,
    TableArn: ARN + TableName,
    TableId: randomUUID(),
    CreationDateTime: nowMs / 1000,
    TableStatus: 'ACTIVE',
    KeySchema,
    AttributeDefinitions,
    BillingModeSummary: { BillingMode: request.BillingMode ?? 'PROVISIONED' },
    ProvisionedThroughput: NO_THROUGHPUT,
    ...(indexes.length > 0 && { GlobalSecondaryIndexes: indexes }),
  };
  const [space = 1, ...indexSpaces] = store.newSpaces(1 + indexes.length);
  const numbered = indexes.map(({ IndexName }, i): [string, number] => [IndexName, indexSpaces[i] ?? 0]);
  const table = store.saveTable({ description, space, indexSpaces: Object.fromEntries(numbered) });
  return answer({ TableDescription: described(store, table) });
}

export function describeTable(store: SqliteStore, input: unknown): Answer {
  const { TableName } = validated<{ TableName: string }>(describeTableValidation, input);
  return answer({ Table: described(store, existing(store, TableName)) });
}

export function deleteTable(store: SqliteStore, input: unknown): Answer {
  const { TableName } = validated<{ TableName: string }>(deleteTableValidation, input);
  const table = existing(store, TableName);
  const last = described(store, table);
  store.dropTable(table);
  return answer({ TableDescription: { ...last, TableStatus: 'DELETING' } });
}

export function listTables(store: SqliteStore, input: unknown): Answer {
  const request = validated<{ ExclusiveStartTableName?: string; Limit?: number }>(
    listTablesValidation,
    input,
  );
  const { ExclusiveStartTableName: after = '', Limit: limit = 100 } = request;
  const names = store.tableNames().filter((name) => name > after);
  const TableNames = names.slice(0, limit);
  return answer({ TableNames, LastEvaluatedTableName: names.length > limit ? TableNames.at(-1) : undefined });
}

const existing = (store: SqliteStore, name: string): Table =>
  requireTable(store, name, `: Table: ${name} not found`);

/** Counts are exact, unlike the service's, which are up to six hours old; they read the whole table. */
function described(store: SqliteStore, table: Table): Record<string, unknown> {
  const { description } = table;
  const count = store.count(table.space);
  const indexes = description.GlobalSecondaryIndexes?.map((index) => {
    const entries = store.count(table.indexSpaces[index.IndexName] ?? 0);
    return { ...index, ItemCount: entries.rows, IndexSizeBytes: entries.bytes };
  });
  return {
    ...description,
    ItemCount: count.rows,
    TableSizeBytes: count.bytes,
    GlobalSecondaryIndexes: indexes,
  };
}
