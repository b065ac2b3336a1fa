import { createHash } from 'node:crypto';
import type { CreateMessage } from '../../contract/inbox.ts';
import { readTaskInput } from '../../contract/task-input.ts';
import { taskToWire } from '../../contract/task-wire.ts';
import { SchedulerError } from '../../domain/errors.ts';
import { recorded } from '../audit/record.ts';
import { inputContext, invalid, keyOf, requireMayChange } from '../manage-tasks/context.ts';
import { insertTask } from '../manage-tasks/create-task.ts';
import { queuesInForce } from '../queue-settings/settings.ts';
import { type InboxDeps, senderOf } from './context.ts';

/**
 * A task of the message's id, if none was named: the same message finds what it has made, also when somebody has
 * deleted it since, and `createdBy` tells it from what others have made.
 */
export async function createByMessage(
  deps: InboxDeps,
  { id, taskId = taskIdOf(id), task: body }: CreateMessage,
  requestId: string,
): Promise<{ taskId: string; isNew: boolean }> {
  const sender = senderOf(id);
  const key = keyOf(sender, taskId);
  const standing = await deps.tasks.readState(key);
  if (standing?.createdBy === sender.actor) return { taskId, isNew: false };
  if (standing && standing.status !== 'deleted')
    throw new SchedulerError('already-exists', `There is a task ${taskId} already`, {
      resource: 'task',
      id: taskId,
    });
  const nowMs = deps.clock.nowMs();
  const queues = await queuesInForce(deps);
  const read = await readTaskInput(body, inputContext(deps, queues, key, nowMs));
  if (!read.ok) throw invalid(read.errors);
  requireMayChange(sender, read.definition);
  const { tenant, actor } = sender;
  await recorded(
    deps,
    { tenant, actor, action: 'task.create', resource: `tasks/${taskId}`, requestId },
    async () => {
      const task = await insertTask(deps, queues, sender, read, nowMs, standing);
      if (task) return task;
      // Somebody was faster, perhaps the same message: it comes again and finds out.
      throw new Error(`task ${taskId} is being made at the same time`);
    },
    (task) => ({ after: taskToWire(task, undefined) }),
  );
  return { taskId, isNew: true };
}

const taskIdOf = (id: string): string =>
  `event-${createHash('sha256').update(id).digest('base64url').slice(0, 22)}`;
