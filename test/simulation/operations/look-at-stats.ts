import { lookAtStats } from '../../../shared/usecases/look-at-stats.ts';
import type { Ended } from '../invariants/stats-rules.ts';
import { T0, type World } from '../world.ts';
import { ADMIN } from './person.ts';

/** All that ended since the beginning, as somebody is told it. */
export function askStats(world: World, told: (ended: Ended) => void): void {
  const from = new Date(T0 - 60_000).toISOString();
  world.request(
    'GET stats',
    (deps) => lookAtStats(deps, ADMIN, { from, interval: 'minute' }),
    (answer) => {
      if (answer.kind === 'done') told(answer.value.totals.runs);
    },
  );
}
