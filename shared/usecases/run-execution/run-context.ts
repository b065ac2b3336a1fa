import type { PreviousRun, TaskContext } from '../../contract/handler.ts';
import type { Execution } from '../../domain/execution.ts';
import { executionId } from '../../domain/occurrence.ts';
import type { Task } from '../../domain/task.ts';
import { toIso } from '../../domain/time.ts';
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
export async function previousRunOf(
  { executions }: Pick<ExecutorDeps, 'executions'>,
  run: Execution,
): Promise<PreviousRun | null> {
  if (run.previous === undefined) return null;
  const previous = await executions.read({ ...run, occurrence: run.previous });
  if (previous === undefined) return null;
  const json =
    previous.status !== 'success'
      ? undefined
      : previous.resultStored
        ? await executions.readDocument(previous, 'result')
        : previous.result;
  return {
    executionId: executionId(previous),
    status: previous.status,
    scheduledAt: toIso(previous.scheduledAt),
    finishedAt: previous.finishedAt === undefined ? null : toIso(previous.finishedAt),
    result: json === undefined ? null : JSON.parse(json),
  };
}
