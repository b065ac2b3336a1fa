import type { ExecutionPayloadWire } from '../../contract/execution.ts';
import { SchedulerError } from '../../domain/errors.ts';
import type { Principal } from '../../domain/principal.ts';
import { storedPayload } from '../dead-letter/edited-payload.ts';
import { type ManageRunsDeps, requireRun, runKey } from './context.ts';

/** What the next attempt of a run would be given, with its templates as they are written. */
export async function payloadOfRun(
  deps: Pick<ManageRunsDeps, 'executions' | 'tasks'>,
  principal: Principal,
  id: string,
): Promise<ExecutionPayloadWire> {
  const run = await requireRun(deps, runKey(principal, id));
  const own = await storedPayload(deps, run);
  if (own !== undefined) return { payload: JSON.parse(own), source: 'execution' };
  const task = run.payloadStored ? undefined : await deps.tasks.read(run);
  if (task && task.state.status !== 'deleted')
    return { payload: JSON.parse(task.definition.payload), source: 'task' };
  const gone = run.payloadStored
    ? 'The payload given with the trigger is not stored any more'
    : 'The run used the payload of its task, which has been deleted';
  throw new SchedulerError('not-found', gone, { resource: 'payload', id });
}
