import type { Execution, ExecutionKey, Trigger } from '../../domain/execution.ts';
import { manualExecution, unlessPaused } from '../../domain/execution-births.ts';
import { MAX_RETRY_DELAY_SECONDS, MAX_RETRY_LIMIT } from '../../domain/limits.ts';
import type { Task } from '../../domain/task.ts';
import { type DurationMs, type EpochMs, SECOND_MS } from '../../domain/time.ts';
import { type ManageRunsDeps, sendRunHint } from './context.ts';

/** The longest that a run can go on under any retry policy: its payload must outlive it. */
const LONGEST_RUN_MS = MAX_RETRY_LIMIT * MAX_RETRY_DELAY_SECONDS * SECOND_MS;
export const payloadKeptUntil = (from: EpochMs, retentionMs: DurationMs): EpochMs =>
  from + LONGEST_RUN_MS + 2 * retentionMs;

/**
 * A large payload is written first, beside the run: dying in between leaves a document that expires, never a run
 * without its payload. What stands under the key already is the answer.
 */
export async function insertRun(
  deps: Pick<ManageRunsDeps, 'clock' | 'log' | 'executions' | 'workQueues' | 'retentionMs'>,
  task: Task,
  key: ExecutionKey,
  q: { trigger: Trigger; nowMs: EpochMs; payload?: string; causedBy?: string; hops?: number },
): Promise<Execution> {
  const asked = manualExecution(task, key, q);
  const run = q.trigger === 'event' ? unlessPaused(task, asked, { ...q, ...deps }) : asked;
  if (run.payloadStored && q.payload !== undefined) {
    const from = Math.max(run.scheduledAt, q.nowMs);
    await deps.executions.putDocument(key, 'payload', q.payload, payloadKeptUntil(from, deps.retentionMs));
  }
  const outcome = await deps.executions.insert(run);
  if (!outcome.ok) return outcome.existing ?? run;
  if (run.status === 'queued') await sendRunHint(deps, run, run.scheduledAt);
  return outcome.record;
}
