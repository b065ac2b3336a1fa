import db from 'dynalite/db/index.js';
import type { Item } from './attribute-value.ts';
import { consumedCapacity, readUnits, type UnitsUsed } from './capacity.ts';
import { matches } from './condition.ts';
import { projected } from './item-operations.ts';
import { type KeySchema, keyBytes, primaryBytes } from './key-bytes.ts';
import { type Answer, answer, requireTable } from './operation.ts';
import type { PageRequest } from './requests.ts';
import { invalidParameter, throwIf, validationError } from './service-error.ts';
import type { RowAddress, RowRange, SqliteStore } from './sqlite-store.ts';
import { type Index, schemaNames, type Table } from './table.ts';

/** Query and Scan end a page after this much data. */
const PAGE_BYTES = 1024 * 1024;

/** The table or the index that a request reads. */
export interface Source {
  table: Table;
  index: Index | undefined;
  key: KeySchema;
  space: number;
}

export function openSource(store: SqliteStore, request: PageRequest): Source {
  const table = requireTable(store, request.TableName);
  throwIf(db.validateKeyPaths(request._projection?.nestedPaths, table.description));
  throwIf(db.validateKeyPaths(request._filter?.nestedPaths, table.description));
  if (request.IndexName === undefined) return { table, index: undefined, key: table.key, space: table.space };
  const index = table.indexes.find((candidate) => candidate.name === request.IndexName);
  if (!index) throw validationError(`The table does not have the specified index: ${request.IndexName}`);
  if (request.ConsistentRead)
    throw validationError('Consistent reads are not supported on global secondary indexes');
  checkProjection(index, request);
  return { table, index, key: index.key, space: index.space };
}

/** A KEYS_ONLY index cannot show or filter what it does not hold; the service says so instead of finding nothing. */
function checkProjection(index: Index, request: PageRequest): void {
  const held = index.projected;
  if (held === undefined) return;
  if (request.Select === 'ALL_ATTRIBUTES')
    throw invalidParameter(
      `Select type ALL_ATTRIBUTES is not supported for global secondary index ${index.name} ` +
        'because its projection type is not ALL',
    );
  const shown = (request._projection?.paths ?? []).map((path) => String(path[0]));
  const filtered = Object.keys(request._filter?.pathHeads ?? {});
  const missing = [...shown, ...filtered].filter((name) => !held.includes(name));
  if (missing.length > 0)
    throw invalidParameter(`Global secondary index ${index.name} does not project [${missing.join(', ')}]`);
}

/** Where a page begins: the row that ExclusiveStartKey names, which need not exist any more. */
export function startAddress(source: Source, startKey: Item | undefined): RowAddress | undefined {
  if (!startKey) return undefined;
  const names = keyNames(source);
  const key = keyBytes(source.key, startKey);
  const primary = keyBytes(source.table.key, startKey);
  if (!key || !primary || Object.keys(startKey).length !== names.length)
    throw validationError('The provided starting key is invalid');
  const primaryKey = source.index ? primaryBytes(primary) : Buffer.alloc(0);
  return { space: source.space, ...key, primaryKey };
}

const keyNames = (source: Source): string[] => [
  ...new Set([...source.table.keyNames, ...schemaNames(source.key)]),
];

export function readPage(store: SqliteStore, source: Source, range: RowRange, request: PageRequest): Answer {
  const limit = request.Limit ?? Number.POSITIVE_INFINITY;
  const scanned: Item[] = [];
  let bytes = 0;
  for (const row of store.rows(range)) {
    scanned.push(JSON.parse(row.json));
    bytes += row.bytes;
    if (scanned.length >= limit || bytes >= PAGE_BYTES) break;
  }
  const last = scanned.length >= limit || bytes >= PAGE_BYTES ? scanned[scanned.length - 1] : undefined;
  const filter = request._filter;
  const found = filter ? scanned.filter((item) => matches(filter.expression, item)) : scanned;
  const used = pageUnits(source, bytes, request.ConsistentRead ?? false);
  const body = {
    Items:
      request.Select === 'COUNT'
        ? undefined
        : found.map((item) => projected(item, request._projection?.paths)),
    Count: found.length,
    ScannedCount: scanned.length,
    LastEvaluatedKey: last && Object.fromEntries(keyNames(source).map((name) => [name, last[name]])),
    ConsumedCapacity: consumedCapacity(used, request.ReturnConsumedCapacity),
  };
  return answer(body, [used]);
}

function pageUnits(source: Source, bytes: number, consistent: boolean): UnitsUsed {
  const units = readUnits(bytes, consistent ? 'strong' : 'eventual');
  const tableName = source.table.name;
  return source.index
    ? { kind: 'read', tableName, tableUnits: 0, indexUnits: { [source.index.name]: units } }
    : { kind: 'read', tableName, tableUnits: units, indexUnits: {} };
}
