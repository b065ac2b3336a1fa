import type { Clock, IdempotencyStore } from '../../ports.ts';
import { toItem } from './codec.ts';
import { freeAt } from './conditions.ts';
import { Expression } from './expression.ts';
import { requestKey } from './keys.ts';
import type { Table } from './table.ts';
import { toEpochSeconds } from './ttl.ts';

export const makeIdempotencyStore = (table: Table, clock: Pick<Clock, 'nowMs'>): IdempotencyStore => ({
  async remember({ tenant, scope, key, record, expiresAt }) {
    const e = new Expression();
    const { requestHash, value } = record;
    const ttl = toEpochSeconds(expiresAt);
    const written = await table.put(toItem({ ...requestKey(tenant, scope, key), requestHash, value, ttl }), {
      ConditionExpression: freeAt(e, Math.floor(clock.nowMs() / 1_000)),
      ...e.parameters(),
    });
    if (written.ok) return { requestHash, value };
    return { requestHash: written.item?.requestHash?.S ?? '', value: written.item?.value?.S ?? '' };
  },
});
