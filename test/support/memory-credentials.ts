import type { TokenStore } from '../../shared/access-ports.ts';
import type { ApiToken } from '../../shared/domain/api-token.ts';

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
