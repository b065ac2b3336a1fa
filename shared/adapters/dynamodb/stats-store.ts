import * as z from 'zod';
import { STATS_BATCH_KEPT_MS, STATS_ENDS_IN_BATCH } from '../../domain/limits.ts';
import { mapBounded } from '../../domain/map-bounded.ts';
import { padMs } from '../../domain/occurrence.ts';
import { type Interval, LENGTH_MS, type Marks, startOf } from '../../domain/stats-time.ts';
import type { DurationMs, EpochMs } from '../../domain/time.ts';
import type { Ids } from '../../ports.ts';
import type { StatsStore, SummaryAt } from '../../stats-ports.ts';
import { type Item, toItem } from './codec.ts';
import { sameText } from './conditions.ts';
import { Expression } from './expression.ts';
import { END_BATCHES, endBatchKey, MARKS_KEY, summariesPk, summaryKey, totalKey } from './keys.ts';
import { decodeToken, encodeToken } from './page-token.ts';
import { decodeEnds, decodeSummary, encodeEnds, encodeSummary } from './stats-codec.ts';
import type { Table } from './table.ts';
import { toEpochSeconds } from './ttl.ts';

const READS_AT_ONCE = 10;
const Position = z.object({ sk: z.string().max(256) });
const MarksSchema = z.object({
  minutes: z.number(),
  hour: z.number().exactOptional(),
  day: z.number().exactOptional(),
});

/** `kept` says how long summaries are kept, counted from the end of what they sum up. */
export function makeStatsStore(
  table: Table,
  ids: Pick<Ids, 'nonce'>,
  kept: Readonly<Record<Interval, DurationMs>>,
): StatsStore {
  /** Items of a partition with low ≤ sk < high. */
  async function range(pk: string, low: string, high: string, after?: string) {
    const e = new Expression();
    const { items, last } = await table.query({
      // Both bounds of BETWEEN belong to it; what `high` names is a beginning and no item.
      KeyConditionExpression: `${e.name('pk')} = ${e.plain(pk)} AND ${e.name('sk')} BETWEEN ${e.plain(low)} AND ${e.plain(high)}`,
      ...e.parameters(),
      ConsistentRead: true,
      ...(after !== undefined && {
        ExclusiveStartKey: toItem({ pk, sk: decodeToken(Position, after).sk }),
      }),
    });
    const sk = last?.sk?.S;
    return { items, next: sk === undefined ? undefined : encodeToken({ sk }) };
  }

  async function wholeRange(pk: string, low: string, high: string): Promise<Item[]> {
    const all: Item[] = [];
    let after: string | undefined;
    do {
      const { items, next } = await range(pk, low, high, after);
      all.push(...items);
      after = next;
    } while (after !== undefined);
    return all;
  }

  /** The text stands as it was read; our own write, repeated by the SDK after a lost answer, counts. */
  async function replace(item: Record<string, unknown>, json: string, seen: string | undefined) {
    const e = new Expression();
    const written = await table.put(toItem({ ...item, json }), {
      ConditionExpression: sameText(e, seen),
      ...e.parameters(),
    });
    return written.ok || written.item?.json?.S === json;
  }

  return {
    async append({ minute, ends }) {
      for (let at = 0; at < ends.length; at += STATS_ENDS_IN_BATCH) {
        const json = encodeEnds(ends.slice(at, at + STATS_ENDS_IN_BATCH));
        const ttl = toEpochSeconds(minute + STATS_BATCH_KEPT_MS);
        await table.put(toItem({ ...endBatchKey(minute, ids.nonce()), json, ttl }));
      }
    },

    async batches({ from, to, after }) {
      const { items, next } = await range(END_BATCHES, padMs(from), padMs(to), after);
      const entries = items.map((item) => ({ minute: atOf(item, 0), ends: decodeEnds(textOf(item)) }));
      return { entries, next };
    },

    async put(interval, tenant, { at, summary }) {
      const ttl = toEpochSeconds(at + LENGTH_MS[interval] + kept[interval]);
      await table.put(toItem({ ...summaryKey(interval, tenant, at), json: encodeSummary(summary), ttl }));
    },

    async read(interval, tenant, { from, to }) {
      const items = await mapBounded(partitionsOf(interval, from, to), READS_AT_ONCE, (pk) =>
        wholeRange(pk, `${tenant}#${padMs(from)}`, `${tenant}#${padMs(to)}`),
      );
      return items
        .flat()
        .map(entryOf)
        .filter(({ at }) => at < to);
    },

    async readAll(interval, within, after) {
      const { items, next } = await range(summariesPk(interval, within), ' ', '~', after);
      const tenantOf = (item: Item) => item.sk?.S?.split('#')[0] ?? '';
      return { entries: items.map((item) => ({ ...entryOf(item), tenant: tenantOf(item) })), next };
    },

    async total(tenant) {
      const item = await table.get(totalKey(tenant));
      return item && { until: Number(item.upto?.N), summary: decodeSummary(textOf(item)) };
    },

    async putTotal(tenant, seen, { until, summary }) {
      const before = seen && encodeSummary(seen.summary);
      return replace({ ...totalKey(tenant), upto: until }, encodeSummary(summary), before);
    },

    async marks() {
      const item = await table.get(MARKS_KEY);
      return item && MarksSchema.parse(JSON.parse(textOf(item)));
    },

    move: (seen, next) => replace({ ...MARKS_KEY }, marksText(next), seen && marksText(seen)),
  };
}

const marksText = ({ minutes, hour, day }: Marks): string => JSON.stringify({ minutes, hour, day });

/** Every partition that an interval of the span may lie in. */
function partitionsOf(interval: Interval, from: EpochMs, to: EpochMs): string[] {
  if (from >= to) return [];
  if (interval === 'day') return [summariesPk('day', from)];
  const longer = interval === 'minute' ? 'hour' : 'day';
  const count = Math.ceil((to - startOf(longer, from)) / LENGTH_MS[longer]);
  return Array.from({ length: count }, (_, n) => summariesPk(interval, from + n * LENGTH_MS[longer]));
}

const entryOf = (item: Item): SummaryAt => ({ at: atOf(item, 1), summary: decodeSummary(textOf(item)) });
const atOf = (item: Item, part: number): EpochMs => Number(item.sk?.S?.split('#')[part]);

function textOf(item: Item): string {
  if (item.json?.S === undefined) throw new Error(`damaged ${item.pk?.S} ${item.sk?.S}: json`);
  return item.json.S;
}
