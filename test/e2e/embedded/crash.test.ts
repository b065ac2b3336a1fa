import { randomInt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { crash } from '../../crash/crash.ts';
import { FAULT_POINTS } from '../../crash/fault-points.ts';

/** `npm run crash -- --kills 100 --seed N` for more. */
const KILLS = 15;

describe('an engine that dies at every step boundary, and at random moments', () => {
  it('loses nothing that it acknowledged, starts nothing twice, and leaves its stores in order', {
    timeout: 1_200_000,
  }, async () => {
    const seed = randomInt(2 ** 31);
    console.log(`crash: seed ${seed}`);
    const faults = Object.values(FAULT_POINTS);
    const { tookSeconds, ...report } = await crash({ faults, kills: KILLS, seed, say: () => {} });
    console.log(`crash: ${report.restarts} restarts, ${report.runs} runs, ${tookSeconds} s`);
    expect(report.missed).toEqual([]);
    expect(report.faults).toEqual([]);
    expect(report.restarts).toBeGreaterThanOrEqual(KILLS);
  });
});
