import { describe, expect } from 'vitest';
import { inSeconds, it, ms } from './target.ts';

describe.concurrent('a recurrence rule', () => {
  it('runs to the second as often as it counts, and the task is completed', async ({ world }) => {
    const startAt = inSeconds(3).replace(/\.\d+Z$/, '.000Z');
    const schedule = { kind: 'rrule', rule: 'FREQ=SECONDLY;INTERVAL=2;COUNT=3', startAt };
    const task = await world.task({ schedule, overlap: 'allow' });
    expect(task.scheduleDescription).toMatch(/every 2 seconds, 3 times/i);
    const runs = await world.ended(task.id, 3);
    expect(runs.map(({ scheduledAt }) => ms(scheduledAt) - ms(startAt)).reverse()).toEqual([0, 2_000, 4_000]);
    expect(runs.map(({ status }) => status)).toEqual(['success', 'success', 'success']);
    expect(await world.read(task.id)).toMatchObject({ status: 'completed', nextRunAt: null });
  });
});
