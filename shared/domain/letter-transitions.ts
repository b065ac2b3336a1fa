import type { Change } from './change.ts';
import type { Resolution } from './dead-letter.ts';
import type { Execution } from './execution.ts';
import { fingerprintOfRun } from './fingerprint.ts';
import { OPEN_LOOK_MS } from './limits.ts';
import type { EpochMs } from './time.ts';

/** What becomes of a dead run’s letter: it goes out (protocol A3), and people say something of it. */

/** A3 (2): the letter is out, the run joins the list of dead letters of that queue, or of those that people ignore. */
export function letterSent(
  seen: Execution,
  queue = seen.queue,
  ignored?: Omit<Resolution, 'kind'>,
): Change<Execution> {
  const place = { shard: seen.shard, at: seen.diedAt ?? seen.scheduledAt, queue };
  const fingerprint = fingerprintOfRun(seen);
  return {
    set: {
      letter: 'sent',
      ...(queue === seen.queue ? {} : { queue }),
      ...(ignored
        ? {
            resolution: { ...ignored, kind: 'ignored' },
            index: { set: 'closed', ...place, fingerprint, resolution: 'ignored' },
          }
        : { index: { set: 'dead', ...place, fingerprint } }),
    },
    guard: { equals: { status: 'dead', epoch: seen.epoch, letter: 'pending' } },
  };
}

/** A3: of several sweepers one sends the letter that its author could not. */
export const claimedLetter = (seen: Execution, nowMs: EpochMs): Change<Execution> => ({
  set: { index: { set: 'open', shard: seen.shard, at: nowMs + OPEN_LOOK_MS } },
  guard: {
    equals: {
      status: 'dead',
      epoch: seen.epoch,
      letter: 'pending',
      ...(seen.index === undefined ? {} : { index: seen.index }),
    },
  },
});

type Placed = Extract<Execution['index'], { set: 'dead' | 'closed' }>;

/** Its letter is out, so it is in one of the two lists. */
const placeOf = ({ index }: Execution): Placed | undefined =>
  index?.set === 'dead' || index?.set === 'closed' ? index : undefined;

/** `refused`: it is no dead letter, or its letter is not out yet, or was thrown away. Saying another thing replaces it. */
export function closedLetter(seen: Execution, resolution: Resolution): Change<Execution> | 'refused' {
  const place = placeOf(seen);
  if (seen.status !== 'dead' || place === undefined) return 'refused';
  const { shard, at, queue } = place;
  const fingerprint = fingerprintOfRun(seen);
  return {
    set: { resolution, index: { set: 'closed', shard, at, queue, fingerprint, resolution: resolution.kind } },
    guard: { equals: { status: 'dead', epoch: seen.epoch, letter: 'sent' } },
  };
}

/** Back into the list of those that wait for somebody. */
export function reopenedLetter(seen: Execution): Change<Execution> | 'refused' {
  const place = placeOf(seen);
  if (seen.status !== 'dead' || place?.set !== 'closed') return 'refused';
  const { shard, at, queue, fingerprint } = place;
  return {
    set: { index: { set: 'dead', shard, at, queue, fingerprint } },
    remove: ['resolution'],
    guard: { equals: { status: 'dead', epoch: seen.epoch, letter: 'sent' } },
  };
}
