import type { BulkJobs } from '../../tenant-ports.ts';
import type { AuditDeps } from '../audit/record.ts';
import type { ManageRunsDeps } from '../manage-runs/context.ts';
import type { SteerTasksDeps } from '../manage-tasks/context.ts';

export interface BulkDeps extends SteerTasksDeps, ManageRunsDeps, AuditDeps {
  bulkJobs: BulkJobs;
  /** Names of the queues that there are. */
  queues: readonly string[];
}
