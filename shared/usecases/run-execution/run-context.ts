import type { Execution, ExecutionKey } from '../../domain/execution.ts';
import { executionId } from '../../domain/occurrence.ts';
import type { PreviousRun, TaskContext, UpstreamRun } from '../../domain/surroundings.ts';
import type { Task } from '../../domain/task.ts';
import { toIso } from '../../domain/time.ts';
import type { Surroundings } from '../../ports.ts';
import type { ExecutorDeps } from './context.ts';

/** What a run may look at besides itself. */

export const taskContextOf = ({ definition }: Task): TaskContext => ({
  id: definition.taskId,
  name: definition.name,
  handler: definition.handler,
  queue: definition.queue,
  tags: definition.tags,
  timeoutSeconds: definition.timeoutSeconds,
});

/** The run of the task that was claimed before this one; null when there was none or its record has expired. */
async function previousRunOf(deps: Stores, run: Execution): Promise<PreviousRun | null> {
  if (run.previous === undefined) return null;
  return lookAt(deps, { ...run, occurrence: run.previous });
}

/** The run whose outcome triggered this one, as it stands now; null when nothing did or its record has expired. */
async function upstreamOf(deps: Stores, { tenant, upstream }: Execution): Promise<UpstreamRun | null> {
  if (upstream === undefined) return null;
  const { taskId, occurrence, outcome } = upstream;
  const seen = await lookAt(deps, { tenant, taskId, occurrence });
  return seen && { ...seen, taskId, outcome };
}

type Stores = Pick<ExecutorDeps, 'executions'>;

async function lookAt({ executions }: Stores, key: ExecutionKey): Promise<PreviousRun | null> {
  const run = await executions.read(key);
  if (run === undefined) return null;
  const stored = run.status === 'success' && run.resultStored === true;
  const json = stored ? await executions.readDocument(run, 'result') : run.result;
  return {
    executionId: executionId(run),
    status: run.status,
    scheduledAt: toIso(run.scheduledAt),
    finishedAt: run.finishedAt === undefined ? null : toIso(run.finishedAt),
    result: json === undefined || run.status !== 'success' ? null : JSON.parse(json),
    errorType: run.errorType ?? null,
    errorMessage: run.errorMessage ?? null,
  };
}

export const surroundingsOf = (
  deps: Stores & Pick<ExecutorDeps, 'variables'>,
  run: Execution,
): Surroundings => ({
  previous: () => previousRunOf(deps, run),
  upstream: () => upstreamOf(deps, run),
  variables: () => deps.variables.read(run.tenant),
});
