import { executionToWire } from '../../contract/execution-wire.ts';
import { taskToWire } from '../../contract/task-wire.ts';
import { TASK_ID } from '../../contract/text.ts';
import { type BulkAction, type BulkOutcome, isPossibleOn, isRunAction } from '../../domain/bulk.ts';
import { isCode, SchedulerError } from '../../domain/errors.ts';
import { parseExecutionId } from '../../domain/occurrence.ts';
import type { Principal } from '../../domain/principal.ts';
import type { EpochMs } from '../../domain/time.ts';
import { type Intent, recorded } from '../audit/record.ts';
import { cancelRun, retryRun } from '../manage-runs/steer-run.ts';
import { triggerRun } from '../manage-runs/trigger-run.ts';
import { notFound } from '../manage-tasks/context.ts';
import { deleteTask, pauseTask, resumeTask } from '../manage-tasks/steer-task.ts';
import type { BulkDeps } from './context.ts';

export interface HowToAct {
  dryRun?: boolean;
  /** What asked for it, for the audit trail. */
  requestId: string;
  /** Of a job, which selected the item a while ago. */
  job?: { id: string; createdAt: EpochMs };
}

/** One item by the rules of its own endpoint; whatever goes wrong is its outcome. */
export async function carryOut(
  deps: BulkDeps,
  principal: Principal,
  action: BulkAction,
  id: string,
  { dryRun = false, requestId, job }: HowToAct,
): Promise<BulkOutcome> {
  const noted = { wrote: false };
  try {
    const change = () => act(withWritesNoted(deps, noted, dryRun), principal, action, id, job);
    if (dryRun) await change();
    else {
      const intent = await intentOf(deps, principal, action, id);
      await recorded(deps, { ...intent, requestId }, change, (after) => ({ after, changed: noted.wrote }));
    }
    // A job triggers a task once, also when it comes to it twice.
    const isDone = noted.wrote || (action === 'trigger' && job !== undefined);
    return { id, outcome: isDone ? 'done' : 'unchanged' };
  } catch (error) {
    if (error instanceof WouldWrite) return { id, outcome: 'done' };
    if (job && hasMovedOn(action, error)) return { id, outcome: 'unchanged' };
    return { id, outcome: 'failed', problem: problemOf(deps, error) };
  }
}

/** As the endpoint of the one would have it in the audit trail. */
async function intentOf(
  deps: BulkDeps,
  principal: Principal,
  action: BulkAction,
  id: string,
): Promise<Omit<Intent, 'requestId'>> {
  const { tenant, actor } = principal;
  if (isRunAction(action)) {
    const key = parseExecutionId(id);
    const run = key && (await deps.executions.read({ tenant, ...key }));
    const before = run && executionToWire(run);
    return { tenant, actor, action: `execution.${action}`, resource: `executions/${id}`, before };
  }
  const task = TASK_ID.test(id) ? await deps.tasks.read({ tenant, taskId: id }) : undefined;
  const isThere = task !== undefined && task.state.status !== 'deleted' && action !== 'trigger';
  const before = isThere ? taskToWire(task, undefined) : undefined;
  return { tenant, actor, action: `task.${action}`, resource: `tasks/${id}`, before };
}

/** What the endpoint of the one would show of it then. */
async function act(
  deps: BulkDeps,
  principal: Principal,
  action: BulkAction,
  id: string,
  job: HowToAct['job'],
): Promise<unknown> {
  if (!isRunAction(action) && !TASK_ID.test(id)) notFound({ tenant: principal.tenant, taskId: id });
  switch (action) {
    case 'pause':
      return taskToWire(await pauseTask(deps, principal, id, {}), undefined);
    case 'resume':
      return taskToWire(await resumeTask(deps, principal, id, {}), undefined);
    case 'delete':
      return deleteTask(deps, principal, id, {});
    case 'trigger':
      return executionToWire((await triggerRun(deps, principal, id, {}, job && `bulk-${job.id}`)).run);
    case 'cancel':
      return executionToWire(await cancelRun(deps, principal, id));
    case 'retry':
      return executionToWire(await retryRun(deps, principal, id, job ? { endedBy: job.createdAt } : {}));
  }
}

class WouldWrite extends Error {}

/** The very same rules for a dry run: it goes as far as to the first write. */
function withWritesNoted(deps: BulkDeps, noted: { wrote: boolean }, dryRun: boolean): BulkDeps {
  const noting =
    <A extends unknown[], R extends { ok: boolean }>(write: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      if (dryRun) throw new WouldWrite();
      const outcome = await write(...args);
      if (outcome.ok) noted.wrote = true;
      return outcome;
    };
  const { tasks, executions, semaphores } = deps;
  return {
    ...deps,
    tasks: { ...tasks, update: noting(tasks.update), replace: noting(tasks.replace) },
    executions: { ...executions, insert: noting(executions.insert), update: noting(executions.update) },
    semaphores: { ...semaphores, update: noting(semaphores.update) },
  };
}

/** It is not any more what it was selected as: somebody else, or this job before it died, has seen to it. */
const hasMovedOn = (action: BulkAction, error: unknown): boolean =>
  isCode(error, 'not-found') ||
  (isCode(error, 'state-conflict') &&
    error.details.status !== 'changing' &&
    !isPossibleOn(action, error.details.status));

function problemOf({ log }: BulkDeps, error: unknown): { code: string; detail: string } {
  if (error instanceof SchedulerError) return { code: error.code, detail: error.message };
  log.error('an item of a bulk request failed', {}, error);
  return { code: 'internal', detail: 'Something went wrong here; the log says what' };
}
