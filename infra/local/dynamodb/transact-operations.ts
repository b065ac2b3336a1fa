import { createHash } from 'node:crypto';
import { addressText, capacities } from './batch-operations.ts';
import {
  type CapacityDetail,
  readUnits,
  refusedUnits,
  TRANSACTION_FACTOR,
  type UnitsUsed,
  writeUnits,
} from './capacity.ts';
import { type ItemChange, readItem, tableAddress } from './item-change.ts';
import { addressed, checkCondition, planDelete, planPut, planUpdate, readOne } from './item-operations.ts';
import { type Answer, answer, BilledRefusal, ConditionFailed, requireTable } from './operation.ts';
import {
  type DeleteItemRequest,
  deleteItemRequest,
  getItemRequest,
  type PutItemRequest,
  putItemRequest,
  type UpdateItemRequest,
  updateItemRequest,
} from './requests.ts';
import { isRefusal, modelError, validationError } from './service-error.ts';
import type { RowAddress, SqliteStore } from './sqlite-store.ts';
import type { TransactionTokens } from './transaction-tokens.ts';

/** Source: docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html */
const MAX_ITEMS = 100;
const MAX_BYTES = 4 * 1024 * 1024;

type Action =
  | { kind: 'Put'; request: PutItemRequest }
  | { kind: 'Update'; request: UpdateItemRequest }
  | { kind: 'Delete' | 'ConditionCheck'; request: DeleteItemRequest };

/** What became of one action: what it changes (a check changes nothing), what it costs, and its verdict. */
interface Part {
  change?: ItemChange;
  used?: UnitsUsed;
  reason: Reason;
}
interface Reason {
  Code: string;
  Message?: string;
  Item?: unknown;
}

export function transactWriteItems(store: SqliteStore, tokens: TransactionTokens, input: unknown): Answer {
  const { items, detail, token } = transaction(input);
  const fingerprint = createHash('sha256').update(JSON.stringify(items)).digest('base64');
  const done = token === undefined ? undefined : tokens.find(token);
  if (done !== undefined && done !== fingerprint)
    throw modelError(
      'IdempotentParameterMismatchException',
      'The request uses the same client token as a previous, but non-identical request. Do not reuse a client token with different requests, unless the requests are identical',
    );
  const actions = items.map(action);
  if (done !== undefined) return repeated(store, actions, detail);
  refuseSharedItems(store, actions);
  const parts = actions.map((one) => decide(store, one));
  const used = parts.flatMap((part) => part.used ?? []);
  const reasons = parts.map((part) => part.reason);
  if (reasons.some((reason) => reason.Code !== 'None')) throw cancelled(reasons, used);
  const changes = parts.flatMap((part) => part.change ?? []);
  if (changes.reduce((bytes, { after }) => bytes + (after?.bytes ?? 0), 0) > MAX_BYTES)
    throw validationError('Collection size of items in the transaction exceeded 4 MB');
  if (token !== undefined) tokens.remember(token, fingerprint);
  return answer({ ConsumedCapacity: capacities(used, detail, true) }, used, changes);
}

export function transactGetItems(store: SqliteStore, input: unknown): Answer {
  const { items, detail } = transaction(input);
  const reads = items.map((item) => {
    const [kind, request] = onlyEntry(item);
    if (kind !== 'Get') throw validationError(`Unknown action in TransactGetItems: ${kind}`);
    return readOne(store, getItemRequest(request), true);
  });
  const used = reads.map((read) => read.used);
  const Responses = reads.map(({ item }) => (item ? { Item: item } : {}));
  return answer({ Responses, ConsumedCapacity: capacities(used, detail, true) }, used);
}

function transaction(input: unknown): {
  items: unknown[];
  detail: CapacityDetail;
  token: string | undefined;
} {
  if (
    typeof input !== 'object' ||
    input === null ||
    !('TransactItems' in input) ||
    !Array.isArray(input.TransactItems)
  )
    throw validationError(
      "Value null at 'transactItems' failed to satisfy constraint: Member must not be null",
    );
  const items: unknown[] = input.TransactItems;
  if (items.length < 1 || items.length > MAX_ITEMS)
    throw validationError(
      `1 validation error detected: Value at 'transactItems' failed to satisfy constraint: ` +
        `Member must have length between 1 and ${MAX_ITEMS}`,
    );
  const detail = 'ReturnConsumedCapacity' in input ? input.ReturnConsumedCapacity : undefined;
  const token = 'ClientRequestToken' in input ? input.ClientRequestToken : undefined;
  return {
    items,
    detail: detail === 'TOTAL' || detail === 'INDEXES' ? detail : undefined,
    token: typeof token === 'string' ? token : undefined,
  };
}

function onlyEntry(item: unknown): [string, unknown] {
  const entries = Object.entries(item ?? {}).filter(([, request]) => request != null);
  const [entry] = entries;
  if (!entry || entries.length > 1)
    throw validationError('TransactItems can only contain one of Check, Put, Update or Delete');
  return entry;
}

function action(item: unknown): Action {
  const [kind, request] = onlyEntry(item);
  switch (kind) {
    case 'Put':
      return { kind, request: putItemRequest(request) };
    case 'Update':
      return { kind, request: updateItemRequest(request) };
    case 'Delete':
      return { kind, request: deleteItemRequest(request) };
    case 'ConditionCheck': {
      const check = deleteItemRequest(request);
      if (!check._condition)
        throw validationError('ConditionExpression must not be null in a ConditionCheck');
      return { kind, request: check };
    }
    default:
      throw validationError(`Unknown action in TransactWriteItems: ${kind}`);
  }
}

function address(store: SqliteStore, { kind, request }: Action): RowAddress {
  const table = requireTable(store, request.TableName);
  return tableAddress(table, kind === 'Put' ? request.Item : request.Key);
}

function refuseSharedItems(store: SqliteStore, actions: readonly Action[]): void {
  const items = new Set(actions.map((one) => addressText(address(store, one))));
  if (items.size < actions.length)
    throw validationError('Transaction request cannot include multiple operations on one item');
}

/** Every action is decided against the state before the transaction, since no two of them touch one item. */
function decide(store: SqliteStore, one: Action): Part {
  try {
    if (one.kind === 'ConditionCheck') return { used: check(store, one.request), reason: { Code: 'None' } };
    const change = plan(store, one);
    return { change, used: writeUnits(change, TRANSACTION_FACTOR), reason: { Code: 'None' } };
  } catch (error) {
    if (error instanceof ConditionFailed) {
      const reason: Reason = { Code: 'ConditionalCheckFailed', Message: error.message };
      if (error.item) reason.Item = error.item;
      return { used: { ...error.units, tableUnits: TRANSACTION_FACTOR * error.units.tableUnits }, reason };
    }
    if (!isRefusal(error) || error.statusCode >= 500) throw error;
    return { reason: { Code: 'ValidationError', Message: error.message } };
  }
}

function plan(store: SqliteStore, one: Exclude<Action, { kind: 'ConditionCheck' }>): ItemChange {
  if (one.kind === 'Put') return planPut(store, one.request);
  return one.kind === 'Update' ? planUpdate(store, one.request) : planDelete(store, one.request);
}

function check(store: SqliteStore, request: DeleteItemRequest): UnitsUsed {
  const found = addressed(store, request);
  const existing = readItem(store, found.address);
  checkCondition(found.table, request, existing);
  return refusedUnits(found.table.name, existing?.bytes ?? 0, TRANSACTION_FACTOR);
}

function cancelled(reasons: readonly Reason[], used: readonly UnitsUsed[]): BilledRefusal {
  const codes = reasons.map((reason) => reason.Code).join(', ');
  const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`;
  return new BilledRefusal(
    modelError('TransactionCanceledException', message, { CancellationReasons: reasons }),
    used,
  );
}

/** A repeated token writes nothing; it is billed as a read of the items. */
function repeated(store: SqliteStore, actions: readonly Action[], detail: CapacityDetail): Answer {
  const used = actions.map((one): UnitsUsed => {
    const existing = store.row(address(store, one));
    const tableUnits = readUnits(existing?.bytes ?? 0, 'transaction');
    return { kind: 'read', tableName: one.request.TableName, tableUnits, indexUnits: {} };
  });
  return answer({ ConsumedCapacity: capacities(used, detail, true) }, used);
}
