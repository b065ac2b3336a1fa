import type { Execution } from '../domain/execution.ts';
import { executionId } from '../domain/occurrence.ts';
import { describeSchedule } from '../domain/schedule-description.ts';
import type { Task, TaskDefinition, TaskStatus } from '../domain/task.ts';
import { toIso } from '../domain/time.ts';
import { chainToWire } from './chain.ts';
import { isObject, mergePatch } from './merge-patch.ts';
import { scheduleToWire } from './schedule.ts';
import type { TaskVersionWire, TaskWire } from './task.ts';

/** A deleted task is never shown; callers have refused it by then. */
type ShownStatus = Exclude<TaskStatus, 'deleted'>;

export function taskToWire(task: Task, lastRun: Execution | undefined): TaskWire {
  const { state, definition } = task;
  return {
    id: state.taskId,
    ...inputOf(definition),
    status: state.status as ShownStatus,
    createdAt: toIso(state.createdAt),
    updatedAt: toIso(state.updatedAt),
    createdBy: state.createdBy,
    version: state.version,
    nextRunAt: state.nextRunAt === undefined ? null : toIso(state.nextRunAt),
    scheduleDescription: describeSchedule(definition.schedule),
    ...(state.paused ? { paused: { ...state.paused, at: toIso(state.paused.at) } } : {}),
    ...stopStateOf(task),
    lastRun: lastRun
      ? {
          executionId: executionId(lastRun),
          status: lastRun.status,
          scheduledAt: toIso(lastRun.scheduledAt),
          finishedAt: lastRun.finishedAt === undefined ? null : toIso(lastRun.finishedAt),
        }
      : null,
  };
}

export const versionToWire = (definition: TaskDefinition): TaskVersionWire => ({
  version: definition.definitionVersion,
  at: definition.written ? toIso(definition.written.at) : null,
  by: definition.written?.by ?? null,
  definition: inputOf(definition),
});

const stopStateOf = ({ state, definition }: Task): Pick<TaskWire, 'stopCounts' | 'stopped'> => ({
  ...(definition.stop
    ? {
        stopCounts: {
          runs: state.tally?.runs ?? 0,
          successes: state.tally?.successes ?? 0,
          consecutiveFailures: state.tally?.failures ?? 0,
        },
      }
    : {}),
  ...(state.stopped
    ? {
        stopped: {
          by: state.stopped.by,
          at: toIso(state.stopped.at),
          executionId: executionId({ taskId: state.taskId, occurrence: state.stopped.run }),
        },
      }
    : {}),
});

/** The definition as its author could have written it: what a merge patch applies to. */
const inputOf = (definition: TaskDefinition) => ({
  name: definition.name,
  ...(definition.description === undefined ? {} : { description: definition.description }),
  ...(definition.target === undefined ? { handler: definition.handler } : { target: definition.target }),
  payload: JSON.parse(definition.payload) as unknown,
  schedule: scheduleToWire(definition.schedule),
  queue: definition.queue,
  tags: definition.tags,
  timeoutSeconds: definition.timeoutSeconds,
  ...(definition.heartbeatSeconds === undefined ? {} : { heartbeatSeconds: definition.heartbeatSeconds }),
  retry: definition.retry,
  overlap: definition.overlap,
  misfire: definition.misfire,
  misfireGraceSeconds: definition.misfireGraceSeconds,
  catchUpLimit: definition.catchUpLimit,
  concurrency: definition.concurrency ?? [],
  rateLimit: definition.rateLimit ?? [],
  ...(definition.stop ? { stop: definition.stop } : {}),
  ...(definition.deadline ? { deadline: definition.deadline } : {}),
  system: definition.system,
  ...chainToWire(definition),
});

/**
 * The whole document after a merge patch. A schedule of another kind or a target of another type replaces the old
 * one as a whole, and delaySeconds replaces at: members of one form mean nothing in the other.
 */
export function patchedInput(definition: TaskDefinition, patch: Record<string, unknown>): unknown {
  const current: Record<string, unknown> = inputOf(definition);
  if (isObject(patch.schedule)) {
    const { kind, at, ...rest } = scheduleToWire(definition.schedule) as { kind: string; at?: string };
    const sameKind = !('kind' in patch.schedule) || patch.schedule.kind === kind;
    const keepsAt = at !== undefined && !('delaySeconds' in patch.schedule);
    current.schedule = sameKind ? { kind, ...rest, ...(keepsAt ? { at } : {}) } : {};
  }
  const isOtherTarget =
    isObject(patch.target) && 'type' in patch.target && patch.target.type !== definition.target?.type;
  if (isOtherTarget) current.target = {};
  return mergePatch(current, patch);
}
