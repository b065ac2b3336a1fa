import type { Heartbeat } from '../../shared/ports.ts';
import type { EndCounter } from '../../shared/stats-ports.ts';
import type { AuditDeps } from '../../shared/usecases/audit/record.ts';
import type { BulkDeps } from '../../shared/usecases/bulk/context.ts';
import type { ExplainDeps } from '../../shared/usecases/explain.ts';
import type { LookAtQueuesDeps } from '../../shared/usecases/look-at-queues.ts';
import type { LookAtStatsDeps } from '../../shared/usecases/look-at-stats.ts';
import type { HandOffDeps } from '../../shared/usecases/manage-runs/hand-off.ts';
import type { ManageTasksDeps } from '../../shared/usecases/manage-tasks/context.ts';
import type { ManageTenantsDeps } from '../../shared/usecases/manage-tenants.ts';
import type { ManageTokensDeps } from '../../shared/usecases/manage-tokens.ts';
import type { ManageVariablesDeps } from '../../shared/usecases/manage-variables.ts';
import type { SteerQueueDeps } from '../../shared/usecases/steer-queue.ts';

/** Everything that the API needs of the outside. */
export interface ApiDeps
  extends ManageTasksDeps,
    HandOffDeps,
    SteerQueueDeps,
    LookAtQueuesDeps,
    LookAtStatsDeps,
    ManageVariablesDeps,
    ManageTokensDeps,
    ManageTenantsDeps,
    ExplainDeps,
    AuditDeps,
    Omit<BulkDeps, 'queues'> {
  heartbeat: Heartbeat;
  /** What counts the ends of runs. */
  ends: EndCounter;
  version: string;
}
