import { endsAtBirth, endsOf, type RunEnd } from '../../domain/run-end.ts';
import { startOf } from '../../domain/stats-time.ts';
import type { Clock, ExecutionStore, Log } from '../../ports.ts';
import type { EndCounter, StatsStore } from '../../stats-ports.ts';

/** Runs as those see them who may end them: every write that ends one is counted, whoever makes it and why. */
export const countingEnds = (executions: ExecutionStore, counter: EndCounter): ExecutionStore => ({
  ...executions,
  async insert(run) {
    const outcome = await executions.insert(run);
    if (outcome.ok) counter.count(endsAtBirth(run));
    return outcome;
  },
  async update(key, change) {
    const outcome = await executions.update(key, change);
    counter.count(endsOf(change, outcome));
    return outcome;
  },
});

/** What ended belongs to the minute in which it is written down: minutes before are closed at some time. */
export function makeEndCounter(deps: {
  stats: Pick<StatsStore, 'append'>;
  clock: Pick<Clock, 'nowMs'>;
  log: Log;
}): EndCounter {
  let gathered: RunEnd[] = [];
  return {
    count(ends) {
      gathered.push(...ends);
    },
    async flush() {
      const ends = gathered;
      gathered = [];
      if (ends.length === 0) return;
      try {
        await deps.stats.append({ minute: startOf('minute', deps.clock.nowMs()), ends });
      } catch (error) {
        deps.log.warn('ends not counted', { ends: ends.length, error: String(error) });
      }
    },
  };
}

/** Where statistics are switched off. */
export const NO_COUNTER: EndCounter = { count: () => {}, flush: async () => {} };
