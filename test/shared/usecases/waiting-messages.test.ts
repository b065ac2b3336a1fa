import { describe, expect, it } from 'vitest';
import { manualExecution } from '../../../shared/domain/execution-births.ts';
import { manualOccurrence, scheduledOccurrence } from '../../../shared/domain/occurrence.ts';
import { makeSchedulerWorld, ok, T0 } from '../../support/scheduler-world.ts';

const first = scheduledOccurrence(T0);
const key = { tenant: 'root', taskId: 'job' };
const LONG_SECONDS = 3_000;

describe('a run that a person triggers while another one runs for most of an hour', () => {
  const waiting = async () => {
    const w = makeSchedulerWorld({ remainingMs: 2 * LONG_SECONDS * 1_000 });
    await w.addTask({ schedule: { kind: 'once', at: T0 }, timeoutSeconds: LONG_SECONDS });
    let release = () => {};
    w.handle(({ execution }) =>
      execution.id === `job~${first}`
        ? new Promise((resolve) => {
            release = () => resolve(ok());
          })
        : ok(),
    );
    const running = w.hint(first);
    await w.advance(1_000);
    const task = await w.tasks.read(key);
    if (!task) throw new Error('no task');
    const occurrence = manualOccurrence(T0 + 1_000, '01ARZ3NDEKTSV4RRFFQ69G5FAV');
    await w.executions.insert(
      manualExecution(task, { ...key, occurrence }, { trigger: 'manual', nowMs: T0 + 1_000 }),
    );
    await w.workQueues.send([
      { queue: 'default', hint: { v: 1, kind: 'hint', ...key, occurrence }, delaySeconds: 0 },
    ]);
    const finish = async () => {
      release();
      await running;
    };
    const messages = () => Object.values(w.workQueues.queue('default').depth()).reduce((a, b) => a + b, 0);
    return { w, finish, messages };
  };

  it('is looked at by a few messages, however long it waits', async () => {
    const { w, finish, messages } = await waiting();
    const seen: number[] = [];
    for (let minute = 0; minute < 48; minute++) {
      await w.minutes(1);
      seen.push(messages());
    }
    // Each lives for 15 looks, a minute apart in the end, and the sweeper sends one every five minutes.
    expect(Math.max(...seen)).toBeLessThanOrEqual(6);
    expect(Math.max(...seen.slice(-10))).toBeLessThanOrEqual(4);
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(1);
    await finish();
  });

  it('starts within a minute of the end of the other', async () => {
    const { w, finish } = await waiting();
    await w.minutes(45);
    await finish();
    await w.minutes(1);
    expect(w.history().map(({ status }) => status)).toEqual(['success', 'success']);
  });
});
