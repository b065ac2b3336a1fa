import type { EndReason, Execution, ExecutionKey, ExecutionStatus, Trigger } from './execution.ts';
import { dueAtOf, executionId, idempotencyKey } from './occurrence.ts';
import type { StopRule, Task } from './task.ts';
import { type EpochMs, toIso } from './time.ts';

/** Something that is over and stored, told to whoever listens (docs/events.md). Told at least once; never a payload. */
export type LifecycleEvent = RunEvent | TaskEvent;

interface Told {
  v: 1;
  /** The same for every telling of the same happening; unique together with the type. */
  id: string;
  at: string;
  tenant: string;
  taskId: string;
  taskName: string;
  handler: string;
  queue: string;
  tags: string[];
}
export interface RunEvent extends Told {
  type: 'run.succeeded' | 'run.dead' | 'run.cancelled' | 'run.skipped' | 'run.late';
  executionId: string;
  idempotencyKey: string;
  trigger: Trigger;
  scheduledAt: string;
  attempts: number;
  /** How many events of our own led to the run, one from the other; absent when none did. */
  hops?: number;
  reason?: EndReason;
  errorType?: string;
  errorMessage?: string;
  /** Of a late one: how it stands; `due` when nobody has claimed it yet. */
  status?: ExecutionStatus | 'due';
}
export interface TaskEvent extends Told {
  type: 'task.completed' | 'task.disabled' | 'task.paused' | 'task.resumed' | 'task.deleted';
  /** The stop rule that ended it, and the run that fulfilled that. */
  reason?: StopRule;
  executionId?: string;
}

const MAX_ERROR_CHARS = 256;

const RUN_EVENTS = {
  success: 'run.succeeded',
  dead: 'run.dead',
  cancelled: 'run.cancelled',
  skipped: 'run.skipped',
} as const;

/** The event of a run's end; undefined while it has not ended. A run ends once in each epoch, which makes the id. */
export function runEvent(run: Execution): RunEvent | undefined {
  const { status } = run;
  if (status !== 'success' && status !== 'dead' && status !== 'cancelled' && status !== 'skipped')
    return undefined;
  return {
    ...aboutRun(run),
    type: RUN_EVENTS[status],
    id: `${executionId(run)}@${run.epoch}`,
    at: toIso(run.finishedAt ?? run.scheduledAt),
    ...(run.reason === undefined ? {} : { reason: run.reason }),
    ...(run.errorType === undefined ? {} : { errorType: run.errorType }),
    ...(run.errorMessage === undefined
      ? {}
      : { errorMessage: run.errorMessage.slice(0, MAX_ERROR_CHARS).toWellFormed() }),
  };
}

/** A run is late once, which makes the id; `at` is the deadline that it missed. */
export const lateEvent = (run: Execution, at: EpochMs): RunEvent => ({
  ...aboutRun(run),
  type: 'run.late',
  id: executionId(run),
  at: toIso(at),
  status: run.status,
});

/** The same of an occurrence that nobody has claimed yet, by its task. */
export const lateUnclaimedEvent = (task: Task, key: ExecutionKey, at: EpochMs): RunEvent => ({
  ...about(task),
  type: 'run.late',
  id: executionId(key),
  at: toIso(at),
  executionId: executionId(key),
  idempotencyKey: idempotencyKey(key),
  trigger: 'schedule',
  scheduledAt: toIso(dueAtOf(key.occurrence)),
  attempts: 0,
  status: 'due',
});

const aboutRun = (run: Execution) => ({
  v: 1 as const,
  tenant: run.tenant,
  taskId: run.taskId,
  taskName: run.taskName,
  handler: run.handler,
  queue: run.queue,
  tags: run.tags,
  executionId: executionId(run),
  idempotencyKey: idempotencyKey(run),
  trigger: run.trigger,
  scheduledAt: toIso(run.scheduledAt),
  attempts: run.attempt,
  ...(run.hops === undefined ? {} : { hops: run.hops }),
});

const about = ({ state, definition }: Task) => ({
  v: 1 as const,
  tenant: state.tenant,
  taskId: state.taskId,
  taskName: definition.name,
  handler: definition.handler,
  queue: definition.queue,
  tags: definition.tags,
});

/** Each of these happens at most once in a generation, which makes the id. */
export const taskEvent = (type: TaskEvent['type'], task: Task, at: EpochMs): TaskEvent => ({
  ...about(task),
  type,
  id: `${task.state.taskId}@${task.state.generation}`,
  at: toIso(at),
});

/** A run stops its task at most once, which makes the id. */
export const stopEvent = (task: Task, run: Execution, rule: StopRule): TaskEvent => ({
  ...taskEvent(
    rule === 'afterConsecutiveFailures' ? 'task.disabled' : 'task.completed',
    task,
    run.finishedAt ?? run.scheduledAt,
  ),
  id: `${executionId(run)}@${run.epoch}`,
  reason: rule,
  executionId: executionId(run),
});
