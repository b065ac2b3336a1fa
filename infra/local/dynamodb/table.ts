import type { Item } from './attribute-value.ts';
import type { KeyAttribute, KeySchema, KeyType } from './key-bytes.ts';

/** Table as the service describes it; dynalite's validators read these fields. */
export interface TableDescription {
  TableName: string;
  TableArn: string;
  TableId: string;
  CreationDateTime: number;
  TableStatus: 'ACTIVE' | 'DELETING';
  KeySchema: KeySchemaElement[];
  AttributeDefinitions: { AttributeName: string; AttributeType: KeyType }[];
  GlobalSecondaryIndexes?: IndexDescription[];
  BillingModeSummary?: { BillingMode: string };
  ProvisionedThroughput: Record<string, number>;
}
export interface IndexDescription {
  IndexName: string;
  IndexArn: string;
  IndexStatus: 'ACTIVE';
  KeySchema: KeySchemaElement[];
  Projection: { ProjectionType: 'ALL' | 'KEYS_ONLY' | 'INCLUDE'; NonKeyAttributes?: string[] };
  ProvisionedThroughput: Record<string, number>;
}
export interface KeySchemaElement {
  AttributeName: string;
  KeyType: 'HASH' | 'RANGE';
}

/** What is stored of a table. A space numbers the rows of the table or of one of its indexes. */
export interface StoredTable {
  description: TableDescription;
  space: number;
  indexSpaces: Record<string, number>;
  ttlAttribute?: string;
}

/** A stored table with what every request needs, worked out once. */
export interface Table extends StoredTable {
  name: string;
  key: KeySchema;
  keyNames: string[];
  indexes: Index[];
}
export interface Index {
  name: string;
  space: number;
  key: KeySchema;
  /** Names of the attributes in an entry; undefined means all. */
  projected: readonly string[] | undefined;
}

export function openTable(stored: StoredTable): Table {
  const { description } = stored;
  const key = keySchema(description, description.KeySchema);
  const keyNames = schemaNames(key);
  const indexes = (description.GlobalSecondaryIndexes ?? []).map((index): Index => {
    const indexKey = keySchema(description, index.KeySchema);
    const { ProjectionType, NonKeyAttributes = [] } = index.Projection;
    const names = [...new Set([...schemaNames(indexKey), ...keyNames, ...NonKeyAttributes])];
    const space = stored.indexSpaces[index.IndexName];
    if (space === undefined)
      throw new Error(`Index ${index.IndexName} of ${description.TableName} has no space`);
    return {
      name: index.IndexName,
      space,
      key: indexKey,
      projected: ProjectionType === 'ALL' ? undefined : names,
    };
  });
  return { ...stored, name: description.TableName, key, keyNames, indexes };
}

export const schemaNames = (schema: KeySchema): string[] =>
  schema.range ? [schema.hash.name, schema.range.name] : [schema.hash.name];

function keySchema(description: TableDescription, elements: KeySchemaElement[]): KeySchema {
  const attribute = (element: KeySchemaElement): KeyAttribute => {
    const found = description.AttributeDefinitions.find((d) => d.AttributeName === element.AttributeName);
    if (!found) throw new Error(`Key attribute ${element.AttributeName} is not defined`);
    return { name: found.AttributeName, type: found.AttributeType };
  };
  const [hash, range] = elements;
  if (!hash) throw new Error('A key schema has at least a hash key');
  return range ? { hash: attribute(hash), range: attribute(range) } : { hash: attribute(hash) };
}

/** The item as an index sees it. */
export function project(index: Index, item: Item): Item {
  if (index.projected === undefined) return item;
  const entry: Item = {};
  for (const name of index.projected) {
    const value = item[name];
    if (value !== undefined) entry[name] = value;
  }
  return entry;
}

/** Seconds of the TTL attribute, when the item has one that counts. */
export function expirySeconds(table: StoredTable, item: Item): number | null {
  const value = table.ttlAttribute === undefined ? undefined : item[table.ttlAttribute];
  return value !== undefined && 'N' in value ? Math.floor(Number(value.N)) : null;
}
