import type { Change } from './change.ts';
import type { EndReason, Execution, ExecutionKey, Trigger } from './execution.ts';
import { openLook } from './execution-parts.ts';
import {
  INLINE_JSON_BYTES,
  LEASE_LOOK_MS,
  LOOK_AHEAD_MS,
  OPEN_LOOK_MS,
  SQS_MAX_DELAY_SECONDS,
} from './limits.ts';
import { dueAtOf, parseRunPointer } from './occurrence.ts';
import type { Task } from './task.ts';
import { type DurationMs, type EpochMs, SECOND_MS } from './time.ts';

/** The three ways in which a run comes into being; each is inserted only if its key is absent. */

type Common = Omit<Execution, 'status' | 'trigger' | 'attempt' | 'maxAttempts' | 'epoch'>;

const common = (task: Task, key: ExecutionKey): Common => ({
  tenant: key.tenant,
  taskId: key.taskId,
  occurrence: key.occurrence,
  shard: task.state.shard,
  taskName: task.definition.name,
  handler: task.definition.handler,
  queue: task.definition.queue,
  tags: task.definition.tags,
  scheduledAt: dueAtOf(key.occurrence),
  generation: task.state.generation,
  ...(task.state.run === undefined ? {} : { previous: parseRunPointer(task.state.run).occurrence }),
});

/** W1: born running at its due time, under a lease. */
export function claimedExecution(
  task: Task,
  key: ExecutionKey,
  q: { owner: string; startedAt: EpochMs; leaseUntil: EpochMs; missed: number; slots?: string[] | undefined },
): Execution {
  const born = common(task, key);
  const deadline = deadlineOf(task, born.scheduledAt, 'schedule');
  return {
    ...born,
    status: 'running',
    trigger: 'schedule',
    attempt: 1,
    maxAttempts: task.definition.retry.limit + 1,
    epoch: 0,
    owner: q.owner,
    startedAt: q.startedAt,
    latenessMs: Math.max(0, q.startedAt - born.scheduledAt),
    leaseUntil: q.leaseUntil,
    ...(q.missed > 0 ? { missed: q.missed } : {}),
    ...(q.slots === undefined ? {} : { slots: q.slots }),
    ...deadline,
    index: openLook({ ...born, ...deadline }, q.leaseUntil + LEASE_LOOK_MS),
  };
}

/** An occurrence that is written down instead of run. */
export function skippedExecution(
  task: Task,
  key: ExecutionKey,
  q: { reason: EndReason; nowMs: EpochMs; retentionMs: DurationMs; missed?: number; collidedWith?: string },
): Execution {
  const born = common(task, key);
  const { lateSince } = deadlineOf(task, born.scheduledAt, 'schedule');
  return {
    ...born,
    status: 'skipped',
    trigger: 'schedule',
    reason: q.reason,
    attempt: 0,
    maxAttempts: task.definition.retry.limit + 1,
    epoch: 0,
    finishedAt: q.nowMs,
    ...(q.missed !== undefined && q.missed > 0 ? { missed: q.missed } : {}),
    ...(q.collidedWith !== undefined ? { collidedWith: q.collidedWith } : {}),
    ...(lateSince === undefined ? {} : { lateSince }),
    index: { set: 'ended', shard: born.shard, at: q.nowMs },
    ttl: Math.ceil((q.nowMs + q.retentionMs) / SECOND_MS),
  };
}

/** Resuming was tried before: by now it stands for more. */
export const recountedPause = (missed: number): Change<Execution> => ({
  set: { missed },
  guard: { equals: { status: 'skipped', reason: 'paused' } },
});

/**
 * A person's trigger, or an event's: waits for its message. When the due instant is further away than SQS can delay, the
 * sweeper's next look is the alarm clock, a look-ahead early so that its hint still lands on the second.
 */
export function manualExecution(
  task: Task,
  key: ExecutionKey,
  q: { trigger: Trigger; nowMs: EpochMs; payload?: string; causedBy?: string; hops?: number },
): Execution {
  const born = common(task, key);
  const { payload } = q;
  const deadline = deadlineOf(task, born.scheduledAt, q.trigger);
  return {
    ...born,
    status: 'queued',
    trigger: q.trigger,
    attempt: 0,
    maxAttempts: task.definition.retry.limit + 1,
    epoch: 0,
    ...(payload === undefined ? {} : heldPayload(payload)),
    ...(q.causedBy === undefined ? {} : { causedBy: q.causedBy }),
    ...(q.hops === undefined ? {} : { hops: q.hops }),
    ...deadline,
    index: openLook({ ...born, ...deadline }, firstLook(born.scheduledAt, q.nowMs)),
  };
}

/** A small one lives in the run, a large one beside it. */
export const heldPayload = (payload: string): Pick<Execution, 'payload' | 'payloadStored'> =>
  Buffer.byteLength(payload) <= INLINE_JSON_BYTES ? { payload } : { payloadStored: true };

/** What nobody asked for by hand does not run while its task is paused: it is written down as skipped. */
export function unlessPaused(
  { state: { status } }: Task,
  born: Execution,
  q: { nowMs: EpochMs; retentionMs: DurationMs },
): Execution {
  if (status !== 'paused' && status !== 'disabled') return born;
  const { deadline: _over, ...rest } = born;
  return {
    ...rest,
    status: 'skipped',
    reason: 'paused',
    finishedAt: q.nowMs,
    index: { set: 'ended', shard: born.shard, at: q.nowMs },
    ttl: Math.ceil((q.nowMs + q.retentionMs) / SECOND_MS),
  };
}

/** True when a message can carry the wait; else the index does. */
export const withinMessageDelay = (at: EpochMs, nowMs: EpochMs): boolean =>
  at - nowMs <= SQS_MAX_DELAY_SECONDS * SECOND_MS;

/** The sweeper's first look at a run that waits until `at`. */
export const firstLook = (at: EpochMs, nowMs: EpochMs): EpochMs =>
  withinMessageDelay(at, nowMs) ? Math.max(at, nowMs) + OPEN_LOOK_MS : at - LOOK_AHEAD_MS;

/** What a run is born with. One that is filled in afterwards, or was told of while it waited, is not watched. */
function deadlineOf(
  { state, definition }: Pick<Task, 'state' | 'definition'>,
  scheduledAt: EpochMs,
  trigger: Trigger,
): Pick<Execution, 'deadline' | 'lateSince'> {
  if (definition.deadline === undefined || trigger === 'backfill') return {};
  const { seconds, notify } = definition.deadline;
  const at = scheduledAt + seconds * SECOND_MS;
  const told = trigger === 'schedule' && state.lateFor === scheduledAt;
  return told ? { lateSince: at } : { deadline: { at, notify } };
}
