import type { TenantStore, TokenStore } from '../../shared/access-ports.ts';
import type { ApiToken } from '../../shared/domain/api-token.ts';
import type { Tenant } from '../../shared/domain/tenant.ts';

/** Copies in and out. A cursor is the id that the page before ended with. */
export const makeMemoryTokens = (tokens: Map<string, ApiToken>): TokenStore => ({
  async insert(token) {
    const standing = tokens.get(token.id);
    if (standing && standing.hash !== token.hash) throw new Error(`there is a token ${token.id}`);
    tokens.set(token.id, structuredClone(token));
  },
  async read(id) {
    return structuredClone(tokens.get(id));
  },
  async list({ tenant, limit, from = '' }) {
    const all = [...tokens.values()]
      .filter((token) => token.tenant === tenant && token.id > from)
      .toSorted((a, b) => (a.id < b.id ? -1 : 1));
    const entries = structuredClone(all.slice(0, limit));
    return { entries, next: all.length > limit ? entries.at(-1)?.id : undefined };
  },
  async used(id, at, unlessSince) {
    const token = tokens.get(id);
    if (token && (token.lastUsedAt ?? unlessSince) <= unlessSince) token.lastUsedAt = at;
  },
  async remove(id, tenant) {
    return tokens.get(id)?.tenant === tenant && tokens.delete(id);
  },
});

export const makeMemoryTenants = (
  tenants: Map<string, Tenant>,
  taskCounts: Map<string, number>,
  requests: Map<string, number>,
): TenantStore => ({
  async read(id) {
    const tenant = tenants.get(id);
    return tenant && structuredClone({ ...tenant, tasks: taskCounts.get(id) ?? 0 });
  },
  async list({ limit, from = '' }) {
    const all = [...tenants.values()]
      .filter(({ id }) => id > from)
      .toSorted((a, b) => (a.id < b.id ? -1 : 1));
    const entries = all
      .slice(0, limit)
      .map((tenant) => ({ ...tenant, tasks: taskCounts.get(tenant.id) ?? 0 }));
    return { entries: structuredClone(entries), next: all.length > limit ? entries.at(-1)?.id : undefined };
  },
  async put(settings) {
    const tenant = { ...structuredClone(settings), tasks: taskCounts.get(settings.id) ?? 0 };
    tenants.set(settings.id, tenant);
    return structuredClone(tenant);
  },
  async remove(id) {
    if ((taskCounts.get(id) ?? 0) > 0) return 'hasTasks';
    tenants.delete(id);
    return 'removed';
  },
  async countRequest(id, minute, limit) {
    const key = `${id}#${minute}`;
    const count = requests.get(key) ?? 0;
    if (count >= limit) return false;
    requests.set(key, count + 1);
    return true;
  },
});
