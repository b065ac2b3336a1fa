import { stableHashBelow } from './stable-hash.ts';
import { type DurationMs, SECOND_MS } from './time.ts';

/**
 * A task's own place in its jitter window, 0 ≤ x < jitterSeconds·1000 whole milliseconds. Fixed by its name and
 * not drawn anew for each run: distances between runs stay even, and a retried request gives the same instants.
 */
export const jitterOffsetMs = (tenant: string, taskId: string, jitterSeconds: number): DurationMs =>
  stableHashBelow(`jitter\0${tenant}\0${taskId}`, jitterSeconds * SECOND_MS);
