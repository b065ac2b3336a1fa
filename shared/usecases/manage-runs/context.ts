import type { HandlerRegistry } from '../../contract/handler.ts';
import { SchedulerError } from '../../domain/errors.ts';
import type { Execution, ExecutionKey } from '../../domain/execution.ts';
import { withinMessageDelay } from '../../domain/execution-births.ts';
import { executionId, parseExecutionId } from '../../domain/occurrence.ts';
import type { Principal } from '../../domain/principal.ts';
import type { Task } from '../../domain/task.ts';
import { delaySeconds } from '../../domain/task-transitions.ts';
import type { DurationMs, EpochMs } from '../../domain/time.ts';
import type { QueueControls, Semaphores } from '../../flow-ports.ts';
import type {
  Clock,
  Events,
  ExecutionStore,
  IdempotencyStore,
  Ids,
  Listings,
  Log,
  QueueInspector,
  TaskStore,
  WorkQueues,
} from '../../ports.ts';
import type { CalendarStore, DeadLetterStore } from '../../tenant-ports.ts';

export interface ManageRunsDeps {
  clock: Clock;
  ids: Ids;
  log: Log;
  events: Events;
  tasks: TaskStore;
  executions: ExecutionStore;
  semaphores: Semaphores;
  listings: Listings;
  workQueues: WorkQueues;
  deadLetters: DeadLetterStore;
  queueInspector: QueueInspector;
  queueControls: QueueControls;
  idempotency: IdempotencyStore;
  calendars: CalendarStore;
  handlers: HandlerRegistry;
  /** How long runs that ended are kept. */
  retentionMs: DurationMs;
}

/** Executor and sweeper may write in between; whoever loses this often in a row is told. */
const TRIES = 8;

export function runKey({ tenant }: Pick<Principal, 'tenant'>, id: string): ExecutionKey {
  const key = parseExecutionId(id);
  if (!key) throw runNotFound(id);
  return { tenant, ...key };
}

export const runNotFound = (id: string) =>
  new SchedulerError('not-found', `There is no execution ${id}`, { resource: 'execution', id });

export async function requireRun(
  deps: Pick<ManageRunsDeps, 'executions'>,
  key: ExecutionKey,
): Promise<Execution> {
  const run = await deps.executions.read(key);
  if (!run) throw runNotFound(executionId(key));
  return run;
}

export async function requireLiveTask(
  deps: Pick<ManageRunsDeps, 'tasks'>,
  principal: Pick<Principal, 'tenant'>,
  taskId: string,
): Promise<Task> {
  const task = await deps.tasks.read({ tenant: principal.tenant, taskId });
  if (task && task.state.status !== 'deleted') return task;
  throw new SchedulerError('not-found', `There is no task ${taskId}`, { resource: 'task', id: taskId });
}

export const runConflict = (id: string, status: string, action: string, message: string) =>
  new SchedulerError('state-conflict', message, { resource: 'execution', id, status, action });

/** Each attempt reads, decides and writes under the guard of what it read; undefined = it was overtaken. */
export async function untilWritten(
  id: string,
  action: string,
  attempt: () => Promise<Execution | undefined>,
): Promise<Execution> {
  for (let tries = 0; tries < TRIES; tries++) {
    const done = await attempt();
    if (done) return done;
  }
  throw runConflict(id, 'changing', action, 'The execution is changing at the same time; try again');
}

/**
 * Tells the run's queue that it waits, after the write. Dying before, or a queue that refuses, only makes it
 * late: the sweeper hints what stays in the open set (H3). So this never fails the request.
 */
export async function sendRunHint(
  deps: Pick<ManageRunsDeps, 'clock' | 'log' | 'workQueues'>,
  run: Execution,
  at: EpochMs,
): Promise<void> {
  const nowMs = deps.clock.nowMs();
  if (!withinMessageDelay(at, nowMs)) return;
  const { tenant, taskId, occurrence, queue } = run;
  const hint = { v: 1, kind: 'hint', tenant, taskId, occurrence } as const;
  try {
    const { failed } = await deps.workQueues.send([{ queue, hint, delaySeconds: delaySeconds(at, nowMs) }]);
    if (failed.length > 0) deps.log.warn('hint refused by the queue', { queue, taskId });
  } catch (error) {
    deps.log.error('hint not sent; the sweeper will send it', { queue, taskId }, error);
  }
}
