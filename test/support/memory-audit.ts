import type { AuditStore } from '../../shared/access-ports.ts';
import type { AuditEntry } from '../../shared/domain/audit.ts';
import { padMs } from '../../shared/domain/occurrence.ts';
import type { MemoryTables } from './memory-stores.ts';
import { page } from './memory-table.ts';

const keyOf = ({ tenant, id }: AuditEntry) => `${tenant}#${id}`;

/** Copies in and out; nothing expires by itself. */
export const makeMemoryAudit = ({ audit }: MemoryTables): AuditStore => ({
  async begin(entry, expiresAt) {
    if (!audit.has(keyOf(entry))) audit.set(keyOf(entry), structuredClone({ ...entry, expiresAt }));
  },
  async complete(entry, end, expiresAt) {
    const standing = audit.get(keyOf(entry));
    if (standing?.outcome === 'pending')
      audit.set(keyOf(entry), { ...standing, ...structuredClone(end), expiresAt });
  },
  async list({ tenant, from, to, limit, after }) {
    const found = [...audit.values()].filter(
      (entry) => entry.tenant === tenant && entry.at >= from && entry.at < to,
    );
    const items = found.map(({ expiresAt: _, ...entry }) => ({
      entry: structuredClone(entry),
      position: { sort: `${padMs(entry.at)}#${entry.id}`, shard: 0, id: entry.id },
    }));
    return page(items, { limit, from: after, newestFirst: true });
  },
});
