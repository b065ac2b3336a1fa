import type { DeadLetterStore } from '../../shared/tenant-ports.ts';
import type { MemoryTables } from './memory-stores.ts';

/** Copies in and out. A cursor is the key that the page before ended with. */
export function makeMemoryDeadLetters({ ignored, canaries }: MemoryTables): DeadLetterStore {
  const idOf = (key: { tenant: string; queue: string; fingerprint: string }) =>
    `${key.tenant}#${key.queue}#${key.fingerprint}`;
  return {
    async readIgnored(key) {
      return structuredClone(ignored.get(idOf(key)));
    },
    async listIgnored({ tenant, queue, limit, from = '' }) {
      const all = [...ignored.values()]
        .filter((rule) => rule.tenant === tenant && (queue === undefined || rule.queue === queue))
        .filter((rule) => idOf(rule) > from)
        .toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
      const entries = structuredClone(all.slice(0, limit));
      const last = entries.at(-1);
      return { entries, next: last && all.length > limit ? idOf(last) : undefined };
    },
    async ignore(rule) {
      ignored.set(idOf(rule), structuredClone(rule));
    },
    async unignore(key) {
      ignored.delete(idOf(key));
    },
    async putCanary(canary) {
      canaries.set(`${canary.tenant}#${canary.id}`, structuredClone(canary));
    },
    async readCanary(tenant, id) {
      return structuredClone(canaries.get(`${tenant}#${id}`));
    },
  };
}
