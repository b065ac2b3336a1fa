import { createHash } from 'node:crypto';
import { type NewDefinition, readTaskInput } from '../../contract/task-input.ts';
import { calendarsOf } from '../../domain/calendar.ts';
import { SchedulerError } from '../../domain/errors.ts';
import { IDEMPOTENCY_KEPT_MS } from '../../domain/limits.ts';
import { firstRunAt } from '../../domain/next-occurrence.ts';
import type { Principal } from '../../domain/principal.ts';
import type { QueueInForce } from '../../domain/queue-settings.ts';
import type { Timetable } from '../../domain/schedule.ts';
import { shardOf } from '../../domain/shard-of.ts';
import type { Task, TaskKey, TaskState } from '../../domain/task.ts';
import { createdTask } from '../../domain/task-transitions.ts';
import type { EpochMs } from '../../domain/time.ts';
import { queuesInForce, requireRoom } from '../queue-settings/settings.ts';
import {
  conflict,
  inputContext,
  invalid,
  keyOf,
  type ManageTasksDeps,
  readLive,
  requireMayChange,
  requireSoundChain,
  sendDueHint,
} from './context.ts';

/**
 * POST. With an Idempotency-Key the id is settled under the key before the task is written: whoever repeats the
 * request, also after a crash in between, writes or finds that one task. Dying after the write and before the
 * hint makes the first run late by a tick.
 */
export async function createTask(
  deps: ManageTasksDeps,
  principal: Principal,
  body: unknown,
  idempotencyKey: string | undefined,
): Promise<{ task: Task; created: boolean }> {
  const nowMs = deps.clock.nowMs();
  const request = idempotencyKey === undefined ? undefined : { key: idempotencyKey, hash: hashOf(body) };
  const own = keyOf(principal, deps.ids.ulid(nowMs));
  const queues = await queuesInForce(deps);
  let read = await readTaskInput(body, inputContext(deps, queues, own, nowMs));
  if (!read.ok) {
    // What was right then may be wrong now, such as an instant that has passed: a repetition is answered all the same.
    const earlier = request && (await settle(deps, own, request, nowMs - 1_000));
    const made = earlier && earlier.taskId !== own.taskId && (await deps.tasks.read(earlier));
    // Its process may have died between key and task: nothing was made, and now nothing can be.
    if (!made) throw invalid(read.errors);
    return { task: made.state.status === 'deleted' ? gone(earlier) : made, created: false };
  }
  requireMayChange(principal, read.definition);
  const key = request ? await settle(deps, own, request, nowMs + IDEMPOTENCY_KEPT_MS) : own;
  if (key.taskId !== own.taskId) {
    const existing = await deps.tasks.read(key);
    if (existing) return { task: existing.state.status === 'deleted' ? gone(key) : existing, created: false };
    read = await readTaskInput(body, inputContext(deps, queues, key, nowMs));
    if (!read.ok) throw invalid(read.errors);
  }
  const task = await insertTask(deps, queues, principal, read, nowMs);
  if (task) return { task, created: true };
  return { task: (await readLive(deps, key)) ?? gone(key), created: false };
}

/** undefined when a task of this id stands already, or `over` does not any more. */
export async function insertTask(
  deps: Pick<ManageTasksDeps, 'clock' | 'log' | 'tasks' | 'workQueues' | 'queueInspector' | 'shards'>,
  queues: Readonly<Record<string, QueueInForce>>,
  principal: Principal,
  { definition, timetable }: { definition: NewDefinition; timetable: Timetable },
  nowMs: EpochMs,
  over?: TaskState,
): Promise<Task | undefined> {
  await requireSoundChain(deps, definition);
  await requireRoom(deps, definition.queue, queues[definition.queue]);
  const task = newTask(deps, principal, { definition, timetable }, nowMs, over);
  const outcome = await deps.tasks.create(task, over);
  if (!outcome.ok && outcome.existing === undefined && calendarsOf(definition.schedule).length > 0)
    throw conflict(
      task.state,
      'changing',
      'create',
      'A calendar of its schedule has just been deleted; try again',
    );
  if (!outcome.ok) return undefined;
  await sendDueHint(deps, task.state, definition.queue);
  return task;
}

/** `over`: the deleted one that it takes the place of. */
export const newTask = (
  { shards }: Pick<ManageTasksDeps, 'shards'>,
  principal: Principal,
  { definition, timetable }: { definition: NewDefinition; timetable: Timetable },
  nowMs: EpochMs,
  over?: TaskState,
): Task =>
  createdTask({
    definition,
    shard: over?.shard ?? shardOf(definition.tenant, definition.taskId, shards),
    nextRunAt: firstRunAt(timetable, nowMs),
    nowMs,
    createdBy: principal.actor,
    ...(over ? { over } : {}),
  });

/** The id that this key stands for; ours when the key is new. One that has expired already only looks. */
async function settle(
  deps: ManageTasksDeps,
  own: TaskKey,
  request: { key: string; hash: string },
  expiresAt: EpochMs,
): Promise<TaskKey> {
  const { tenant, taskId } = own;
  const standing = await deps.idempotency.remember({
    tenant,
    scope: 'create-task',
    key: request.key,
    record: { requestHash: request.hash, value: taskId },
    expiresAt,
  });
  if (standing.requestHash === request.hash) return { tenant, taskId: standing.value };
  const message = 'This Idempotency-Key came with another request within the last 24 hours';
  throw new SchedulerError('idempotency-conflict', message, { key: request.key });
}

const hashOf = (body: unknown): string =>
  createHash('sha256').update(JSON.stringify(body)).digest('base64url');

const gone = (key: TaskKey): never => {
  throw conflict(key, 'deleted', 'create', 'The task made under this Idempotency-Key has been deleted');
};
