import { describe, expect, it } from 'vitest';
import type { Weakness } from './aws/weakness.ts';
import { type History, playHistory } from './history.ts';
import { shrink } from './shrink.ts';

/** A claim is put over a run that is there already. */
const weakness: Weakness = {
  shape: 'puts TX running IF attribute_not_exists(pk)',
  part: 'attribute_not_exists(pk)',
};
const LAST_SEED = 40;
const TRIES = 24;

async function firstToFail(): Promise<History> {
  for (let seed = 1; seed <= LAST_SEED; seed++) {
    const played = await playHistory(seed, { weakness });
    if (played.violation && played.plan.operations.length > 1) return played;
  }
  throw new Error('no history breaks a promise');
}

describe('the shortest way to a broken promise', () => {
  it('breaks the same promise with less, and again each time that it is played', async () => {
    const found = await firstToFail();
    const short = await shrink(found, { tries: TRIES }, { weakness });

    expect(short.violation?.invariant).toBe(found.violation?.invariant);
    expect(short.fired.length).toBeLessThan(found.fired.length);
    expect(short.plan.operations.length).toBeLessThanOrEqual(found.plan.operations.length);
    expect(short.plan.tasks.length).toBeLessThanOrEqual(found.plan.tasks.length);
    expect(found.plan.operations).toEqual(expect.arrayContaining(short.plan.operations));
    expect(short.trace.length).toBeGreaterThan(0);

    const again = await playHistory(found.seed, { plan: short.plan, only: new Set(short.fired), weakness });
    expect(again.hash).toBe(short.hash);
    expect(again.violation?.message).toBe(short.violation?.message);
  }, 120_000);
});
