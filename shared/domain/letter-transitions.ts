import type { Change } from './change.ts';
import type { Execution } from './execution.ts';
import { OPEN_LOOK_MS } from './limits.ts';
import type { EpochMs } from './time.ts';

/** What becomes of a dead run's letter (protocol A3). */

/** A3 (2): the letter is out, the run joins the list of dead letters of that queue. */
export const letterSent = (seen: Execution, queue = seen.queue): Change<Execution> => ({
  set: {
    letter: 'sent',
    ...(queue === seen.queue ? {} : { queue }),
    index: { set: 'dead', shard: seen.shard, at: seen.diedAt ?? seen.scheduledAt, queue },
  },
  guard: { equals: { status: 'dead', epoch: seen.epoch, letter: 'pending' } },
});

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
