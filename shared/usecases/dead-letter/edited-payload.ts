import type { HandlerRegistry } from '../../contract/handler.ts';
import { mergePatch } from '../../contract/merge-patch.ts';
import { payloadProblems, payloadSizeProblems } from '../../contract/payload.ts';
import { type FieldProblem, SchedulerError } from '../../domain/errors.ts';
import type { Execution } from '../../domain/execution.ts';
import { executionId } from '../../domain/occurrence.ts';
import type { Task } from '../../domain/task.ts';
import type { ExecutionStore } from '../../ports.ts';
import { runConflict } from '../manage-runs/context.ts';
import type { Edit } from './revive.ts';

/** Of a payload that somebody gives a run instead of the task's own. */
export async function problemsOfPayload(
  { handlers }: { handlers: HandlerRegistry },
  { definition }: Task,
  serialized: string,
): Promise<FieldProblem[]> {
  const handler = handlers.get(definition.handler);
  if (!handler && !definition.target)
    return [{ path: 'payload', message: `handler ${definition.handler} is not registered any more` }];
  return [...payloadSizeProblems(serialized), ...(await payloadProblems(handler, JSON.parse(serialized)))];
}

export const replacedBy =
  (payload: unknown): Edit =>
  async () =>
    JSON.stringify(payload);

/** What a run was given instead of the payload of its task. */
export const storedPayload = async (
  { executions }: { executions: ExecutionStore },
  run: Execution,
): Promise<string | undefined> => (run.payloadStored ? executions.readDocument(run, 'payload') : run.payload);

/** A merge patch of what the run had, or else of what its task has now. */
export const patchedBy =
  (deps: { executions: ExecutionStore }, patch: unknown): Edit =>
  async ({ definition }, seen) => {
    const own = await storedPayload(deps, seen);
    const had = own ?? (seen.payloadStored ? undefined : definition.payload);
    if (had !== undefined) return JSON.stringify(mergePatch(JSON.parse(had), patch));
    const message = 'The payload given with the trigger is not stored any more';
    throw runConflict(executionId(seen), seen.status, 'retry', message);
  };

/** Refused as a trigger with this payload would be. */
export const checked =
  (deps: { handlers: HandlerRegistry }, edit: Edit): Edit =>
  async (task, seen) => {
    const payload = await edit(task, seen);
    const errors = await problemsOfPayload(deps, task, payload);
    if (errors.length === 0) return payload;
    throw new SchedulerError('validation-failed', 'The payload is not valid: see errors', { errors });
  };
