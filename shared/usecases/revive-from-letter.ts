import { SchedulerError } from '../domain/errors.ts';
import type { Execution } from '../domain/execution.ts';
import { revivedExecution } from '../domain/execution-admin.ts';
import { delaySeconds } from '../domain/task-transitions.ts';
import type { Letter } from '../messages.ts';
import type { Clock, ExecutionStore, TaskStore, WorkQueues } from '../ports.ts';

/**
 * Protocol A4: a dead letter that somebody moved to a work queue asks for its run to run again. Only key and
 * epoch are believed. Repeating is safe: one letter revives one death once; a letter of an earlier death does
 * nothing. Rejects when the hint could not be sent or a store is away; then the letter comes again.
 */
export async function reviveFromLetter(
  deps: { clock: Clock; tasks: TaskStore; executions: ExecutionStore; queues: WorkQueues },
  letter: Letter,
): Promise<string> {
  const key = { tenant: letter.tenant, taskId: letter.taskId, occurrence: letter.occurrence };
  const task = await deps.tasks.read(key);
  if (task === undefined || task.state.status === 'deleted') return 'letter of a deleted task';
  const seen = await deps.executions.read(key);
  if (seen === undefined) return 'letter of an unknown run';

  const change = revivedExecution(seen, {
    retryLimit: task.definition.retry.limit,
    generation: task.state.generation,
    queue: task.definition.queue,
    nowMs: deps.clock.nowMs(),
    epoch: letter.epoch,
  });
  const revived = change === 'refused' ? undefined : await deps.executions.update(key, change);
  const now = revived === undefined ? seen : revived.ok ? revived.record : revived.existing;
  // Waiting already: perhaps it was us, before a crash and without the hint.
  if (now === undefined || (now.status !== 'queued' && now.status !== 'retrying')) return 'stale letter';
  await hint(deps, now);
  return revived?.ok ? 'revived' : 'hinted again';
}

async function hint(deps: { clock: Clock; queues: WorkQueues }, run: Execution): Promise<void> {
  const { tenant, taskId, occurrence, queue } = run;
  const delay = run.nextAttemptAt === undefined ? 0 : delaySeconds(run.nextAttemptAt, deps.clock.nowMs());
  const message = { v: 1, kind: 'hint', tenant, taskId, occurrence } as const;
  const { failed } = await deps.queues.send([{ queue, hint: message, delaySeconds: delay }]);
  if (failed.length > 0) {
    throw new SchedulerError('unavailable', 'the work queue refused the hint', {
      retryAfterSeconds: 5,
      service: 'sqs',
    });
  }
}
