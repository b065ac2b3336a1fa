import { applyChange, changeItem, type ItemChange, tableAddress } from './item-change.ts';
import { type Answer, answer, requireTable } from './operation.ts';
import { validationError } from './service-error.ts';
import type { SqliteStore } from './sqlite-store.ts';
import type { Table } from './table.ts';

/** The service ignores expiries longer ago than this, as protection against wrong units. */
const IGNORED_AFTER_SECONDS = 5 * 365 * 24 * 3600;
const ITEMS_PER_TURN = 250;

export function describeTimeToLive(store: SqliteStore, input: unknown): Answer {
  const { ttlAttribute } = requireTable(store, textField(input, 'TableName'));
  const description =
    ttlAttribute === undefined
      ? { TimeToLiveStatus: 'DISABLED' }
      : { TimeToLiveStatus: 'ENABLED', AttributeName: ttlAttribute };
  return answer({ TimeToLiveDescription: description });
}

export function updateTimeToLive(store: SqliteStore, input: unknown): Answer {
  const table = requireTable(store, textField(input, 'TableName'));
  const specification = field(input, 'TimeToLiveSpecification');
  const AttributeName = textField(specification, 'AttributeName');
  const Enabled = field(specification, 'Enabled') === true;
  if (Enabled === (table.ttlAttribute !== undefined))
    throw validationError(`TimeToLive is already ${Enabled ? 'enabled' : 'disabled'}`);
  const { description, space, indexSpaces } = table;
  const changed = store.saveTable({
    description,
    space,
    indexSpaces,
    ...(Enabled && { ttlAttribute: AttributeName }),
  });
  noteExpiries(store, changed);
  return answer({ TimeToLiveSpecification: { AttributeName, Enabled } });
}

/** Items from before the change get their expiry noted too. */
function noteExpiries(store: SqliteStore, table: Table): void {
  store.clearExpiry(table.space);
  if (table.ttlAttribute === undefined) return;
  const all = [...store.rows({ space: table.space, where: [], parameters: [], reverse: false })];
  for (const row of all) {
    const item = JSON.parse(row.json);
    if (table.ttlAttribute in item) applyChange(store, unchanged(table, { ...row, item }));
  }
}

function unchanged(table: Table, stored: NonNullable<ItemChange['after']>): ItemChange {
  return { table, address: tableAddress(table, stored.item), before: stored, after: stored, entries: [] };
}

/** Deletes some of what has expired, at no charge; returns how many items that were. */
export function expireSome(store: SqliteStore, nowMs: number): number {
  const nowSeconds = Math.floor(nowMs / 1000);
  let expired = 0;
  for (const name of store.tableNames()) {
    const table = store.table(name);
    if (table?.ttlAttribute === undefined) continue;
    for (const row of store.expiredRows(
      table.space,
      nowSeconds - IGNORED_AFTER_SECONDS,
      nowSeconds,
      ITEMS_PER_TURN,
    )) {
      const item = JSON.parse(row.json);
      applyChange(store, changeItem(table, tableAddress(table, item), { ...row, item }, undefined));
      expired++;
    }
  }
  return expired;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}

function textField(value: unknown, name: string): string {
  const text = field(value, name);
  if (typeof text !== 'string')
    throw validationError(`The parameter '${name}' is required but was not present in the request`);
  return text;
}
