import { isLateUnclaimed, toldUnclaimed } from '../../domain/deadline.ts';
import { lateUnclaimedEvent } from '../../domain/lifecycle-event.ts';
import { scheduledOccurrence } from '../../domain/occurrence.ts';
import { type EpochMs, SECOND_MS } from '../../domain/time.ts';
import type { DueEntry, Events, ExecutionStore, Log, TaskStore } from '../../ports.ts';

/**
 * An occurrence is late and nobody has claimed it: it is told, and then its task says so, since there is no run yet that
 * could. Dying in between tells it again under the same id. Once there is a run that is the run's own matter. Never
 * rejects: it comes up again as long as it is due.
 */
export async function tellUnclaimed(
  deps: { tasks: TaskStore; executions: ExecutionStore; events: Events; log: Log },
  entry: DueEntry,
  nowMs: EpochMs,
): Promise<void> {
  try {
    const task = await deps.tasks.read(entry);
    const deadline = task?.definition.deadline;
    if (task === undefined || deadline === undefined || !isLateUnclaimed(task, entry.at, nowMs)) return;
    const key = { ...entry, occurrence: scheduledOccurrence(entry.at) };
    if (await deps.executions.read(key)) return;
    const missed = entry.at + deadline.seconds * SECOND_MS;
    if (deadline.notify) await deps.events.publish(lateUnclaimedEvent(task, key, missed));
    await deps.tasks.update(entry, toldUnclaimed(task.state, entry.at));
  } catch (error) {
    deps.log.error('late occurrence not told of; it comes up again', { taskId: entry.taskId }, error);
  }
}
