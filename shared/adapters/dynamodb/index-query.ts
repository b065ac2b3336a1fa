import { type Item, toItem } from './codec.ts';
import { Expression } from './expression.ts';
import type { IndexKey } from './index-key.ts';
import { INDEX_NAME, type PrimaryKey } from './keys.ts';
import type { Table } from './table.ts';

/** A row of the index, which projects keys only. */
export interface IndexRow extends PrimaryKey {
  timeKey: string;
}

/** Bounds on timeKey, included except `after`. `to` needs `from`: the table knows one condition on a sort key. */
export type Bounds =
  | { from: string; to: string }
  | { from: string }
  | { after: string }
  | Record<string, never>;

export interface IndexQuery {
  statusKey: string;
  bounds: Bounds;
  newestFirst?: boolean;
  limit: number;
  /** The row after which to go on; it must lie within the bounds. */
  afterRow?: IndexRow | undefined;
}

/** One request: at most `limit` rows, in order, and the last one looked at while there may be more. */
export async function queryIndex(
  table: Table,
  q: IndexQuery,
): Promise<{ rows: IndexRow[]; last: IndexRow | undefined }> {
  if ('to' in q.bounds && q.bounds.from > q.bounds.to) return { rows: [], last: undefined };
  const e = new Expression();
  const partition = `${e.name('statusKey')} = ${e.plain(q.statusKey)}`;
  const range = rangeText(e, q.bounds);
  const { items, last } = await table.query({
    IndexName: INDEX_NAME,
    KeyConditionExpression: range ? `${partition} AND ${range}` : partition,
    ...e.parameters(),
    Limit: q.limit,
    ScanIndexForward: !q.newestFirst,
    ...(q.afterRow && { ExclusiveStartKey: startKey(q.statusKey, q.afterRow) }),
  });
  return { rows: items.map(toRow), last: last && toRow(last) };
}

function rangeText(e: Expression, bounds: Bounds): string | undefined {
  if ('to' in bounds) return `${e.name('timeKey')} BETWEEN ${e.plain(bounds.from)} AND ${e.plain(bounds.to)}`;
  if ('from' in bounds) return `${e.name('timeKey')} >= ${e.plain(bounds.from)}`;
  if ('after' in bounds) return `${e.name('timeKey')} > ${e.plain(bounds.after)}`;
  return undefined;
}

const startKey = (statusKey: string, { pk, sk, timeKey }: IndexRow): Item =>
  toItem({ pk, sk, statusKey, timeKey } satisfies IndexRow & IndexKey);

function toRow(item: Item): IndexRow {
  const [pk, sk, timeKey] = [item.pk?.S, item.sk?.S, item.timeKey?.S];
  if (pk === undefined || sk === undefined || timeKey === undefined) throw new Error('damaged index row');
  return { pk, sk, timeKey };
}
