import db from 'dynalite/db/index.js';
import { getPath, type Item, type Path } from './attribute-value.ts';
import { consumedCapacity, readUnits, refusedUnits, type UnitsUsed, writeUnits } from './capacity.ts';
import { matches } from './condition.ts';
import { changeItem, type ItemChange, readItem, type StoredItem, tableAddress } from './item-change.ts';
import { type Answer, answer, ConditionFailed, requireTable } from './operation.ts';
import {
  type Conditional,
  type DeleteItemRequest,
  deleteItemRequest,
  type GetItemRequest,
  getItemRequest,
  type PutItemRequest,
  putItemRequest,
  type UpdateItemRequest,
  updateItemRequest,
} from './requests.ts';
import { throwIf } from './service-error.ts';
import type { SqliteStore } from './sqlite-store.ts';
import type { Table } from './table.ts';
import { applyUpdate } from './update-expression.ts';

export function planPut(store: SqliteStore, request: PutItemRequest): ItemChange {
  const table = requireTable(store, request.TableName);
  throwIf(db.validateItem(request.Item, table.description));
  const address = tableAddress(table, request.Item);
  const before = readItem(store, address);
  checkCondition(table, request, before);
  return changeItem(table, address, before, request.Item);
}

export function planDelete(store: SqliteStore, request: DeleteItemRequest): ItemChange {
  const { table, address } = addressed(store, request);
  const before = readItem(store, address);
  checkCondition(table, request, before);
  return changeItem(table, address, before, undefined);
}

export function planUpdate(store: SqliteStore, request: UpdateItemRequest): ItemChange {
  const { table, address } = addressed(store, request);
  throwIf(db.validateUpdates(undefined, request._updates, table.description));
  const before = readItem(store, address);
  checkCondition(table, request, before);
  const start = before?.item ?? request.Key;
  const next = request._updates ? applyUpdate(request._updates, start) : start;
  return changeItem(
    table,
    address,
    before,
    next,
    'Item size to update has exceeded the maximum allowed size',
  );
}

export function addressed(store: SqliteStore, request: { TableName: string; Key: Item }) {
  const table = requireTable(store, request.TableName);
  throwIf(db.validateKey(request.Key, table.description));
  return { table, address: tableAddress(table, request.Key) };
}

export function checkCondition(table: Table, request: Conditional, existing: StoredItem | undefined): void {
  if (!request._condition) return;
  throwIf(db.validateKeyPaths(request._condition.nestedPaths, table.description));
  if (matches(request._condition.expression, existing?.item ?? {})) return;
  const shown = request.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' ? existing?.item : undefined;
  throw new ConditionFailed(refusedUnits(table.name, existing?.bytes ?? 0), shown);
}

export function putItem(store: SqliteStore, input: unknown): Answer {
  const request = putItemRequest(input);
  const change = planPut(store, request);
  return written(change, request, request.ReturnValues === 'ALL_OLD' ? change.before?.item : undefined);
}

export function deleteItem(store: SqliteStore, input: unknown): Answer {
  const request = deleteItemRequest(input);
  const change = planDelete(store, request);
  return written(change, request, request.ReturnValues === 'ALL_OLD' ? change.before?.item : undefined);
}

export function updateItem(store: SqliteStore, input: unknown): Answer {
  const request = updateItemRequest(input);
  const change = planUpdate(store, request);
  return written(change, request, updatedAttributes(change, request));
}

function updatedAttributes(change: ItemChange, request: UpdateItemRequest): Item | undefined {
  const wanted = request.ReturnValues ?? 'NONE';
  const item = wanted.endsWith('_OLD') ? change.before?.item : change.after?.item;
  if (wanted === 'NONE' || !item) return undefined;
  if (wanted.startsWith('ALL_')) return item;
  const present = (request._updates?.paths ?? []).filter((path) => getPath(item, path) !== undefined);
  return present.length > 0 ? db.mapPaths(present, item) : undefined;
}

function written(
  change: ItemChange,
  request: PutItemRequest | DeleteItemRequest | UpdateItemRequest,
  attributes: Item | undefined,
): Answer {
  const used = writeUnits(change);
  const body = {
    Attributes: attributes,
    ConsumedCapacity: consumedCapacity(used, request.ReturnConsumedCapacity),
  };
  return answer(body, [used], [change]);
}

export function readOne(
  store: SqliteStore,
  request: Omit<GetItemRequest, 'ReturnConsumedCapacity'>,
  transaction = false,
): { item: Item | undefined; bytes: number; used: UnitsUsed } {
  const { table, address } = addressed(store, request);
  throwIf(db.validateKeyPaths(request._projection?.nestedPaths, table.description));
  const found = readItem(store, address);
  const bytes = found?.bytes ?? 0;
  const consistency = transaction ? 'transaction' : request.ConsistentRead ? 'strong' : 'eventual';
  return {
    item: found && projected(found.item, request._projection?.paths),
    bytes,
    used: { kind: 'read', tableName: table.name, tableUnits: readUnits(bytes, consistency), indexUnits: {} },
  };
}

export const projected = (item: Item, paths: Path[] | undefined): Item =>
  paths ? db.mapPaths(paths, item) : item;

export function getItem(store: SqliteStore, input: unknown): Answer {
  const request = getItemRequest(input);
  const { item, used } = readOne(store, request);
  return answer({ Item: item, ConsumedCapacity: consumedCapacity(used, request.ReturnConsumedCapacity) }, [
    used,
  ]);
}
