import type { Execution } from '../../domain/execution.ts';
import { evaluateExpression } from '../../domain/json-expression.ts';
import { MAX_ATTEMPT_MESSAGE_CHARS } from '../../domain/limits.ts';
import { uncountedEnd } from '../../domain/stop-rules.ts';
import type { Task } from '../../domain/task.ts';
import type { ExecutionStore, Log } from '../../ports.ts';
import { taskContextOf } from '../run-execution/run-context.ts';

/**
 * What FIN writes of a success for the stop rules. The condition is asked here, with the result at hand, and its
 * answer goes into the run: counting it later takes no evaluation. One that cannot be asked does not hold, and says so.
 */
export async function markedSuccess(
  deps: { executions: ExecutionStore; log: Log },
  { run, task }: { run: Execution; task: Task },
  result: unknown,
): Promise<Pick<Execution, 'tally' | 'stopError'>> {
  const { stop } = task.definition;
  if (stop?.when === undefined) return uncountedEnd(run, stop, { success: true });
  try {
    const payload = await payloadText(deps, run, task);
    const input = { result: result ?? null, payload: JSON.parse(payload), task: taskContextOf(task) };
    const holds = (await evaluateExpression(stop.when, input)) === true;
    return uncountedEnd(run, stop, { success: true, holds });
  } catch (error) {
    const stopError = (error instanceof Error ? error.message : String(error)).slice(
      0,
      MAX_ATTEMPT_MESSAGE_CHARS,
    );
    deps.log.warn('stop condition not asked', { taskId: run.taskId, error: stopError });
    return { ...uncountedEnd(run, stop, { success: true }), stopError };
  }
}

/** As it was written, before anything was filled in. */
const payloadText = async (
  { executions }: { executions: ExecutionStore },
  run: Execution,
  task: Task,
): Promise<string> =>
  (run.payloadStored ? await executions.readDocument(run, 'payload') : run.payload) ??
  task.definition.payload;
