import type { EpochMs } from './time.ts';

/** What a tenant may have at most; absent: as much as the deployment carries. */
export interface TenantLimits {
  /** Tasks that are not deleted. */
  maxTasks?: number;
  /** Runs at the same time; further ones wait for their turn. */
  maxConcurrency?: number;
  /** Requests to the API in each minute of the clock. */
  ratePerMinute?: number;
}

export interface TenantSettings extends TenantLimits {
  id: string;
  name?: string;
  createdAt: EpochMs;
  createdBy: string;
  updatedAt: EpochMs;
}

export interface Tenant extends TenantSettings {
  /** Counted with each task that is made and deleted. */
  tasks: number;
}

/** The semaphore of all its runs; no task can name it. */
export const TENANT_SEMAPHORE = '*';
