import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { TenantStore } from '../../access-ports.ts';
import type { Tenant } from '../../domain/tenant.ts';
import { HOUR_MS, MINUTE_MS } from '../../domain/time.ts';
import { fromItem, type Item, toItem } from './codec.ts';
import { Expression } from './expression.ts';
import { statusKey } from './index-key.ts';
import { parseTenantKey, requestsKey, tenantKey } from './keys.ts';
import { readShardedList } from './sharded-list.ts';
import type { Table } from './table.ts';
import { toEpochSeconds } from './ttl.ts';

const StoredTenant = z.object({
  id: z.string(),
  name: z.string().exactOptional(),
  maxTasks: z.number().exactOptional(),
  maxConcurrency: z.number().exactOptional(),
  ratePerMinute: z.number().exactOptional(),
  createdAt: z.number(),
  createdBy: z.string(),
  updatedAt: z.number(),
  tasks: z.number().default(0),
});
const OPTIONAL = ['name', 'maxTasks', 'maxConcurrency', 'ratePerMinute'] as const;

export const makeTenantStore = (table: Table): TenantStore => ({
  read: async (id) => stored(await table.get(tenantKey(id))),

  async list(q) {
    const { entries, next } = await readShardedList(table, 1, {
      ...q,
      partition: () => statusKey.tenants,
      order: { by: 'name' },
      parse: parseTenantKey,
    });
    const items = await table.getMany(entries.map(tenantKey));
    const byId = new Map(items.map((item) => [item.id?.S, item]));
    return { entries: entries.flatMap((id) => stored(byId.get(id)) ?? []), next };
  },

  async put(settings) {
    const e = new Expression();
    const values = { ...settings, statusKey: statusKey.tenants, timeKey: settings.id };
    const sets = Object.entries(toItem(values)).map(([name, cell]) => `${e.name(name)} = ${e.value(cell)}`);
    const removes = OPTIONAL.filter((name) => settings[name] === undefined).map((name) => e.name(name));
    const written = await table.update({
      Key: toItem({ ...tenantKey(settings.id) }),
      UpdateExpression: `SET ${sets.join(', ')}${removes.length > 0 ? ` REMOVE ${removes.join(', ')}` : ''}`,
      ...e.parameters(),
    });
    const tenant = stored(written.item);
    if (!tenant) throw new Error('a write answered without the item');
    return tenant;
  },

  async remove(id) {
    const e = new Expression();
    const tasks = e.name('tasks');
    const { ok } = await table.delete({
      Key: toItem({ ...tenantKey(id) }),
      ConditionExpression: `attribute_not_exists(${tasks}) OR ${tasks} <= ${e.plain(0)}`,
      ...e.parameters(),
    });
    return ok ? 'removed' : 'hasTasks';
  },

  async countRequest(id, minute, limit) {
    const e = new Expression();
    const count = e.name('count');
    const ttl = toEpochSeconds(minute * MINUTE_MS + HOUR_MS);
    const { ok } = await table.update({
      Key: toItem({ ...requestsKey(id, minute) }),
      UpdateExpression: `ADD ${count} ${e.plain(1)} SET ${e.name('ttl')} = ${e.plain(ttl)}`,
      ConditionExpression: `attribute_not_exists(${count}) OR ${count} < ${e.plain(limit)}`,
      ...e.parameters(),
    });
    return ok;
  },
});

/** An item without an id only counts tasks, of a tenant that is gone. */
const stored = (item: Item | undefined): Tenant | undefined =>
  item?.id === undefined ? undefined : StoredTenant.parse(fromItem(item));

/** One task more or less, in the transaction that makes or deletes it; refused when the tenant may have no more. */
export function countTask(TableName: string, tenant: string, by: 1 | -1): TransactWriteItem {
  const e = new Expression();
  const tasks = e.name('tasks');
  const UpdateExpression = `ADD ${tasks} ${e.plain(by)}`;
  const room = () =>
    `attribute_not_exists(${e.name('maxTasks')}) OR attribute_not_exists(${tasks}) OR ${tasks} < ${e.name('maxTasks')}`;
  return {
    Update: {
      TableName,
      Key: toItem({ ...tenantKey(tenant) }),
      UpdateExpression,
      ...(by === 1 && { ConditionExpression: room() }),
      ...e.parameters(),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}

export const isTenantItem = (item: Item | undefined): boolean => item?.sk?.S === 'N';
