import { describe, expect, it } from 'vitest';
import type { AuditStore } from '../../shared/access-ports.ts';
import type { AuditEntry } from '../../shared/domain/audit.ts';
import { T0 } from './samples.ts';
import { type OpenStoreWorld, open } from './store.contract.ts';

const DAY_MS = 86_400_000;
const EXPIRES_AT = T0 + 365 * DAY_MS;
const ALL = { tenant: 'root', from: 0, to: T0 + DAY_MS };

const anEntry = (over: Partial<AuditEntry> = {}): AuditEntry => ({
  tenant: 'root',
  id: '01KAJ0Y8Q4Z3N8T2V6W1X5R7M9',
  at: T0,
  actor: 'token:ci ✓',
  action: 'task.pause',
  resource: 'tasks/nightly',
  requestId: 'JKJaXmPLvHcESHA=',
  outcome: 'pending',
  before: '{"status":"active"}',
  ...over,
});
/** One a day, the oldest first. */
const days = (count: number): AuditEntry[] =>
  Array.from({ length: count }, (_, day) =>
    anEntry({ id: `e-${day}`, at: T0 - (count - 1 - day) * DAY_MS, outcome: 'done' }),
  );
const idsOf = (entries: AuditEntry[]) => entries.map(({ id }) => id);

async function pages(audit: AuditStore, q: Omit<Parameters<AuditStore['list']>[0], 'after'>) {
  const found: AuditEntry[][] = [];
  let after: string | undefined;
  do {
    const page = await audit.list({ ...q, ...(after === undefined ? {} : { after }) });
    found.push(page.entries);
    after = page.next;
  } while (after !== undefined);
  return found;
}

/** Who changed what. */
export function auditContract(name: string, openWorld: OpenStoreWorld): void {
  describe(`${name}: the audit trail`, () => {
    it('shows an entry as it was begun, then as it was completed', async () => {
      const { audit } = await open(openWorld);
      await audit.begin(anEntry(), EXPIRES_AT);
      expect((await audit.list({ ...ALL, limit: 10 })).entries).toEqual([anEntry()]);
      const end = { resource: 'tasks/other', outcome: 'done', after: '{"status":"paused"}' } as const;
      await audit.complete(anEntry(), end, EXPIRES_AT);
      expect((await audit.list({ ...ALL, limit: 10 })).entries).toEqual([{ ...anEntry(), ...end }]);
    });

    it('is only ever added to: an entry is begun once and completed once', async () => {
      const { audit } = await open(openWorld);
      const refused = { resource: 'tasks/nightly', outcome: 'refused', code: 'not-found' } as const;
      await audit.complete(anEntry(), refused, EXPIRES_AT);
      expect((await audit.list({ ...ALL, limit: 10 })).entries).toEqual([]);
      await audit.begin(anEntry(), EXPIRES_AT);
      await audit.complete(anEntry(), refused, EXPIRES_AT);
      await audit.begin(anEntry({ actor: 'somebody else' }), EXPIRES_AT);
      await audit.complete(anEntry(), { resource: 'tasks/nightly', outcome: 'done' }, EXPIRES_AT);
      expect((await audit.list({ ...ALL, limit: 10 })).entries).toEqual([{ ...anEntry(), ...refused }]);
    });

    it('is read newest first in pages, over months in which nothing happened', async () => {
      const { audit } = await open(openWorld);
      const entries = [
        anEntry({ id: 'long-ago', at: T0 - 400 * DAY_MS, outcome: 'done' }),
        anEntry({ id: 'before', at: T0 - 150 * DAY_MS, outcome: 'done' }),
        ...days(40),
      ];
      for (const entry of entries) await audit.begin(entry, EXPIRES_AT);
      const newestFirst = entries.toReversed();
      for (const limit of [1, 7, 31, 100]) {
        const found = await pages(audit, { ...ALL, limit });
        expect(found.flat()).toEqual(newestFirst);
        expect(found.every((page) => page.length <= limit)).toBe(true);
      }
    });

    it('is bounded by instants: from the first on, and before the second', async () => {
      const { audit } = await open(openWorld);
      for (const entry of days(40)) await audit.begin(entry, EXPIRES_AT);
      const [from, to] = [T0 - 30 * DAY_MS, T0 - 10 * DAY_MS];
      const found = (await pages(audit, { tenant: 'root', from, to, limit: 3 })).flat();
      const asked = days(40).filter(({ at }) => at >= from && at < to);
      expect(idsOf(found)).toEqual(idsOf(asked.toReversed()));
      expect(found).toHaveLength(20);
      expect(await audit.list({ tenant: 'root', from: to, to: from, limit: 3 })).toEqual({
        entries: [],
        next: undefined,
      });
    });

    it('keeps apart what happened in the same millisecond', async () => {
      const { audit } = await open(openWorld);
      for (const id of ['a', 'b', 'c']) await audit.begin(anEntry({ id }), EXPIRES_AT);
      const found = (await pages(audit, { ...ALL, limit: 1 })).flat();
      expect(idsOf(found).sort()).toEqual(['a', 'b', 'c']);
    });

    it('is each tenant’s own', async () => {
      const { audit } = await open(openWorld);
      await audit.begin(anEntry(), EXPIRES_AT);
      await audit.begin(anEntry({ tenant: 'acme' }), EXPIRES_AT);
      expect((await audit.list({ ...ALL, tenant: 'acme', limit: 10 })).entries).toEqual([
        anEntry({ tenant: 'acme' }),
      ]);
      expect((await audit.list({ ...ALL, tenant: 'acm', limit: 10 })).entries).toEqual([]);
    });
  });
}
