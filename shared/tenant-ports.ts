import type { BulkJob } from './domain/bulk.ts';
import type { Calendar } from './domain/calendar.ts';
import type { Canary, IgnoredFingerprint } from './domain/dead-letter.ts';
import type { TaskKey } from './domain/task.ts';
import type { EpochMs } from './domain/time.ts';
import type { IndexPage } from './ports.ts';

/** What the use cases need of the outside to keep what tenants have besides tasks and runs; see ports.ts. */

/** Calendars, and which tasks use them: a task's links change in the write that changes the task (TaskStore). */
export interface CalendarStore {
  /** Those that exist, in no particular order. */
  readMany(tenant: string, ids: readonly string[]): Promise<Calendar[]>;
  /** By id. */
  list(q: { tenant: string; limit: number; from?: string }): Promise<IndexPage<Calendar>>;
  /** Replaces `over`, or makes a new one; false when it is not, or no more, as it was read. */
  put(calendar: Calendar, over?: Calendar): Promise<boolean>;
  /** False when it is no more as it was read. */
  remove(seen: Calendar): Promise<boolean>;
  users(q: { tenant: string; calendarId: string; limit: number; from?: string }): Promise<IndexPage<TaskKey>>;
}

export type BulkJobKey = Pick<BulkJob, 'tenant' | 'id'>;
/** Bulk requests that one call could not carry out. */
export interface BulkJobs {
  read(key: BulkJobKey): Promise<BulkJob | undefined>;
  /** Replaces `over`, or makes a new one; false when it is not, or no more, as it was read. */
  put(job: BulkJob, over?: BulkJob): Promise<boolean>;
  /** Those that are not over, of all tenants, the oldest first; from the index (eventually consistent). */
  running(limit: number): Promise<BulkJobKey[]>;
}

/** Values that the tasks of a tenant share. */
export interface VariableStore {
  read(tenant: string): Promise<Record<string, unknown>>;
  /** `make` is called again whenever somebody else was faster; what it throws ends the change. */
  change(tenant: string, make: (values: Record<string, unknown>) => Record<string, unknown>): Promise<void>;
}

type FingerprintKey = Pick<IgnoredFingerprint, 'tenant' | 'queue' | 'fingerprint'>;

/** What people said of dead letters that does not stand in a run. */
export interface DeadLetterStore {
  readIgnored(key: FingerprintKey): Promise<IgnoredFingerprint | undefined>;
  /** Those of a queue, or of all, by queue and fingerprint. */
  listIgnored(q: {
    tenant: string;
    queue?: string;
    limit: number;
    from?: string;
  }): Promise<IndexPage<IgnoredFingerprint>>;
  /** Last writer wins. */
  ignore(rule: IgnoredFingerprint): Promise<void>;
  unignore(key: FingerprintKey): Promise<void>;
  /** `ttlAt`: until when it is of use. */
  putCanary(canary: Canary, ttlAt: EpochMs): Promise<void>;
  readCanary(tenant: string, id: string): Promise<Canary | undefined>;
}
