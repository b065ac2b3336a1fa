import type { ApiToken } from './domain/api-token.ts';
import type { AuditEnd, AuditEntry } from './domain/audit.ts';
import type { Tenant, TenantSettings } from './domain/tenant.ts';
import type { EpochMs } from './domain/time.ts';
import type { IndexPage } from './ports.ts';

/** What the use cases need of the outside to say who may come in, and how far; see ports.ts. */

export interface TokenStore {
  /** Ids are unique: an insert never replaces. */
  insert(token: ApiToken): Promise<void>;
  read(id: string): Promise<ApiToken | undefined>;
  /** By age, the oldest first; from the index (eventually consistent), but never a token that is gone. */
  list(q: { tenant: string; limit: number; from?: string }): Promise<IndexPage<ApiToken>>;
  /** Writes only when no use after `unlessSince` is written down; never brings back a token that is gone. */
  used(id: string, at: EpochMs, unlessSince: EpochMs): Promise<void>;
  /** Of nobody else's tenant; says whether there was one. */
  remove(id: string, tenant: string): Promise<boolean>;
}

/** The tenant `root` is not among them. */
export interface TenantStore {
  read(id: string): Promise<Tenant | undefined>;
  /** By id; from the index (eventually consistent), but never a tenant that is gone. */
  list(q: { limit: number; from?: string }): Promise<IndexPage<Tenant>>;
  /** All but the number of its tasks, which stands. */
  put(settings: TenantSettings): Promise<Tenant>;
  /** Only while it has no tasks. */
  remove(id: string): Promise<'removed' | 'hasTasks'>;
  /** Counts a request in this minute of the clock, unless there were as many already. */
  countRequest(id: string, minute: number, limit: number): Promise<boolean>;
}

/** Entries are added and completed, never changed or taken back; they expire. */
export interface AuditStore {
  begin(entry: AuditEntry, expiresAt: EpochMs): Promise<void>;
  /** Once: one that is complete stays as it is. */
  complete(entry: AuditEntry, end: AuditEnd, expiresAt: EpochMs): Promise<void>;
  /** With from ≤ at < to, newest first. */
  list(q: {
    tenant: string;
    from: EpochMs;
    to: EpochMs;
    limit: number;
    after?: string;
  }): Promise<IndexPage<AuditEntry>>;
}
