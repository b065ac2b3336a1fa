import { equalItems, type Item, typeOf } from './attribute-value.ts';
import { itemSizeBytes } from './item-size.ts';
import {
  type KeyAttribute,
  type KeyBytes,
  keyBytes,
  primaryBytes,
  SPREAD_BYTES,
  scalarBytes,
} from './key-bytes.ts';
import { invalidParameter, validationError } from './service-error.ts';
import type { Row, RowAddress, SqliteStore } from './sqlite-store.ts';
import { expirySeconds, type Index, project, type Table } from './table.ts';

const MAX_ITEM_BYTES = 400 * 1024;
const MAX_HASH_KEY_BYTES = 2048;
const MAX_RANGE_KEY_BYTES = 1024;
const TABLE_ROW = Buffer.alloc(0);

/** What a write does to one item, decided but not yet done. */
export interface ItemChange {
  table: Table;
  address: RowAddress;
  before: StoredItem | undefined;
  after: StoredItem | undefined;
  entries: EntryChange[];
}
export interface StoredItem extends Row {
  item: Item;
}
/** What it does to one index; an index that does not notice the write has none. */
export interface EntryChange {
  index: Index;
  before: Entry | undefined;
  after: Entry | undefined;
  /** Same key: the entry is updated in place. Otherwise the old one is deleted and the new one put. */
  inPlace: boolean;
}
interface Entry extends Row {
  address: RowAddress;
}

export function tableAddress(table: Table, key: Item): RowAddress {
  const bytes = keyBytes(table.key, key);
  if (!bytes) throw validationError('The provided key element does not match the schema');
  checkKeySizes(bytes);
  return { space: table.space, ...bytes, primaryKey: TABLE_ROW };
}

export function readItem(store: SqliteStore, address: RowAddress): StoredItem | undefined {
  const row = store.row(address);
  return row && { ...row, item: JSON.parse(row.json) };
}

export function changeItem(
  table: Table,
  address: RowAddress,
  before: StoredItem | undefined,
  next: Item | undefined,
  tooLarge = 'Item size has exceeded the maximum allowed size',
): ItemChange {
  const after = next && storedItem(next);
  if (after && after.bytes > MAX_ITEM_BYTES) throw validationError(tooLarge);
  if (after) checkIndexKeys(table, after.item);
  const primaryKey = primaryBytes(address);
  const entries = table.indexes.flatMap((index) => changeEntry(index, primaryKey, before?.item, after?.item));
  return { table, address, before, after, entries };
}

export function applyChange(store: SqliteStore, change: ItemChange): void {
  const { table, address, after } = change;
  if (after) store.putRow(address, after, expirySeconds(table, after.item));
  else if (change.before) store.deleteRow(address);
  for (const entry of change.entries) {
    if (entry.before && !entry.inPlace) store.deleteRow(entry.before.address);
    if (entry.after) store.putRow(entry.after.address, entry.after, null);
  }
}

function storedItem(item: Item): StoredItem {
  return { item, json: JSON.stringify(item), bytes: itemSizeBytes(item) };
}

function changeEntry(index: Index, primaryKey: Buffer, before?: Item, after?: Item): EntryChange[] {
  const oldKey = before && keyBytes(index.key, before);
  const newKey = after && keyBytes(index.key, after);
  const oldItem = oldKey && before && project(index, before);
  const newItem = newKey && after && project(index, after);
  if (!oldItem && !newItem) return [];
  const inPlace = oldKey && newKey && oldKey.hash.equals(newKey.hash) && oldKey.range.equals(newKey.range);
  if (inPlace && oldItem && newItem && equalItems(oldItem, newItem)) return [];
  const entry = (key: KeyBytes | undefined, item: Item | undefined): Entry | undefined =>
    key && item && { ...storedItem(item), address: { space: index.space, ...key, primaryKey } };
  return [
    { index, before: entry(oldKey, oldItem), after: entry(newKey, newItem), inPlace: inPlace ?? false },
  ];
}

/** A key attribute that is there must be fit for the index: right type, not empty, not too long. */
function checkIndexKeys(table: Table, item: Item): void {
  for (const { name, key } of table.indexes) {
    checkIndexKey(name, key.hash, 'hash', item);
    if (key.range) checkIndexKey(name, key.range, 'range', item);
  }
}

function checkIndexKey(index: string, attribute: KeyAttribute, part: 'hash' | 'range', item: Item): void {
  const value = item[attribute.name];
  if (value === undefined) return;
  if (!(attribute.type in value))
    throw invalidParameter(
      `Type mismatch for Index Key ${attribute.name} Expected: ${attribute.type} ` +
        `Actual: ${typeOf(value)} IndexName: ${index}`,
    );
  if ('N' in value) return;
  const bytes = scalarBytes(value).length;
  if (bytes === 0) throw emptyIndexKey(index, attribute);
  checkKeySize(part, bytes);
}

const emptyIndexKey = (index: string, { name, type }: KeyAttribute): Error =>
  validationError(
    'One or more parameter values are not valid. A value specified for a secondary index key is not supported. ' +
      `The AttributeValue for a key attribute cannot contain an empty ${type === 'S' ? 'string' : 'binary'} value. ` +
      `IndexName: ${index}, IndexKey: ${name}`,
  );

function checkKeySizes(key: KeyBytes): void {
  checkKeySize('hash', key.hash.length - SPREAD_BYTES);
  checkKeySize('range', key.range.length);
}

function checkKeySize(part: 'hash' | 'range', bytes: number): void {
  if (part === 'hash' && bytes > MAX_HASH_KEY_BYTES)
    throw invalidParameter(
      `Size of hashkey has exceeded the maximum size limit of${MAX_HASH_KEY_BYTES} bytes`,
    );
  if (part === 'range' && bytes > MAX_RANGE_KEY_BYTES)
    throw invalidParameter(
      `Aggregated size of all range keys has exceeded the size limit of ${MAX_RANGE_KEY_BYTES} bytes`,
    );
}
