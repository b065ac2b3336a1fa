import { canaryTasks } from '../domain/canary.ts';
import { intervalFrom } from '../domain/interval.ts';
import { HOT_WINDOW_MS } from '../domain/limits.ts';
import { shardOf } from '../domain/shard-of.ts';
import { createdTask, deletedTask, editedDefinition } from '../domain/task-transitions.ts';
import type { Clock, Log, TaskStore } from '../ports.ts';

/**
 * Makes the canary's tasks when they are wanted and not there, moves them to another queue, and deletes them when they
 * are not wanted. One that a person paused stays paused. Every write is conditional: two ticks at once do no harm, and
 * what one could not finish the next one does.
 */
export async function keepCanary(
  deps: { clock: Clock; tasks: TaskStore; log: Log; shards: number },
  /** undefined: no canary. */
  queue: string | undefined,
): Promise<void> {
  const nowMs = deps.clock.nowMs();
  for (const definition of canaryTasks(queue ?? 'default')) {
    const { taskId } = definition;
    const state = await deps.tasks.readState(definition);
    const absent = state === undefined || state.status === 'deleted';
    if (queue === undefined) {
      if (absent) continue;
      const gone = deletedTask(state, { ...definition, definitionVersion: state.definitionVersion }, nowMs);
      await deps.tasks.replace(definition, gone.change, gone.definition);
      deps.log.info('canary removed', { taskId });
    } else if (absent) {
      // Beyond the hot window, so that the tick sends the first hint as well as every other.
      const nextRunAt = intervalFrom(definition.schedule, nowMs + HOT_WINDOW_MS + 1);
      const shard = state?.shard ?? shardOf(definition.tenant, taskId, deps.shards);
      const over = state === undefined ? {} : { over: state };
      const task = createdTask({ definition, shard, nextRunAt, nowMs, createdBy: 'escapement', ...over });
      await deps.tasks.create(task, state);
      deps.log.info('canary made', { taskId });
    } else if (isElsewhere(state.index, queue)) {
      const moved = editedDefinition(state, definition, nowMs);
      await deps.tasks.replace(definition, moved.change, moved.definition);
      deps.log.info('canary moved', { taskId, queue });
    }
  }
}

const isElsewhere = (index: { set: string; queue?: string } | undefined, queue: string): boolean =>
  (index?.set === 'due' || index?.set === 'hot') && index.queue !== queue;
