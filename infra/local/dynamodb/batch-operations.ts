import type { Item } from './attribute-value.ts';
import { type CapacityDetail, consumedCapacity, sumByTable, type UnitsUsed, writeUnits } from './capacity.ts';
import type { ItemChange } from './item-change.ts';
import { planDelete, planPut, readOne } from './item-operations.ts';
import { type Answer, answer } from './operation.ts';
import {
  batchGetItemRequest,
  batchWriteItemRequest,
  type KeysAndAttributes,
  refuseLegacy,
} from './requests.ts';
import { validationError } from './service-error.ts';
import type { RowAddress, SqliteStore } from './sqlite-store.ts';

/** Source: docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
const MAX_RESPONSE_BYTES = 16 * 1024 * 1024;

export function batchGetItem(store: SqliteStore, input: unknown): Answer {
  const request = batchGetItemRequest(input);
  const used: UnitsUsed[] = [];
  const responses: Record<string, Item[]> = {};
  const unprocessed: Record<string, KeysAndAttributes> = {};
  let bytes = 0;
  for (const [TableName, { _projection, ...wanted }] of Object.entries(request.RequestItems)) {
    refuseLegacy(wanted);
    const items: Item[] = [];
    const left: Item[] = [];
    const { ConsistentRead = false } = wanted;
    for (const Key of wanted.Keys) {
      const read = readOne(store, { TableName, Key, ConsistentRead, ...(_projection && { _projection }) });
      if (left.length > 0 || bytes + read.bytes > MAX_RESPONSE_BYTES) {
        left.push(Key);
        continue;
      }
      bytes += read.bytes;
      used.push(read.used);
      if (read.item) items.push(read.item);
    }
    responses[TableName] = items;
    if (left.length > 0) unprocessed[TableName] = { ...wanted, Keys: left };
  }
  const ConsumedCapacity = capacities(used, request.ReturnConsumedCapacity);
  return answer({ Responses: responses, UnprocessedKeys: unprocessed, ConsumedCapacity }, used);
}

export function batchWriteItem(store: SqliteStore, input: unknown): Answer {
  const request = batchWriteItemRequest(input);
  const changes: ItemChange[] = [];
  const seen = new Set<string>();
  for (const [TableName, writes] of Object.entries(request.RequestItems))
    for (const { PutRequest, DeleteRequest } of writes) {
      const change = PutRequest
        ? planPut(store, { TableName, ...PutRequest })
        : planDelete(store, { TableName, Key: DeleteRequest?.Key ?? {} });
      const identity = addressText(change.address);
      if (seen.has(identity)) throw validationError('Provided list of item keys contains duplicates');
      seen.add(identity);
      changes.push(change);
    }
  const used = changes.map((change) => writeUnits(change));
  const ConsumedCapacity = capacities(used, request.ReturnConsumedCapacity);
  return answer({ UnprocessedItems: {}, ConsumedCapacity }, used, changes);
}

/** Equal for two addresses of the same item. */
export const addressText = (address: RowAddress): string =>
  `${address.space} ${address.hash.toString('base64')} ${address.range.toString('base64')}`;

export function capacities(
  used: readonly UnitsUsed[],
  detail: CapacityDetail,
  transaction = false,
): unknown[] | undefined {
  if (detail !== 'TOTAL' && detail !== 'INDEXES') return undefined;
  return sumByTable(used).map((sum) => consumedCapacity(sum, detail, transaction));
}
