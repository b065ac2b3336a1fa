import type { ExecutionStatus } from './execution.ts';
import { MAX_BULK_FAILURES, MAX_BULK_WALKS } from './limits.ts';
import type { Role } from './principal.ts';
import type { Schedule } from './schedule.ts';
import type { TaskStatus } from './task.ts';
import type { EpochMs } from './time.ts';

/** One action on many tasks or runs. A filter that matches too many for one request becomes a job. */

export const TASK_ACTIONS = ['pause', 'resume', 'trigger', 'delete'] as const;
export const RUN_ACTIONS = ['cancel', 'retry'] as const;
export type TaskAction = (typeof TASK_ACTIONS)[number];
export type RunAction = (typeof RUN_ACTIONS)[number];
export type BulkAction = TaskAction | RunAction;

export const isRunAction = (action: BulkAction): action is RunAction =>
  RUN_ACTIONS.some((one) => one === action);

/** As the lists of tasks and of runs take them; nothing named means all. */
export interface BulkFilter {
  status?: string[];
  queue?: string;
  tag?: string;
  handler?: string;
  kind?: Schedule['kind'];
  search?: string;
  taskId?: string;
  from?: string;
  to?: string;
}

/** What an action is possible on: of anything else it would be refused, and a filter leaves that out. */
const TASKS_POSSIBLE = {
  pause: ['active', 'paused', 'disabled'],
  resume: ['active', 'paused', 'disabled'],
  trigger: ['active', 'paused', 'disabled', 'completed'],
  delete: ['active', 'paused', 'disabled', 'completed'],
} as const satisfies Record<TaskAction, readonly TaskStatus[]>;
const RUNS_POSSIBLE = {
  cancel: ['queued', 'running', 'retrying'],
  retry: ['dead', 'cancelled', 'skipped'],
} as const satisfies Record<RunAction, readonly ExecutionStatus[]>;

export const isPossibleOn = (action: BulkAction, status: string): boolean =>
  (isRunAction(action) ? RUNS_POSSIBLE[action] : TASKS_POSSIBLE[action]).some((one) => one === status);

/** Of the statuses asked for; none when the action is possible on none of them. */
export const taskStatuses = (action: TaskAction, { status: asked }: BulkFilter) =>
  TASKS_POSSIBLE[action].filter((status) => asked?.includes(status) ?? true);
/** A retry that names none is of dead runs: nobody's cancelled ones. */
export const runStatuses = (action: RunAction, { status: asked }: BulkFilter) =>
  RUNS_POSSIBLE[action].filter(
    (status) => asked?.includes(status) ?? (action === 'cancel' || status === 'dead'),
  );

export interface BulkOutcome {
  id: string;
  /** `unchanged`: it was so already. */
  outcome: 'done' | 'unchanged' | 'failed';
  problem?: { code: string; detail: string };
}

export interface BulkJob {
  tenant: string;
  id: string;
  action: BulkAction;
  filter: BulkFilter;
  status: 'running' | 'done' | 'aborted';
  createdBy: string;
  role: Role;
  createdAt: EpochMs;
  finishedAt?: EpochMs;
  /** Counted when it was made; null: more than could be counted in one request. */
  matched: number | null;
  done: number;
  unchanged: number;
  failed: number;
  /** The first of those that failed. */
  failures: BulkOutcome[];
  /** Written down before anything is done to them, so that whoever goes on passes over none and counts each once. */
  batch: string[];
  /** Where the list goes on behind the batch; absent at its beginning, null at its end. */
  cursor?: string | null;
  walk: number;
  /** Whether this walk changed anything. */
  changed: boolean;
  version: number;
}

export function newBulkJob(
  job: Pick<BulkJob, 'tenant' | 'id' | 'action' | 'filter' | 'createdBy' | 'role' | 'createdAt' | 'matched'>,
): BulkJob {
  return {
    ...job,
    status: 'running',
    done: 0,
    unchanged: 0,
    ...NONE_FAILED,
    batch: [],
    walk: 1,
    changed: false,
    version: 1,
  };
}
const NONE_FAILED = { failed: 0, failures: [] };

/** `left` of its batch could not be done just now. */
export function withOutcomes(job: BulkJob, outcomes: readonly BulkOutcome[], left: string[] = []): BulkJob {
  const count = (kind: BulkOutcome['outcome']) => outcomes.filter(({ outcome }) => outcome === kind).length;
  const failures = outcomes.filter(({ outcome }) => outcome === 'failed');
  return {
    ...job,
    done: job.done + count('done'),
    unchanged: job.unchanged + count('unchanged'),
    failed: job.failed + failures.length,
    failures: [...job.failures, ...failures].slice(0, MAX_BULK_FAILURES),
    changed: job.changed || count('done') > 0,
    batch: left,
    version: job.version + 1,
  };
}

/**
 * Tasks keep their place in their list. Runs move in theirs while it is walked, so it is walked again until there is
 * nothing left to do, and what failed is tried and counted anew.
 */
export function atEndOfList(job: BulkJob, nowMs: EpochMs): BulkJob {
  if (!isRunAction(job.action) || !job.changed || job.walk >= MAX_BULK_WALKS)
    return { ...job, status: 'done', finishedAt: nowMs };
  const { cursor: _, ...rest } = job;
  return { ...rest, ...NONE_FAILED, walk: job.walk + 1, changed: false };
}

export const abortedJob = (job: BulkJob, nowMs: EpochMs): BulkJob => ({
  ...job,
  status: 'aborted',
  finishedAt: nowMs,
  batch: [],
  version: job.version + 1,
});
