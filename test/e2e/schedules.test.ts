import { describe, expect } from 'vitest';
import { eventually } from '../support/eventually.ts';
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

describe.concurrent('a calendar', () => {
  it('keeps its tasks from running on its days, from the moment it is changed', async ({ world }) => {
    const calendar = await world.calendar({});
    const schedule = { kind: 'interval', seconds: 2, calendars: [{ id: calendar.id }] };
    const task = await world.task({ schedule, overlap: 'allow' });
    await world.ended(task.id, 2);
    await calendar.put({ dates: days(0, 1, 2) });
    // What was permitted before may still begin within seconds of the answer.
    const closedAt = Date.now() + 6_000;
    const waiting = await eventually(async () => {
      const shown = await world.read(task.id);
      if (ms(shown.nextRunAt) < closedAt + 86_400_000) throw new Error(`next run at ${shown.nextRunAt}`);
      return shown;
    });
    expect(waiting.nextRunAt?.slice(11)).toMatch(/^00:00:0[01]/);
    const before = await world.ended(task.id);
    expect(
      before.every(({ scheduledAt, status }) => status === 'skipped' || ms(scheduledAt) < closedAt),
    ).toBe(true);

    await calendar.put({});
    const reopened = Date.now();
    await eventually(async () => {
      const runs = await world.runs(task.id);
      if (!runs.some(({ status, scheduledAt }) => status === 'success' && ms(scheduledAt) > reopened))
        throw new Error('nothing runs although the day is open again');
    });
  });

  it('moves what falls on its days to the next open one, and is not deleted while it is used', async ({
    world,
  }) => {
    const calendar = await world.calendar({ weekdays: ['sat', 'sun'], timezone: 'Europe/Paris' });
    const schedule = {
      kind: 'rrule',
      rule: 'FREQ=WEEKLY;BYDAY=SA',
      timezone: 'Europe/Paris',
      startAt: '2035-01-06T09:00:00+01:00',
      calendars: [{ id: calendar.id, mode: 'shift' }],
    };
    const task = await world.task({ schedule });
    expect(task.nextRunAt).toBe('2035-01-08T08:00:00.000Z');
    await calendar.put({ weekdays: ['sat', 'sun', 'mon'], timezone: 'Europe/Paris' });
    expect((await world.read(task.id)).nextRunAt).toBe('2035-01-09T08:00:00.000Z');
    await world.must(409, 'DELETE', `/v1/calendars/${calendar.id}`);
    await world.must(204, 'DELETE', `/v1/tasks/${task.id}`);
    await world.must(204, 'DELETE', `/v1/calendars/${calendar.id}`);
  });
});

/** Local dates in UTC, so many days from now. */
const days = (...offsets: number[]) =>
  offsets.map((offset) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10));
