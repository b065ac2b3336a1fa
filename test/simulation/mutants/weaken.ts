import { parentPort } from 'node:worker_threads';
import type { Weakness } from '../aws/weakness.ts';
import { playHistory } from '../history.ts';

export interface Found {
  invariant?: string;
  seed?: number;
}

/** A thread that plays histories without one part of a condition, until one breaks a promise. */
parentPort?.on('message', async ({ weakness, histories }: { weakness: Weakness; histories: number }) => {
  for (let seed = 1; seed <= histories; seed++) {
    const { violation } = await playHistory(seed, { weakness });
    if (violation === undefined) continue;
    const found: Found = { invariant: violation.invariant, seed };
    parentPort?.postMessage(found);
    return;
  }
  const none: Found = {};
  parentPort?.postMessage(none);
});
