import * as z from 'zod';
import { QueueOverridesSchema } from '../../contract/queue.ts';
import type { QueueDirectory } from '../../domain/queue-settings.ts';
import type { QueueControls } from '../../flow-ports.ts';
import type { Ids } from '../../ports.ts';
import { toItem } from './codec.ts';
import { absent } from './conditions.ts';
import { Expression } from './expression.ts';
import { QUEUE_SETTINGS_KEY } from './keys.ts';
import type { Table } from './table.ts';

const StoredQueues = z.record(
  z.string(),
  z.object({ overrides: QueueOverridesSchema, applied: z.boolean() }),
);

/** One item for all queues: they are few, and one read tells of each. */
export const makeQueueControls = (table: Table, ids: Pick<Ids, 'nonce'>): QueueControls => ({
  async read(): Promise<QueueDirectory> {
    const item = await table.get(QUEUE_SETTINGS_KEY);
    if (item?.json?.S === undefined) return { version: 0, queues: {} };
    return { version: Number(item.version?.N), queues: StoredQueues.parse(JSON.parse(item.json.S)) };
  },

  /** The nonce tells our own write, repeated by the SDK after a lost answer, from a rival's. */
  async write(seen, { version, queues }) {
    const by = ids.nonce();
    const e = new Expression();
    const item = { ...QUEUE_SETTINGS_KEY, version, json: JSON.stringify(queues), by };
    const written = await table.put(toItem(item), {
      ConditionExpression: seen.version === 0 ? absent(e) : `${e.name('version')} = ${e.plain(seen.version)}`,
      ...e.parameters(),
    });
    return written.ok || written.item?.by?.S === by;
  },
});
