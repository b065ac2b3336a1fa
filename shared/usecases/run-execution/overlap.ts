import { type Execution, type ExecutionKey, isFinal } from '../../domain/execution.ts';
import { parseRunPointer } from '../../domain/occurrence.ts';
import type { Task } from '../../domain/task.ts';
import type { ExecutionStore } from '../../ports.ts';

export const isExclusive = (task: Task): boolean => task.definition.overlap !== 'allow';

/**
 * PREV: the run that the task's pointer names, if it still lives and is another one. A later epoch means that a
 * person revived it and nobody has claimed it since: the run we point to is over.
 */
export async function livePrevious(
  executions: ExecutionStore,
  task: Task,
  key: ExecutionKey,
): Promise<Execution | undefined> {
  if (task.state.run === undefined) return undefined;
  const { occurrence, epoch } = parseRunPointer(task.state.run);
  if (occurrence === key.occurrence) return undefined;
  const previous = await executions.read({ tenant: key.tenant, taskId: key.taskId, occurrence });
  if (previous === undefined || isFinal(previous.status) || previous.epoch !== epoch) return undefined;
  return previous;
}
