import { type Execution, type ExecutionKey, isFinal } from '../../domain/execution.ts';
import { revivedExecution } from '../../domain/execution-admin.ts';
import { executionId } from '../../domain/occurrence.ts';
import type { Task } from '../../domain/task.ts';
import {
  type ManageRunsDeps,
  requireRun,
  runConflict,
  sendRunHint,
  untilWritten,
} from '../manage-runs/context.ts';
import { payloadKeptUntil } from '../manage-runs/insert-run.ts';

export type ReviveDeps = Pick<
  ManageRunsDeps,
  'clock' | 'log' | 'tasks' | 'executions' | 'workQueues' | 'retentionMs'
>;

/** The payload that the run is to have from now on, serialized. */
export type Edit = (task: Task, seen: Execution) => Promise<string>;

export interface Revival {
  /** Throws when it is not what was asked for. */
  require?(seen: Execution): void;
  edit?: Edit | undefined;
  /** Of this death only. */
  epoch?: number;
  /** Nobody has put it away: whoever asked for it said so a while ago. */
  whileOpen?: boolean;
  /** Others follow its success. */
  canary?: string;
}

/**
 * Dead, cancelled or skipped runs again under the same id. An edited payload that is large is written first, beside the
 * run: dying in between leaves it to whoever retries the run next.
 */
export function reviveRun(deps: ReviveDeps, key: ExecutionKey, q: Revival): Promise<Execution> {
  const id = executionId(key);
  return untilWritten(id, 'retry', async () => {
    const seen = await requireRun(deps, key);
    q.require?.(seen);
    if (q.whileOpen && seen.resolution !== undefined)
      throw runConflict(id, 'changed', 'retry', `It was ${seen.resolution.kind} meanwhile`);
    // The task is read after the run: its generation is what the run will be permitted under.
    const task = await deps.tasks.read(key);
    if (!task || task.state.status === 'deleted')
      throw runConflict(id, seen.status, 'retry', 'The task of this execution has been deleted');
    const payload = await q.edit?.(task, seen);
    const nowMs = deps.clock.nowMs();
    const { epoch } = q;
    const change = revivedExecution(seen, {
      retryLimit: task.definition.retry.limit,
      generation: task.state.generation,
      queue: task.definition.queue,
      nowMs,
      payload,
      canary: q.canary,
      whileOpen: q.whileOpen,
      ...(epoch === undefined ? {} : { epoch }),
    });
    if (change === 'refused') {
      const why = !isFinal(seen.status)
        ? 'it has not ended'
        : epoch === undefined
          ? 'it succeeded'
          : 'it ran since';
      throw runConflict(id, seen.status, 'retry', `The execution cannot run again: ${why} (${seen.status})`);
    }
    if (payload !== undefined && change.set.payloadStored)
      await deps.executions.putDocument(key, 'payload', payload, payloadKeptUntil(nowMs, deps.retentionMs));
    const outcome = await deps.executions.update(key, change);
    if (!outcome.ok) return undefined;
    await sendRunHint(deps, outcome.record, nowMs);
    return outcome.record;
  });
}
