import type { Outcome } from '../../domain/change.ts';
import type { Execution } from '../../domain/execution.ts';
import type { ExecutionStore } from '../../ports.ts';
import { decode, EXECUTION, encode, type Item, toItem } from './codec.ts';
import { absent } from './conditions.ts';
import { Expression } from './expression.ts';
import { documentKey, executionKey } from './keys.ts';
import type { Table } from './table.ts';
import { toEpochSeconds } from './ttl.ts';
import { changeToUpdate, guardToCondition } from './update.ts';

/**
 * The hot path: one request a method. A conditional write that the SDK repeated after a lost answer comes back as
 * refused with our own record; use cases recognise it by the owner's nonce.
 */
export const makeExecutionStore = (table: Table): ExecutionStore => ({
  async read(key) {
    return fromItem(await table.get(executionKey(key)));
  },

  async insert(execution) {
    const e = new Expression();
    const written = await table.put(encode(EXECUTION, execution), {
      ConditionExpression: absent(e),
      ...e.parameters(),
    });
    return written.ok ? { ok: true, record: execution } : { ok: false, existing: fromItem(written.item) };
  },

  async update(key, change) {
    return outcome(await table.update(changeToUpdate(EXECUTION, key, change)));
  },

  async remove(key, guard) {
    return outcome(await table.delete(guardToCondition(EXECUTION, key, guard)));
  },

  async putDocument(key, kind, json, ttlAt) {
    const ttl = ttlAt === undefined ? undefined : toEpochSeconds(ttlAt);
    await table.put(toItem({ ...documentKey(key, kind), json, ttl }));
  },

  async readDocument(key, kind) {
    const item = await table.get(documentKey(key, kind));
    return item?.json?.S;
  },
});

const fromItem = (item: Item | undefined): Execution | undefined => item && decode(EXECUTION, item);

function outcome(written: { ok: boolean; item: Item | undefined }): Outcome<Execution> {
  const record = fromItem(written.item);
  if (!written.ok) return { ok: false, existing: record };
  if (!record) throw new Error('a write answered without the item');
  return { ok: true, record };
}
