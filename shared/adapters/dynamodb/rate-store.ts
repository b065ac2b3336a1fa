import * as z from 'zod';
import { FLOW_ITEM_KEPT_MS } from '../../domain/limits.ts';
import type { RateLog } from '../../domain/rate-limit.ts';
import type { RateLogs } from '../../flow-ports.ts';
import type { Ids } from '../../ports.ts';
import { fromItem, type Item, toItem } from './codec.ts';
import { absent } from './conditions.ts';
import { Expression } from './expression.ts';
import { rateKey } from './keys.ts';
import type { Table } from './table.ts';
import { toEpochSeconds } from './ttl.ts';

const StoredLog = z.object({
  version: z.number(),
  starts: z.array(z.number()),
  reserved: z.record(z.string(), z.number()),
});

export const makeRateStore = (table: Table, ids: Pick<Ids, 'nonce'>): RateLogs => ({
  async read({ tenant, key }) {
    const item = await table.get(rateKey(tenant, key));
    return item && stored(item);
  },

  /** The nonce tells our own write, repeated by the SDK after a lost answer, from a rival's. */
  async write({ tenant, key }, seen, next) {
    const by = ids.nonce();
    const ttl = toEpochSeconds((next.starts.at(-1) ?? 0) + FLOW_ITEM_KEPT_MS);
    const e = new Expression();
    const written = await table.put(toItem({ ...rateKey(tenant, key), ...next, by, ttl }), {
      ConditionExpression: seen ? `${e.name('version')} = ${e.plain(seen.version)}` : absent(e),
      ...e.parameters(),
    });
    if (written.ok || written.item?.by?.S === by) return { ok: true, record: next };
    return { ok: false, existing: written.item && stored(written.item) };
  },
});

const stored = (item: Item): RateLog => StoredLog.parse(fromItem(item));
