import type { RunEnd } from './domain/run-end.ts';
import type { Interval, Marks } from './domain/stats-time.ts';
import type { Summary } from './domain/summary.ts';
import type { EpochMs } from './domain/time.ts';
import type { IndexPage } from './ports.ts';

/** What statistics need of the outside (docs/stats.md), with the guarantees that every implementation gives. */

/** Gathers what ended in memory. What dies with its process is not counted. */
export interface EndCounter {
  count(ends: readonly RunEnd[]): void;
  /** Writes what was gathered since the last time, if anything, as one item; never rejects. */
  flush(): Promise<void>;
}

/** What ended in one batch of an executor, or in one request. */
export interface EndBatch {
  minute: EpochMs;
  ends: RunEnd[];
}

/** Of one tenant. */
export interface SummaryAt {
  at: EpochMs;
  summary: Summary;
}

/** Everything since the beginning. */
export interface Total {
  /** Hours that begin before this one are in it. */
  until: EpochMs;
  summary: Summary;
}

/** All reads are strongly consistent. What is kept leaves by its age. */
export interface StatsStore {
  /** Never replaces another batch; the same one again (after a lost answer) is there once. */
  append(batch: EndBatch): Promise<void>;
  /** Of all tenants, with from ≤ minute < to, by minute. */
  batches(q: { from: EpochMs; to: EpochMs; after?: string }): Promise<IndexPage<EndBatch>>;
  /** Replaces what was there: summed up again, it is the same. */
  put(interval: Interval, tenant: string, entry: SummaryAt): Promise<void>;
  /** One tenant's with from ≤ at < to, by time. Reads an item an interval and asks once an hour, a day, or at all. */
  read(interval: Interval, tenant: string, q: { from: EpochMs; to: EpochMs }): Promise<SummaryAt[]>;
  /** Minutes of an hour, or hours of a day, of all tenants; the tenants one after the other. */
  readAll(
    interval: 'minute' | 'hour',
    within: EpochMs,
    after?: string,
  ): Promise<IndexPage<SummaryAt & { tenant: string }>>;
  total(tenant: string): Promise<Total | undefined>;
  /** Conditional: false when somebody else wrote since `seen` was read. */
  putTotal(tenant: string, seen: Total | undefined, next: Total): Promise<boolean>;
  marks(): Promise<Marks | undefined>;
  /** Conditional in the same way. */
  move(seen: Marks | undefined, next: Marks): Promise<boolean>;
}
