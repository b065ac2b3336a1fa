import type { Change } from './change.ts';
import type { Execution } from './execution.ts';
import { restingPlace } from './execution-parts.ts';
import { OPEN_LOOK_MS } from './limits.ts';
import type { StopRule, StopRules, Tally, Task, TaskState } from './task.ts';
import type { EpochMs } from './time.ts';

/**
 * When a task ends by itself (docs/lifecycle.md). A run that ends in success or death is counted in its task, once:
 * its FIN marks it (`tally`), then one transaction counts it in the task, stops the task if a rule says so, and takes
 * the mark away. Whoever dies in between leaves the mark, and the run in the set `open`, to the sweeper or to the
 * next run of the task.
 */
const NOTHING_COUNTED: Tally = { runs: 0, successes: 0, failures: 0 };

/** What FIN adds to a run that ends: nothing for tasks without stop rules, nor for a death after a counted one. */
export function uncountedEnd(
  seen: Execution,
  stop: StopRules | undefined,
  end: { success: boolean; holds?: boolean },
): Pick<Execution, 'tally'> {
  if (stop === undefined || (seen.counted && !end.success)) return {};
  return { tally: end.holds ? 'holds' : 'pending' };
}

export const isUncounted = ({ tally }: Execution): boolean => tally === 'pending' || tally === 'holds';

/** A run counts once: when a person made it run again only its success is news. */
export function countedIn(tally: Tally, { status, counted }: Execution): Tally {
  const success = status === 'success';
  return {
    runs: tally.runs + (counted ? 0 : 1),
    successes: tally.successes + (success ? 1 : 0),
    failures: success ? 0 : tally.failures + 1,
  };
}

/** The rule that stops the task now; those that complete it come first. */
export function ruleThatHolds(stop: StopRules, tally: Tally, holds: boolean): StopRule | undefined {
  if (holds) return 'when';
  const reached = (count: number, limit: number | undefined) => limit !== undefined && count >= limit;
  if (reached(tally.successes, stop.afterSuccesses)) return 'afterSuccesses';
  if (reached(tally.runs, stop.afterRuns)) return 'afterRuns';
  return reached(tally.failures, stop.afterConsecutiveFailures) ? 'afterConsecutiveFailures' : undefined;
}

/**
 * Counts the run; both changes or none. A task that stops gets a new generation, so that whatever was permitted before
 * and has not begun does not begin any more. A rule that completes ends a paused or disabled task as well.
 */
export function countedRun(
  { state, definition }: Task,
  run: Execution,
  nowMs: EpochMs,
): { task: Change<TaskState>; run: Change<Execution> } {
  const tally = countedIn(state.tally ?? NOTHING_COUNTED, run);
  const rule = ruleThatHolds(definition.stop ?? {}, tally, run.tally === 'holds');
  const status = rule === 'afterConsecutiveFailures' ? 'disabled' : 'completed';
  const stoppable: TaskState['status'][] =
    status === 'disabled' ? ['active'] : ['active', 'paused', 'disabled'];
  const stops = rule !== undefined && stoppable.includes(state.status);
  const set: Partial<TaskState> = { tally };
  if (stops) {
    set.status = status;
    set.generation = state.generation + 1;
    set.version = state.version + 1;
    set.updatedAt = nowMs;
    set.stopped = { by: rule, at: nowMs, run: run.occurrence };
    // As with a pause: what passes until somebody resumes it is accounted for then.
    if (status === 'disabled' && state.nextRunAt !== undefined) set.pausedFrom = state.nextRunAt;
  }
  return {
    task: {
      set,
      remove: stops ? ['nextRunAt', 'index', 'paused'] : [],
      guard: {
        equals: {
          version: state.version,
          status: state.status,
          ...(state.tally === undefined ? {} : { tally: state.tally }),
        },
        missing: state.tally === undefined ? ['tally'] : [],
      },
    },
    run: stops ? ranLast(run, rule, nowMs) : countSettled(run, { counted: true }),
  };
}

/** It stopped its task, which is still to be told. */
const ranLast = (seen: Execution, rule: StopRule, nowMs: EpochMs): Change<Execution> => ({
  set: {
    counted: true,
    tally: 'untold',
    stopped: rule,
    index: { set: 'open', shard: seen.shard, at: nowMs + OPEN_LOOK_MS },
  },
  guard: sameEnd(seen),
});

/** Nothing is left to do about the count. */
export const countSettled = (seen: Execution, also: Pick<Execution, 'counted'> = {}): Change<Execution> => ({
  set: { ...also, ...restingPlace(withoutTally(seen)) },
  remove: ['tally'],
  guard: sameEnd(seen),
});

const withoutTally = ({ tally: _, ...run }: Execution): Execution => run;

/** Neither a person nor another hand has got to it since. */
const sameEnd = (seen: Execution): Change<Execution>['guard'] => ({
  equals: {
    status: seen.status,
    epoch: seen.epoch,
    ...(seen.tally === undefined ? {} : { tally: seen.tally }),
  },
});
