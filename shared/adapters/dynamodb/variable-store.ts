import * as z from 'zod';
import type { Ids } from '../../ports.ts';
import type { VariableStore } from '../../tenant-ports.ts';
import { unavailable } from '../aws-errors.ts';
import { type Item, toItem } from './codec.ts';
import { writtenBy } from './conditions.ts';
import { Expression } from './expression.ts';
import { variablesKey } from './keys.ts';
import type { Table } from './table.ts';

const TRIES = 8;
const Values = z.record(z.string(), z.unknown());

/** One item a tenant, so that a run gets all of them with one read. */
export function makeVariableStore(table: Table, ids: Pick<Ids, 'nonce'>): VariableStore {
  return {
    read: async (tenant) => valuesOf(await table.get(variablesKey(tenant))),
    async change(tenant, make) {
      const key = variablesKey(tenant);
      for (let tries = 0; tries < TRIES; tries++) {
        const seen = await table.get(key);
        const by = ids.nonce();
        const e = new Expression();
        const changed = toItem({ ...key, json: JSON.stringify(make(valuesOf(seen))), by });
        const written = await table.put(changed, {
          ConditionExpression: writtenBy(e, seen?.by?.S),
          ...e.parameters(),
        });
        // The nonce tells our own write, repeated by the SDK after a lost answer, from a rival's.
        if (written.ok || written.item?.by?.S === by) return;
      }
      throw unavailable('dynamodb');
    },
  };
}

const valuesOf = (item: Item | undefined): Record<string, unknown> =>
  item?.json?.S === undefined ? {} : Values.parse(JSON.parse(item.json.S));
