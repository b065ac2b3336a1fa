import { isCanary } from './canary.ts';
import type { Change, Outcome } from './change.ts';
import { type Execution, isFinal } from './execution.ts';
import type { TaskKey } from './task.ts';
import type { DurationMs } from './time.ts';

/** `failed`: an attempt that is retried. A run that dies is `dead` and nothing else. */
export const END_KINDS = ['success', 'dead', 'cancelled', 'skipped', 'failed', 'late'] as const;
export type EndKind = (typeof END_KINDS)[number];

/** What statistics count of one write: a run or an attempt of it has ended, the run perhaps after its deadline. */
export interface RunEnd extends TaskKey {
  kind: EndKind;
  /** Of the attempt that ended, where its end is known: not of one whose process vanished. */
  durationMs?: DurationMs;
  /** Due instant to first start; told once, with the end of the run. */
  latenessMs?: DurationMs;
}

/** Of a run that is new: some are skipped at once. */
export const endsAtBirth = (run: Execution): RunEnd[] => (isCanary(run) ? [] : ending(run));

/** What a change of a run has ended. A write that the SDK repeated after a lost answer is refused by our own record. */
export function endsOf(change: Change<Execution>, outcome: Outcome<Execution>): RunEnd[] {
  const run = outcome.ok ? outcome.record : outcome.existing;
  const { status, attempts } = change.set;
  if (run === undefined || isCanary(run) || !(outcome.ok || isOurOwn(change, run))) return [];
  if (status !== undefined && isFinal(status)) return ending(run);
  const failed = status === 'retrying' && attempts?.at(-1)?.attempt === run.attempt;
  return failed ? [{ ...end(run, 'failed'), ...durationOf(run) }] : [];
}

/** Only an end is recognised: its instant and the nonce of its owner together are nobody else's. */
const isOurOwn = ({ set, guard }: Change<Execution>, run: Execution): boolean =>
  set.finishedAt !== undefined &&
  guard.equals?.owner !== undefined &&
  set.finishedAt === run.finishedAt &&
  set.status === run.status &&
  guard.equals.owner === run.owner &&
  guard.equals.attempt === run.attempt;

const end = ({ tenant, taskId }: TaskKey, kind: EndKind): RunEnd => ({ tenant, taskId, kind });

function ending(run: Execution): RunEnd[] {
  const { status } = run;
  if (status === 'queued' || status === 'running' || status === 'retrying') return [];
  const ran = status === 'success' || status === 'dead';
  // One that a person revived has told all this when it ended before.
  const isFirst = run.epoch === 0;
  return [
    {
      ...end(run, status),
      ...(ran ? durationOf(run) : {}),
      ...(isFirst && ran && run.latenessMs !== undefined ? { latenessMs: run.latenessMs } : {}),
    },
    ...(isFirst && run.lateSince !== undefined ? [end(run, 'late')] : []),
  ];
}

/** Of the last attempt. */
function durationOf({ attempts, attempt, startedAt, finishedAt }: Execution): Pick<RunEnd, 'durationMs'> {
  const last = attempts?.at(-1);
  if (last?.attempt === attempt)
    return last.cause === 'crashed' ? {} : { durationMs: span(last.startedAt, last.finishedAt) };
  return startedAt === undefined || finishedAt === undefined
    ? {}
    : { durationMs: span(startedAt, finishedAt) };
}

const span = (from: number, to: number): DurationMs => Math.max(0, to - from);
