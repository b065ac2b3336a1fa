import { describe, expect, it } from 'vitest';
import { playHistory } from './history.ts';

const SEEDS = Array.from({ length: 25 }, (_, n) => 1_000 + n);

describe('the simulation', () => {
  it.each(SEEDS)('finds every promise kept in the history of seed %i', async (seed) => {
    const { violation } = await playHistory(seed);
    expect(violation?.message).toBeUndefined();
  });

  it('plays the same history for the same seed, to the last letter, and another one for another seed', async () => {
    const [once, again, other] = [await playHistory(7), await playHistory(7), await playHistory(8)];
    expect(again.hash).toBe(once.hash);
    expect(again.fired).toEqual(once.fired);
    expect(other.hash).not.toBe(once.hash);
  });

  it('leaves nothing of a history behind for the next one', async () => {
    const alone = await playHistory(12);
    await playHistory(11);
    expect((await playHistory(12)).hash).toBe(alone.hash);
  });
});
