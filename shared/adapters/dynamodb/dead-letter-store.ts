import * as z from 'zod';
import type { DeadLetterStore } from '../../tenant-ports.ts';
import { toItem } from './codec.ts';
import { Expression } from './expression.ts';
import { canaryKey, ignoredKey } from './keys.ts';
import { decodeToken, encodeToken } from './page-token.ts';
import type { Table } from './table.ts';
import { toEpochSeconds } from './ttl.ts';

const said = { tenant: z.string(), queue: z.string(), at: z.number(), by: z.string() };
const Ignored = z.object({ ...said, fingerprint: z.string(), note: z.string().exactOptional() });
const StoredCanary = z.object({
  ...said,
  id: z.string(),
  executionId: z.string(),
  waiting: z.array(z.object({ executionId: z.string(), epoch: z.number() })),
  payloadPatch: z.string().exactOptional(),
});
const Position = z.object({ sk: z.string().max(256) });
/** Sorts behind every fingerprint. */
const LAST = '~';

export const makeDeadLetterStore = (table: Table): DeadLetterStore => ({
  async readIgnored({ tenant, queue, fingerprint }) {
    const json = (await table.get(ignoredKey(tenant, queue, fingerprint)))?.json?.S;
    return json === undefined ? undefined : Ignored.parse(JSON.parse(json));
  },

  async listIgnored({ tenant, queue, limit, from }) {
    const { pk } = ignoredKey(tenant, '', '');
    const e = new Expression();
    const partition = `${e.name('pk')} = ${e.plain(pk)}`;
    const bounds =
      queue === undefined
        ? ''
        : ` AND ${e.name('sk')} BETWEEN ${e.plain(`${queue}#`)} AND ${e.plain(`${queue}#${LAST}`)}`;
    const { items, last } = await table.query({
      KeyConditionExpression: partition + bounds,
      ...e.parameters(),
      ConsistentRead: true,
      Limit: limit,
      ...(from !== undefined && { ExclusiveStartKey: toItem({ pk, sk: decodeToken(Position, from).sk }) }),
    });
    const sk = last?.sk?.S;
    return {
      entries: items.map((item) => Ignored.parse(JSON.parse(item.json?.S ?? ''))),
      next: sk === undefined ? undefined : encodeToken({ sk }),
    };
  },

  async ignore(rule) {
    const key = ignoredKey(rule.tenant, rule.queue, rule.fingerprint);
    await table.put(toItem({ ...key, json: JSON.stringify(rule) }));
  },

  async unignore({ tenant, queue, fingerprint }) {
    await table.delete({ Key: toItem({ ...ignoredKey(tenant, queue, fingerprint) }) });
  },

  async putCanary(canary, ttlAt) {
    const key = canaryKey(canary.tenant, canary.id);
    await table.put(toItem({ ...key, json: JSON.stringify(canary), ttl: toEpochSeconds(ttlAt) }));
  },

  async readCanary(tenant, id) {
    const json = (await table.get(canaryKey(tenant, id)))?.json?.S;
    return json === undefined ? undefined : StoredCanary.parse(JSON.parse(json));
  },
});
