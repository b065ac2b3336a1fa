import * as z from 'zod';
import type { CursorStore, Heartbeat, Ids } from '../../ports.ts';
import { type Item, toItem } from './codec.ts';
import { unmoved } from './conditions.ts';
import { Expression } from './expression.ts';
import { cursorKey, HEARTBEAT_KEY } from './keys.ts';
import type { Table } from './table.ts';

export function makeCursorStore(table: Table, ids: Pick<Ids, 'nonce'>): CursorStore {
  return {
    async read(name, shard) {
      const item = await table.get(cursorKey(name, shard));
      return item && { upto: numberIn(item, 'upto'), at: numberIn(item, 'at') };
    },
    /** The nonce tells our own claim, repeated by the SDK after a lost answer, from a rival's. */
    async claim(name, shard, seen, next) {
      const by = ids.nonce();
      const e = new Expression();
      const written = await table.put(toItem({ ...cursorKey(name, shard), ...next, by }), {
        ConditionExpression: unmoved(e, seen),
        ...e.parameters(),
      });
      return written.ok || written.item?.by?.S === by;
    },
  };
}

export const makeHeartbeat = (table: Table): Heartbeat => ({
  async record(nowMs) {
    await table.put(toItem({ ...HEARTBEAT_KEY, at: nowMs }));
  },
  async read() {
    const item = await table.get(HEARTBEAT_KEY);
    return item && numberIn(item, 'at');
  },
});

const numberIn = (item: Item, attribute: string): number =>
  z.coerce.number().parse(item[attribute]?.N, { error: () => `damaged ${item.pk?.S}: ${attribute}` });
