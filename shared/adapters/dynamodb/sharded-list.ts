import * as z from 'zod';
import { padMs } from '../../domain/occurrence.ts';
import type { EpochMs } from '../../domain/time.ts';
import { type Bounds, type IndexRow, queryIndex } from './index-query.ts';
import { mergeFirst, type Stream } from './merge.ts';
import { badToken, decodeToken, encodeToken, RowToken } from './page-token.ts';
import type { Table } from './table.ts';

/** A row and the shard it came from. Rows are ordered by timeKey, then shard, then as the index orders them. */
interface ShardRow extends IndexRow {
  shard: number;
}
const Position = RowToken.extend({ shard: z.int().min(0) });

export interface ShardedList<K> {
  /** Partition of one shard. */
  partition: (shard: number) => string;
  /** By name ascending, or by instant, newest first and not before `since`. */
  order: { by: 'name' } | { by: 'newest'; since?: EpochMs | undefined };
  /** undefined leaves the row out: not a key of this list, or another tenant's. */
  parse: (row: IndexRow) => K | undefined;
  limit: number;
  from?: string | undefined;
}

/**
 * One page over all shards. The position of the last row given out says for every shard where to go on, because
 * the order is total: so the cursor stays small at any number of shards, and nothing comes twice or is lost.
 */
export async function readShardedList<K>(
  table: Table,
  shards: number,
  list: ShardedList<K>,
): Promise<{ entries: K[]; next: string | undefined }> {
  const position = list.from === undefined ? undefined : decodeToken(Position, list.from);
  if (position && !isPlausible(list, position)) throw badToken();
  const streams = Array.from({ length: shards }, (_, shard) =>
    streamOf(table, list, { shard, shards }, position),
  );
  const sign = list.order.by === 'newest' ? -1 : 1;
  const { entries, more } = await mergeFirst(
    streams,
    list.limit,
    (a, b) => sign * byUtf8(a.row.timeKey, b.row.timeKey) || a.row.shard - b.row.shard,
  );
  const last = entries.at(-1);
  return {
    entries: entries.map(({ key }) => key),
    next: more && last ? encodeToken({ ...last.row }) : undefined,
  };
}

/** Shards are about as full as each other: so many times its part of a page is read first. */
const SPARE = 2;

function streamOf<K>(
  table: Table,
  list: ShardedList<K>,
  { shard, shards }: { shard: number; shards: number },
  position: ShardRow | undefined,
): Stream<{ key: K; row: ShardRow }> {
  let afterRow: IndexRow | undefined = position?.shard === shard ? position : undefined;
  const bounds = boundsOf(list.order, shard, position);
  let limit = Math.min(list.limit + 1, Math.ceil(list.limit / shards) * SPARE);
  return {
    async read() {
      const { rows, last } = await queryIndex(table, {
        statusKey: list.partition(shard),
        bounds,
        newestFirst: list.order.by === 'newest',
        limit,
        afterRow,
      });
      afterRow = last;
      // All of the page may be in this one: no more than one further round trip.
      limit = list.limit + 1;
      const entries = rows.flatMap((row) => {
        const key = list.parse(row);
        return key === undefined ? [] : [{ key, row: { ...row, shard } }];
      });
      return { entries, done: last === undefined };
    },
  };
}

/** Shards before the position's own have given out all of its timeKey, those behind it nothing of it. */
function boundsOf(
  order: ShardedList<unknown>['order'],
  shard: number,
  position: ShardRow | undefined,
): Bounds {
  const given = position !== undefined && shard < position.shard;
  if (order.by === 'name') {
    if (!position) return {};
    return given ? { after: position.timeKey } : { from: position.timeKey };
  }
  const from = padMs(Math.max(0, order.since ?? 0));
  if (!position) return { from, to: LATEST };
  return { from, to: given ? justBefore(position.timeKey) : position.timeKey };
}

function isPlausible<K>({ order, parse }: ShardedList<K>, position: ShardRow): boolean {
  if (parse(position) === undefined) return false;
  return (
    order.by === 'name' ||
    (INSTANT.test(position.timeKey) && Number(position.timeKey.slice(0, 15)) >= (order.since ?? 0))
  );
}

/** An instant, and whatever follows it in the key. */
const INSTANT = /^\d{15}(?:#|$)/;
const LATEST = '9'.repeat(15);
/** No key that is less is greater than this one: after an instant, keys hold nothing that sorts behind `~`. */
const justBefore = (timeKey: string): string =>
  `${timeKey.slice(0, -1)}${String.fromCharCode(timeKey.charCodeAt(timeKey.length - 1) - 1)}~`;

/** DynamoDB orders strings by their UTF-8 bytes, JavaScript by UTF-16 units. */
const byUtf8 = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
