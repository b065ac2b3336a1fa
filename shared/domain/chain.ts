import { CHAIN_FIELDS, type ChainLink, type ChainOutcome, type Upstream } from './chain-link.ts';
import type { Change } from './change.ts';
import type { Execution } from './execution.ts';
import { manualExecution, unlessPaused } from './execution-births.ts';
import { restingPlace } from './execution-parts.ts';
import { OPEN_LOOK_MS } from './limits.ts';
import { manualOccurrence } from './occurrence.ts';
import type { Task, TaskDefinition } from './task.ts';
import type { DurationMs, EpochMs } from './time.ts';

type Chained = Pick<TaskDefinition, 'onSuccess' | 'onFailure' | 'onDead'>;

export const linksOf = (definition: Chained, outcome: ChainOutcome): readonly ChainLink[] =>
  definition[CHAIN_FIELDS[outcome]] ?? [];

export const allLinks = (definition: Chained): ChainLink[] =>
  (['success', 'failure', 'dead'] as const).flatMap((outcome) => [...linksOf(definition, outcome)]);

/** What makes the key of a chained run: the same outcome can insert it only once, however often it is told. */
export const chainSeed = (run: Execution, outcome: ChainOutcome, place: number, link: ChainLink): string =>
  [run.tenant, run.taskId, run.occurrence, run.epoch, run.attempt, outcome, place, link.taskId].join('#');

/** `token`: 26 characters made of the seed. Due at the instant of the outcome, which is stored with it. */
export function chainedRun(
  target: Task,
  run: Execution,
  q: {
    outcome: ChainOutcome;
    at: EpochMs;
    token: string;
    link: ChainLink;
    nowMs: EpochMs;
    retentionMs: DurationMs;
  },
): Execution {
  const { tenant, taskId } = target.state;
  const key = { tenant, taskId, occurrence: manualOccurrence(q.at, q.token) };
  const { payload } = q.link;
  const upstream: Upstream = {
    taskId: run.taskId,
    occurrence: run.occurrence,
    outcome: q.outcome,
    attempt: run.attempt,
    depth: (run.upstream?.depth ?? 0) + 1,
  };
  const born = manualExecution(target, key, {
    trigger: 'event',
    nowMs: q.nowMs,
    ...(payload === undefined ? {} : { payload }),
    ...(run.hops === undefined ? {} : { hops: run.hops }),
  });
  return unlessPaused(target, { ...born, upstream }, q);
}

/** A success whose tasks are not triggered yet keeps a look of the sweeper ahead of it. */
export const unsettledSuccess = (
  change: Change<Execution>,
  seen: Execution,
  nowMs: EpochMs,
): Change<Execution> => ({
  ...change,
  set: {
    ...change.set,
    aftermath: 'pending',
    index: { set: 'open', shard: seen.shard, at: nowMs + OPEN_LOOK_MS },
  },
});

export const settledSuccess = ({ aftermath: _, ...seen }: Execution): Change<Execution> => ({
  set: restingPlace(seen),
  remove: ['aftermath'],
  guard: { equals: { status: 'success', epoch: seen.epoch, aftermath: 'pending' } },
});
