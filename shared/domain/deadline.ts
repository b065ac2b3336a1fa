import type { Change } from './change.ts';
import { type Execution, isFinal } from './execution.ts';
import { firstLook } from './execution-births.ts';
import { openLook, restingPlace } from './execution-parts.ts';
import { LEASE_LOOK_MS, LOOK_AHEAD_MS, OPEN_LOOK_MS } from './limits.ts';
import type { Task, TaskState } from './task.ts';
import { type EpochMs, SECOND_MS } from './time.ts';

/**
 * A run that has not finished so many seconds after it was due is late: that is written down and told once
 * (docs/lifecycle.md). A run carries its deadline until nobody need be told any more, and the sweeper's next look
 * comes no later than that; of an occurrence that nobody has claimed yet the index of due tasks says it.
 */

/** Of a task that is not left alone: paused ones are, and what people have put away. */
export const isWatched = (task: Task | undefined): task is Task =>
  task !== undefined && (task.state.status === 'active' || task.state.status === 'completed');

/** The occurrence that an active task waits for is late, and nobody was told yet. */
export function isLateUnclaimed({ state, definition }: Task, at: EpochMs, nowMs: EpochMs): boolean {
  if (state.status !== 'active' || state.nextRunAt !== at || state.lateFor === at) return false;
  return definition.deadline !== undefined && nowMs >= at + definition.deadline.seconds * SECOND_MS;
}

/** Told of the occurrence, before there is a run. */
export const toldUnclaimed = (seen: TaskState, at: EpochMs): Change<TaskState> => ({
  set: { lateFor: at },
  guard: { equals: { status: 'active', nextRunAt: at, generation: seen.generation } },
});

/** The run is late, from now on for ever; the event is still to come. */
export const markedLate = (seen: Execution, nowMs: EpochMs): Change<Execution> => ({
  set: {
    ...(seen.deadline === undefined ? {} : { lateSince: seen.deadline.at }),
    index: { set: 'open', shard: seen.shard, at: nowMs + OPEN_LOOK_MS },
  },
  guard: sameStep(seen),
});

/** Nothing is left to tell: the sweeper looks when it would without a deadline. */
export function deadlineSettled(seen: Execution, nowMs: EpochMs): Change<Execution> {
  const { deadline: _, ...rest } = seen;
  const index = isFinal(seen.status) ? restingPlace(rest) : { index: openLook(rest, lookOf(rest, nowMs)) };
  return { set: index, remove: ['deadline'], guard: sameStep(seen) };
}

function lookOf(run: Execution, nowMs: EpochMs): EpochMs {
  if (run.status === 'running') return (run.leaseUntil ?? nowMs) + LEASE_LOOK_MS;
  if (run.nextAttemptAt === undefined) return firstLook(run.scheduledAt, nowMs);
  const alarm = run.nextAttemptAt - LOOK_AHEAD_MS;
  return alarm > nowMs ? alarm : Math.max(run.nextAttemptAt, nowMs) + OPEN_LOOK_MS;
}

const sameStep = (seen: Execution): Change<Execution>['guard'] => ({
  equals: { status: seen.status, attempt: seen.attempt, epoch: seen.epoch },
});
