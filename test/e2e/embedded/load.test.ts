import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inSeconds, ms } from '../target.ts';
import { endedRuns, expectCountedOnce, makeCountingTasks } from './counting.ts';
import { type OwnEngine, startOwnEngine } from './own-engine.ts';

const TASKS = 300;

describe('300 tasks due in the same second', () => {
  let engine: OwnEngine;
  beforeAll(async () => {
    engine = await startOwnEngine();
  });
  afterAll(() => engine.dispose());

  it('all succeed, each started exactly once', async () => {
    const at = inSeconds(25);
    const tasks = await makeCountingTasks(engine, TASKS, { schedule: { kind: 'once', at } });
    expect(Date.now()).toBeLessThan(ms(at));

    const runs = await endedRuns(engine, tasks, TASKS, 120_000);
    expect(runs.map(({ taskId }) => taskId).sort()).toEqual(tasks.ids.toSorted());
    expect(new Set(runs.map(({ status, attempt }) => `${status} ${attempt}`))).toEqual(
      new Set(['success 1']),
    );
    expectCountedOnce(engine, runs);
    expect(engine.process.counted()).toHaveLength(TASKS);

    const lateness = runs.map(({ latenessMs }) => latenessMs ?? 0).sort((a, b) => a - b);
    console.log(`load: lateness of ${TASKS} runs p50 ${lateness[TASKS / 2]} ms, last ${lateness.at(-1)} ms`);
  });
});
