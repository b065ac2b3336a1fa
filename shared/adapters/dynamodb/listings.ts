import * as z from 'zod';
import { padMs } from '../../domain/occurrence.ts';
import type { TaskKey } from '../../domain/task.ts';
import type { DeadEntry, DeathList, Listings, TaskStore } from '../../ports.ts';
import { DEFINITION, decode, EXECUTION, type Item, toItem } from './codec.ts';
import { Expression } from './expression.ts';
import { parseClosed, parseDeath, statusKey } from './index-key.ts';
import { type IndexRow, queryIndex } from './index-query.ts';
import {
  definitionKey,
  executionKey,
  executionRange,
  parseExecutionKey,
  parseTaskKey,
  stateKey,
  versionRange,
} from './keys.ts';
import { badToken, decodeToken, encodeToken } from './page-token.ts';
import { readShardedList } from './sharded-list.ts';
import type { Table } from './table.ts';
import { pair } from './task-store.ts';

export function makeListings(
  table: Table,
  { shards, tasks }: { shards: number; tasks: Pick<TaskStore, 'read'> },
): Listings {
  const ofTenant =
    <K extends TaskKey>(tenant: string, parse: (row: IndexRow) => K | undefined) =>
    (row: IndexRow) => {
      const key = parse(row);
      return key?.tenant === tenant ? key : undefined;
    };
  const runs = (
    partition: (shard: number) => string,
    { tenant, since, ...q }: { tenant: string; since?: number; limit: number; from?: string },
  ) =>
    readShardedList(table, shards, {
      ...q,
      partition,
      order: { by: 'newest', since },
      parse: ofTenant(tenant, parseExecutionKey),
    });

  return {
    tasks: ({ tenant, ...q }) =>
      readShardedList(table, shards, {
        ...q,
        partition: (shard) => statusKey.tasks(tenant, shard),
        order: { by: 'name' },
        parse: ofTenant(tenant, parseTaskKey),
      }),

    async readTasks(keys) {
      const items = await table.getMany(keys.flatMap((key) => [stateKey(key), definitionKey(key)]));
      const byTask = Map.groupBy(items, (item) => item.pk?.S);
      const found = await Promise.all(
        keys.map((key) => {
          const { state, definition } = pair(byTask.get(stateKey(key).pk) ?? []);
          if (!state || !definition) return undefined;
          const whole = state.definitionVersion === definition.definitionVersion;
          return whole ? { state, definition } : tasks.read(key);
        }),
      );
      return found.filter((task) => task !== undefined);
    },

    ended: (q) => runs((shard) => statusKey.ended(q.tenant, shard), q),
    dead: ({ since, limit, from, ...list }) =>
      readShardedList(table, shards, { ...deathsOf(list), order: { by: 'newest', since }, limit, from }),

    async deaths({ limit, ...list }) {
      const { partition, parse } = deathsOf(list);
      const each = Math.ceil(limit / shards);
      const read = await Promise.all(
        Array.from({ length: shards }, (_, shard) => readNewest(table, partition(shard), each)),
      );
      return {
        entries: read.flatMap(({ rows }) => rows.map(parse)).filter((entry) => entry !== undefined),
        complete: read.every(({ complete }) => complete),
      };
    },

    open: (q) => runs(statusKey.open, q),

    async readExecutions(keys) {
      const items = await table.getMany(keys.map(executionKey));
      const byKey = new Map(items.map((item) => [idOf(item.pk?.S, item.sk?.S), item]));
      return keys.flatMap((key) => {
        const { pk, sk } = executionKey(key);
        const item = byKey.get(idOf(pk, sk));
        return item ? [decode(EXECUTION, item)] : [];
      });
    },

    async history({ key, fromAt = 0, toAt = LATEST, limit, from }) {
      const range = executionRange(key, padMs(Math.max(0, fromAt)), padMs(Math.min(LATEST, toAt)));
      const { shown, next } = await readNewestBetween(table, range, { limit, from });
      return { entries: shown.map((item) => decode(EXECUTION, item)), next };
    },

    async versions({ key, ...q }) {
      const { shown, next } = await readNewestBetween(table, versionRange(key), q);
      return { entries: shown.map((item) => decode(DEFINITION, item)), next };
    },
  };
}

/** A page of one task's items (consistent), the greatest sort key first. */
async function readNewestBetween(
  table: Table,
  { pk, low, high }: { pk: string; low: string; high: string },
  { limit, from }: { limit: number; from?: string | undefined },
): Promise<{ shown: Item[]; next: string | undefined }> {
  const after = from === undefined ? undefined : decodeToken(HistoryToken, from).sk;
  if (low > high) return { shown: [], next: undefined };
  if (after !== undefined && (after < low || after > high)) throw badToken();
  const e = new Expression();
  const { items, last } = await table.query({
    KeyConditionExpression: `${e.name('pk')} = ${e.plain(pk)} AND ${e.name('sk')} BETWEEN ${e.plain(low)} AND ${e.plain(high)}`,
    ...e.parameters(),
    ConsistentRead: true,
    ScanIndexForward: false,
    Limit: limit + 1,
    ...(after !== undefined && { ExclusiveStartKey: toItem({ pk, sk: after }) }),
  });
  const shown = items.slice(0, limit);
  // A page also ends early at 1 MB.
  return { shown, next: items.length > limit || last ? nextOf(shown) : undefined };
}

/** Those that wait for somebody have a partition for each queue; those that are closed one for all. */
function deathsOf(list: DeathList) {
  const { tenant } = list;
  const parse = (row: IndexRow): DeadEntry | undefined => {
    const key = parseExecutionKey(row);
    if (key?.tenant !== tenant) return undefined;
    if (list.closed) {
      const closed = parseClosed(row.timeKey);
      return closed && { ...key, ...closed };
    }
    const death = parseDeath(row.timeKey);
    return death && { ...key, queue: list.queue, ...death };
  };
  const partition = (shard: number) =>
    list.closed ? statusKey.closed(tenant, shard) : statusKey.dead(tenant, list.queue, shard);
  return { parse, partition };
}

/** A partition to its end, or to so many rows: in as few requests as pages of 1 MB allow. */
async function readNewest(
  table: Table,
  partition: string,
  limit: number,
): Promise<{ rows: IndexRow[]; complete: boolean }> {
  const rows: IndexRow[] = [];
  let afterRow: IndexRow | undefined;
  do {
    const query = {
      statusKey: partition,
      bounds: {},
      newestFirst: true,
      limit: limit - rows.length,
      afterRow,
    };
    const page = await queryIndex(table, query);
    rows.push(...page.rows);
    afterRow = page.last;
  } while (afterRow && rows.length < limit);
  return { rows, complete: afterRow === undefined };
}

const LATEST = 10 ** 15 - 1;
const HistoryToken = z.object({ sk: z.string().max(128) });

const nextOf = (shown: Item[]): string | undefined => {
  const sk = shown.at(-1)?.sk?.S;
  return sk === undefined ? undefined : encodeToken({ sk });
};

const idOf = (pk: string | undefined, sk: string | undefined): string => `${pk} ${sk}`;
