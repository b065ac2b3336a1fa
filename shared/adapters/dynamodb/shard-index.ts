import { padMs } from '../../domain/occurrence.ts';
import type { ShardIndex } from '../../ports.ts';
import { parseDue, parseInstant, statusKey } from './index-key.ts';
import { type IndexRow, queryIndex } from './index-query.ts';
import { parseExecutionKey, parseTaskKey } from './keys.ts';
import { badToken, decodeToken, encodeToken, RowToken } from './page-token.ts';
import type { Table } from './table.ts';

/** One request a page. */
export function makeShardIndex(table: Table): ShardIndex {
  const readPage = async <E>(
    q: { statusKey: string; after: number; until: number; limit: number; from?: string | undefined },
    parse: (row: IndexRow) => E | undefined,
  ) => {
    const bounds = { from: digits(q.after + 1), to: digits(q.until) + LAST };
    const afterRow = q.from === undefined ? undefined : decodeToken(RowToken, q.from);
    if (afterRow && (afterRow.timeKey < bounds.from || afterRow.timeKey > bounds.to)) throw badToken();
    const { rows, last } = await queryIndex(table, {
      statusKey: q.statusKey,
      bounds,
      limit: q.limit,
      afterRow,
    });
    return {
      entries: rows.map(parse).filter((entry) => entry !== undefined),
      next: last && encodeToken({ ...last }),
    };
  };
  return {
    due: ({ set, shard, ...q }) =>
      readPage({ ...q, statusKey: statusKey[set](shard) }, (row) => {
        const key = parseTaskKey(row);
        const due = parseDue(row.timeKey);
        return key && due && { ...key, ...due };
      }),
    open: ({ shard, ...q }) =>
      readPage({ ...q, after: BEFORE_ALL, statusKey: statusKey.open(shard) }, (row) => {
        const key = parseExecutionKey(row);
        const instant = parseInstant(row.timeKey);
        return key && instant && { ...key, ...instant };
      }),
  };
}

const BEFORE_ALL = -1;
const LATEST = 10 ** 15 - 1;
/** Sorts behind an instant and whatever follows it in the key. */
const LAST = '~';

/** Instants as the index sorts them; whatever lies outside its 15 digits is clipped. */
const digits = (at: number): string => padMs(Math.min(LATEST, Math.max(0, Math.floor(at))));
