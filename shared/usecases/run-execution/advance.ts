import type { ExecutionKey } from '../../domain/execution.ts';
import { taskEvent } from '../../domain/lifecycle-event.ts';
import type { OccurrencePlan } from '../../domain/misfire-plan.ts';
import { dueAtOf, scheduledOccurrence } from '../../domain/occurrence.ts';
import { isRecurring } from '../../domain/schedule.ts';
import type { Task } from '../../domain/task.ts';
import { advancedTask } from '../../domain/task-transitions.ts';
import { announce } from '../lifecycle-events/announce.ts';
import { type Delivery, type ExecutorDeps, hintAt } from './context.ts';
import { isExclusive } from './overlap.ts';

/**
 * ADVANCE past an occurrence with the plan's next one; true when we did it. `run` is the pointer of the run that
 * is thereby claimed. When the next occurrence is near its hint is ours to send; the run does not wait for that.
 */
export async function advance(
  deps: ExecutorDeps,
  key: ExecutionKey,
  task: Task,
  plan: OccurrencePlan,
  run: string | undefined,
  delivery: Delivery,
): Promise<boolean> {
  const nowMs = deps.clock.nowMs();
  const change = advancedTask(task.state, {
    scheduledAt: dueAtOf(key.occurrence),
    nextRunAt: plan.nextRunAt,
    definition: task.definition,
    nowMs,
    ...(run === undefined ? {} : { run }),
    exclusive: run !== undefined && isExclusive(task),
    missed: plan.missed,
  });
  const advanced = await deps.tasks.update(key, change);
  if (!advanced.ok) return false;
  // That a one-time task is completed says nothing that the end of its run does not say.
  if (plan.nextRunAt === null && isRecurring(task.definition.schedule)) {
    const completed = taskEvent('task.completed', { ...task, state: advanced.record }, nowMs);
    delivery.alongside(announce(deps, completed));
  }
  if (plan.nextRunAt !== null && change.set.index?.set === 'hot') {
    const next = { ...key, occurrence: scheduledOccurrence(plan.nextRunAt) };
    delivery.alongside(hintAt(deps, next, { queue: task.definition.queue, at: plan.nextRunAt }));
  }
  return true;
}
