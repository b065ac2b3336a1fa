import { parentPort, workerData } from 'node:worker_threads';
import { type History, playHistory } from './history.ts';

/** What one history comes to. */
export interface Result {
  seed: number;
  hash: number;
  runs: number;
  faults: number;
  violation?: { invariant: string; message: string };
}

export const resultOf = ({ seed, hash, runs, fired, violation }: History): Result => ({
  seed,
  hash,
  runs,
  faults: fired.length,
  ...(violation && { violation: { invariant: violation.invariant, message: violation.message } }),
});

/** One of several threads: every n-th seed of a range. */
export interface Share {
  from: number;
  until: number;
  step: number;
}

if (parentPort) {
  const { from, until, step }: Share = workerData;
  for (let seed = from; seed < until; seed += step) parentPort.postMessage(resultOf(await playHistory(seed)));
}
