import * as z from 'zod';
import type { TokenStore } from '../../access-ports.ts';
import type { ApiToken } from '../../domain/api-token.ts';
import { EXPIRED_TOKEN_KEPT_MS } from '../../domain/limits.ts';
import { ROLES } from '../../domain/principal.ts';
import { fromItem, type Item, toItem } from './codec.ts';
import { absent, exists } from './conditions.ts';
import { Expression } from './expression.ts';
import { statusKey } from './index-key.ts';
import { parseTokenKey, tokenKey } from './keys.ts';
import { readShardedList } from './sharded-list.ts';
import type { Table } from './table.ts';
import { toEpochSeconds } from './ttl.ts';

const StoredToken = z.object({
  id: z.string(),
  tenant: z.string(),
  role: z.enum(ROLES),
  name: z.string().optional(),
  hash: z.string(),
  createdAt: z.number(),
  createdBy: z.string(),
  expiresAt: z.number().optional(),
  lastUsedAt: z.number().optional(),
});

/** One item a token, under its id: a credential tells nothing else. The index lists those of a tenant. */
export const makeTokenStore = (table: Table): TokenStore => ({
  async insert(token) {
    const e = new Expression();
    const { expiresAt } = token;
    const item = toItem({
      ...tokenKey(token.id),
      ...token,
      statusKey: statusKey.tokens(token.tenant),
      timeKey: token.id,
      ...(expiresAt !== undefined && { ttl: toEpochSeconds(expiresAt + EXPIRED_TOKEN_KEPT_MS) }),
    });
    const condition = { ConditionExpression: absent(e), ...e.parameters() };
    const written = await table.put(item, condition);
    // The very same one: our own write, repeated by the SDK after a lost answer.
    if (!written.ok && written.item?.hash?.S !== token.hash) throw new Error(`there is a token ${token.id}`);
  },

  async read(id) {
    const item = await table.get(tokenKey(id));
    return item && stored(item);
  },

  async list({ tenant, ...q }) {
    const { entries, next } = await readShardedList(table, 1, {
      ...q,
      partition: () => statusKey.tokens(tenant),
      order: { by: 'name' },
      parse: parseTokenKey,
    });
    const items = await table.getMany(entries.map(tokenKey));
    const byId = new Map(items.map((item) => [item.id?.S, item]));
    const tokens = entries.flatMap((id) => {
      const item = byId.get(id);
      return item ? [stored(item)] : [];
    });
    return { entries: tokens.filter((token) => token.tenant === tenant), next };
  },

  async used(id, at, unlessSince) {
    const e = new Expression();
    const last = e.name('lastUsedAt');
    await table.update({
      Key: toItem({ ...tokenKey(id) }),
      UpdateExpression: `SET ${last} = ${e.plain(at)}`,
      ConditionExpression: `${exists(e)} AND (attribute_not_exists(${last}) OR ${last} <= ${e.plain(unlessSince)})`,
      ...e.parameters(),
    });
  },

  async remove(id, tenant) {
    const e = new Expression();
    const ConditionExpression = `${e.name('tenant')} = ${e.plain(tenant)}`;
    const { ok } = await table.delete({
      Key: toItem({ ...tokenKey(id) }),
      ConditionExpression,
      ...e.parameters(),
    });
    return ok;
  },
});

const stored = (item: Item): ApiToken => {
  const { name, expiresAt, lastUsedAt, ...token } = StoredToken.parse(fromItem(item));
  return {
    ...token,
    ...(name !== undefined && { name }),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(lastUsedAt !== undefined && { lastUsedAt }),
  };
};
