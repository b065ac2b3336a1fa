import type { TenantStore } from '../access-ports.ts';
import type { AuditQuery } from '../contract/audit.ts';
import { decodeCursor, encodeCursor } from '../contract/list-query.ts';
import { type AuditEntry, isWithin } from '../domain/audit.ts';
import { CLOCK_SKEW_MS } from '../domain/limits.ts';
import { type ListSource, readPage } from '../domain/paged-list.ts';
import { type Principal, ROOT } from '../domain/principal.ts';
import { fromIso } from '../domain/time.ts';
import type { AuditDeps } from './audit/record.ts';

const LIST = 'audit';

/** Newest first. */
export async function listAudit(
  deps: Pick<AuditDeps, 'audit' | 'clock' | 'auditRetentionMs'> & { tenants: TenantStore },
  { tenant }: Principal,
  query: AuditQuery,
): Promise<{ items: AuditEntry[]; nextCursor: string | null }> {
  const nowMs = deps.clock.nowMs();
  // Of an earlier tenant of the same name nothing is shown, nor what is expired and only not yet removed.
  const since = tenant === ROOT ? 0 : ((await deps.tenants.read(tenant))?.createdAt ?? nowMs);
  const from = Math.max(since, nowMs - deps.auditRetentionMs, query.from ? fromIso(query.from) : 0);
  const to = Math.min(nowMs + CLOCK_SKEW_MS, query.to ? fromIso(query.to) : Number.POSITIVE_INFINITY);
  const source: ListSource<AuditEntry, AuditEntry> = {
    name: LIST,
    fetch: (after, limit) =>
      deps.audit.list({ tenant, from, to, limit, ...(after === undefined ? {} : { after }) }),
    keyOf: ({ id }) => id,
    load: async (entries) => entries.map((entry) => (isAskedFor(entry, query) ? entry : undefined)),
  };
  const { items, next } = await readPage([source], {
    limit: query.limit,
    position: decodeCursor(LIST, query.cursor),
    bytesOf: (entry) => JSON.stringify(entry).length,
  });
  return { items, nextCursor: next ? encodeCursor(LIST, next) : null };
}

const isAskedFor = (entry: AuditEntry, { actor, action, resource }: AuditQuery): boolean =>
  isWithin(entry.actor, actor) && isWithin(entry.action, action) && isWithin(entry.resource, resource);
