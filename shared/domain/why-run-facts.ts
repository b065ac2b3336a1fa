import type { Execution } from './execution.ts';
import type { Task } from './task.ts';
import type { EpochMs } from './time.ts';
import { local, quoted } from './why.ts';
import { START_GATES, type StartFacts } from './why-start.ts';

export const RUN_GATES = [
  'taskGone',
  'taskChanged',
  'delayed',
  'backoff',
  'snoozed',
  'backfillLine',
  'overlap',
  'running',
  'stopping',
  'handedOff',
  'leaseOver',
  'success',
  'dead',
  'cancelled',
  'skipped',
  ...START_GATES,
] as const;
export type RunGate = (typeof RUN_GATES)[number];

export interface RunFacts {
  nowMs: EpochMs;
  /** Of its task's schedule: for the sentences. */
  zone: string;
  run: Execution;
  /** None when it was deleted. */
  task: Task | undefined;
  /** Of a run that is due and waits. */
  waiting?: WaitingFacts | undefined;
}
export interface WaitingFacts {
  start: StartFacts;
  /** Another run of its task that lives, and that overlap rules look at. */
  live?: Execution | undefined;
  /** The run before it in its backfill. */
  ahead?: Execution | undefined;
}

export function errorOf({ errorType, errorMessage }: Execution): string | undefined {
  if (errorType === undefined) return undefined;
  return errorMessage ? `${errorType}: ${quoted(errorMessage)}` : errorType;
}

export const byWhom = ({ cancelAsked }: Execution, zone: string): string =>
  cancelAsked === undefined ? '' : ` by ${cancelAsked.by} at ${local(cancelAsked.at, zone)}`;
