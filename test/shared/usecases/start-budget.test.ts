import { describe, expect, it } from 'vitest';
import { scheduledOccurrence } from '../../../shared/domain/occurrence.ts';
import { pausedTask } from '../../../shared/domain/task-transitions.ts';
import { boom, makeSchedulerWorld, ok, T0 } from '../../support/scheduler-world.ts';

const first = scheduledOccurrence(T0);
const key = { tenant: 'root', taskId: 'job' };

describe('a retry whose process stood still when it was permitted', () => {
  it('does not begin after its task was paused meanwhile', async () => {
    const w = makeSchedulerWorld();
    await w.addTask();
    w.handle(() => boom());
    await w.hint(first);
    await w.advance(10_000);
    w.handle(() => ok());
    // The answer is on its way, and the process gets to see it only long afterwards.
    let reads = 0;
    w.hooks.after = async (operation) => {
      if (operation !== 'tasks.read' || ++reads < 2) return;
      w.hooks.after = undefined;
      await w.tasks.update(key, pausedTask(await w.state(), w.clock.nowMs()));
      await w.advance(20_000);
    };
    expect(await w.hint(first)).toMatchObject({ note: 'too late to begin; the sweeper goes on' });
    expect(w.runs).toHaveLength(1);
  });
});
