import { deadlineSettled, isWatched, markedLate } from '../../domain/deadline.ts';
import { type Execution, isFinal } from '../../domain/execution.ts';
import { lateEvent } from '../../domain/lifecycle-event.ts';
import type { Events, ExecutionStore, TaskStore } from '../../ports.ts';

/**
 * A run whose deadline has passed: marked, told, and then no more looked at for it. Dying in between leaves the deadline
 * with the run, for whoever looks next; so it is told at least once, always under the same id. Of a paused task nothing
 * is said while the run has not ended. Resolves with the run as it stands then; rejects when the bus is away.
 */
export async function tellLate(
  deps: { tasks: TaskStore; executions: ExecutionStore; events: Events },
  seen: Execution,
  nowMs: number,
): Promise<Execution> {
  const write = async (change: ReturnType<typeof markedLate>): Promise<Execution | undefined> => {
    const outcome = await deps.executions.update(seen, change);
    return outcome.ok ? outcome.record : undefined;
  };
  const settle = async (run: Execution) =>
    (await write(deadlineSettled(run, nowMs))) ?? (await deps.executions.read(seen)) ?? run;

  if (!isFinal(seen.status) && !isWatched(await deps.tasks.read(seen))) return settle(seen);
  const late = seen.lateSince === undefined ? await write(markedLate(seen, nowMs)) : seen;
  if (late === undefined) return (await deps.executions.read(seen)) ?? seen;
  if (late.deadline?.notify) await deps.events.publish(lateEvent(late, late.deadline.at));
  return settle(late);
}
