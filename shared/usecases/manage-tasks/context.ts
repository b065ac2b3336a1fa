import type { HandlerRegistry } from '../../contract/handler.ts';
import { type Precondition, requirePrecondition } from '../../contract/if-match.ts';
import type { NewDefinition, QueueDefaults, TaskInputContext } from '../../contract/task-input.ts';
import type { AllowedTargets } from '../../domain/allowed-targets.ts';
import { type FieldProblem, SchedulerError } from '../../domain/errors.ts';
import { scheduledOccurrence } from '../../domain/occurrence.ts';
import { isAtLeast, type Principal } from '../../domain/principal.ts';
import type { QueueSettings } from '../../domain/queue-settings.ts';
import type { Task, TaskDefinition, TaskKey, TaskState } from '../../domain/task.ts';
import { hintDelaySeconds } from '../../domain/task-transitions.ts';
import type { DurationMs, EpochMs } from '../../domain/time.ts';
import type { QueueControls } from '../../flow-ports.ts';
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
import type { CalendarStore } from '../../tenant-ports.ts';
import { chainProblems } from '../chain/refuse-cycles.ts';

export interface ManageTasksDeps {
  clock: Clock;
  ids: Ids;
  log: Log;
  events: Events;
  tasks: TaskStore;
  executions: ExecutionStore;
  listings: Listings;
  workQueues: WorkQueues;
  idempotency: IdempotencyStore;
  calendars: CalendarStore;
  handlers: HandlerRegistry;
  targets: AllowedTargets;
  queueDefaults: Readonly<Record<string, QueueSettings>>;
  queueControls: QueueControls;
  queueInspector: QueueInspector;
  shards: number;
  /** How long runs that ended are kept. */
  retentionMs: DurationMs;
}

/** To change what stands, and not what a task is. */
export type SteerTasksDeps = Omit<ManageTasksDeps, 'handlers' | 'targets' | 'queueDefaults'>;

/** Somebody else's writes may come in between; whoever loses this often in a row is told. */
const TRIES = 8;

export const keyOf = (principal: Principal, taskId: string): TaskKey => ({
  tenant: principal.tenant,
  taskId,
});

export async function readLive(deps: Pick<SteerTasksDeps, 'tasks'>, key: TaskKey): Promise<Task | undefined> {
  const task = await deps.tasks.read(key);
  return task && task.state.status !== 'deleted' ? task : undefined;
}

export async function requireTask(deps: Pick<SteerTasksDeps, 'tasks'>, key: TaskKey): Promise<Task> {
  return (await readLive(deps, key)) ?? notFound(key);
}

export const notFound = (key: TaskKey): never => {
  const details = { resource: 'task', id: key.taskId };
  throw new SchedulerError('not-found', `There is no task ${key.taskId}`, details);
};

/**
 * Each attempt reads, decides and writes under the guard of the version it read; undefined = it was overtaken.
 * Whatever it throws is the answer.
 */
export async function untilWritten<T>(
  key: TaskKey,
  action: string,
  attempt: () => Promise<T | undefined>,
): Promise<T> {
  for (let tries = 0; tries < TRIES; tries++) {
    const done = await attempt();
    if (done !== undefined) return done;
  }
  throw conflict(key, 'changing', action, 'Others are changing this task at the same time; try again');
}

export const conflict = (key: TaskKey, status: string, action: string, message: string) =>
  new SchedulerError('state-conflict', message, { resource: 'task', id: key.taskId, status, action });

export const invalid = (errors: FieldProblem[]) =>
  new SchedulerError('validation-failed', 'The request is not valid: see errors', { errors });

export function requireMayChange(principal: Principal, definition: Pick<TaskDefinition, 'system'>): void {
  if (!definition.system || isAtLeast(principal.role, 'admin')) return;
  throw new SchedulerError('forbidden', 'A system task may be changed by an admin only', {
    required: 'admin',
  });
}

/** Links to tasks that are not there, or that lead back here. */
export async function requireSoundChain(
  deps: Pick<ManageTasksDeps, 'tasks'>,
  definition: NewDefinition,
): Promise<void> {
  const problems = await chainProblems(deps.tasks, definition);
  if (problems.length > 0) throw invalid(problems);
}

/** What a change of an existing task begins with. */
export async function readForChange(
  deps: Pick<SteerTasksDeps, 'tasks'>,
  principal: Principal,
  key: TaskKey,
  precondition: Precondition,
): Promise<Task> {
  const task = await requireTask(deps, key);
  requirePrecondition(precondition, task.state.version);
  requireMayChange(principal, task.definition);
  return task;
}

export const inputContext = (
  deps: Pick<ManageTasksDeps, 'handlers' | 'targets' | 'calendars'>,
  queues: QueueDefaults,
  key: TaskKey,
  nowMs: EpochMs,
  previous?: TaskDefinition,
): TaskInputContext => ({
  key,
  nowMs,
  queues,
  handlers: deps.handlers,
  targets: deps.targets,
  calendars: (ids) => deps.calendars.readMany(key.tenant, ids),
  ...(previous ? { previous } : {}),
});

/**
 * Rule H1: whoever makes a task due soon sends the hint, after the write. Dying before, or a queue that refuses,
 * only makes the run late: the tick hints overdue entries anew (H2). So this never fails the request.
 */
export async function sendDueHint(
  deps: Pick<ManageTasksDeps, 'clock' | 'workQueues' | 'log'>,
  state: TaskState,
  queue: string,
): Promise<void> {
  const delaySeconds = hintDelaySeconds(state, deps.clock.nowMs());
  if (delaySeconds === undefined || state.nextRunAt === undefined) return;
  const { tenant, taskId, nextRunAt } = state;
  const hint = { v: 1, kind: 'hint', tenant, taskId, occurrence: scheduledOccurrence(nextRunAt) } as const;
  try {
    const { failed } = await deps.workQueues.send([{ queue, hint, delaySeconds }]);
    if (failed.length > 0) deps.log.warn('hint refused by the queue', { queue, taskId });
  } catch (error) {
    deps.log.error('hint not sent; the tick will send it', { queue, taskId }, error);
  }
}
