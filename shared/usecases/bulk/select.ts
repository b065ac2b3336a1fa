import {
  type BulkAction,
  type BulkFilter,
  isRunAction,
  runStatuses,
  taskStatuses,
} from '../../domain/bulk.ts';
import type { Execution } from '../../domain/execution.ts';
import { executionId } from '../../domain/occurrence.ts';
import type { Principal } from '../../domain/principal.ts';
import type { EpochMs } from '../../domain/time.ts';
import { pageOfRuns } from '../manage-runs/look-at-runs.ts';
import { pageOfTasks } from '../manage-tasks/look-at-tasks.ts';
import type { BulkDeps } from './context.ts';

export interface Selection {
  action: BulkAction;
  filter: BulkFilter;
  /** What came later is not meant. */
  at: EpochMs;
  /** Runs that were asked to stop are not asked once more. */
  again?: boolean;
}

/** A page of ids that the filter takes; it may be empty and yet not the last. */
export async function selectPage(
  deps: Pick<BulkDeps, 'listings' | 'queues'>,
  principal: Principal,
  { action, filter, at, again = false }: Selection,
  { limit, cursor }: { limit: number; cursor: string | undefined },
): Promise<{ ids: string[]; cursor: string | null }> {
  const { status: _, ...rest } = filter;
  const page = { ...rest, limit, cursor };
  if (isRunAction(action)) {
    const status = runStatuses(action, filter);
    if (status.length === 0) return { ids: [], cursor: null };
    const isMeant = (run: Execution) =>
      action === 'cancel'
        ? !(again && run.cancelRequested)
        : (run.finishedAt ?? run.scheduledAt) <= at && run.resolution === undefined;
    const { items, nextCursor } = await pageOfRuns(deps, principal, deps.queues, { ...page, status });
    return { ids: items.filter(isMeant).map(executionId), cursor: nextCursor };
  }
  const status = taskStatuses(action, filter);
  if (status.length === 0) return { ids: [], cursor: null };
  const { items, nextCursor } = await pageOfTasks(deps, principal, { ...page, status });
  const meant = items.filter(({ state, definition }) => !definition.system && state.createdAt <= at);
  return { ids: meant.map(({ state }) => state.taskId), cursor: nextCursor };
}
