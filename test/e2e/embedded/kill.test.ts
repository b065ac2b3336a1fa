import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inSeconds, ms } from '../target.ts';
import { endedRuns, expectCountedOnce, makeCountingTasks } from './counting.ts';
import { type OwnEngine, startOwnEngine } from './own-engine.ts';

const KILLS = 10;
const ONE_TIME_TASKS = 300;
const REPEATING_TASKS = 10;
const PERIOD_SECONDS = 2;
const OCCURRENCES = 20;

/** Short leases, and more attempts than there are kills: whatever is lost then is lost by a fault of ours. */
const survives = {
  timeoutSeconds: 1,
  retry: { strategy: 'fixed', limit: 2 * KILLS, baseSeconds: 1, maxSeconds: 1 },
  overlap: 'allow',
};

describe('an engine that is killed ten times under load', () => {
  let engine: OwnEngine;
  beforeAll(async () => {
    engine = await startOwnEngine();
  });
  afterAll(() => engine.dispose());

  it('loses no run, starts none twice under one attempt, and ends them all', {
    timeout: 420_000,
  }, async () => {
    const at = inSeconds(25);
    const endAt = new Date(ms(at) + OCCURRENCES * PERIOD_SECONDS * 1_000).toISOString();
    const once = await makeCountingTasks(engine, ONE_TIME_TASKS, {
      ...survives,
      schedule: { kind: 'once', at },
    });
    const repeating = await makeCountingTasks(engine, REPEATING_TASKS, {
      ...survives,
      schedule: { kind: 'interval', seconds: PERIOD_SECONDS, startAt: at, endAt },
    });
    expect(Date.now()).toBeLessThan(ms(at));
    await delay(ms(at) - Date.now());

    const startedMs = performance.now();
    for (let kill = 1; kill <= KILLS; kill++) {
      // A random moment is the point here: what is being done then is what is interrupted.
      await delay(Math.random() * 2_000);
      await engine.process.kill9();
      await engine.process.restart();
    }
    console.log(
      `kill: ${KILLS} kills in ${seconds(startedMs)} s, ${engine.process.counted().length} starts so far`,
    );

    const runs = await endedRuns(engine, once, ONE_TIME_TASKS, 180_000);
    const repeated = await endedRuns(engine, repeating, REPEATING_TASKS * OCCURRENCES, 180_000);
    console.log(`kill: all ended after ${seconds(startedMs)} s, ${engine.process.counted().length} starts`);
    expect(runs.map(({ taskId }) => taskId).sort()).toEqual(once.ids.toSorted());
    expect(repeated).toHaveLength(REPEATING_TASKS * OCCURRENCES);
    expect(new Set([...runs, ...repeated].map(({ status }) => status))).toEqual(new Set(['success']));
    expectCountedOnce(engine, [...runs, ...repeated]);
    const known = new Set([...runs, ...repeated].map(({ id }) => id));
    expect(engine.process.counted().filter((line) => !known.has(line.split(' ')[0] ?? ''))).toEqual([]);
  });
});

const seconds = (sinceMs: number): number => Math.round((performance.now() - sinceMs) / 1_000);
