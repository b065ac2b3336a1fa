import { describe, expect, it } from 'vitest';
import handlers from '#handlers';
import { CalendarInputSchema } from '../../../shared/contract/calendar.ts';
import { makeRegistry } from '../../../shared/contract/handler.ts';
import type { Principal } from '../../../shared/domain/principal.ts';
import { deleteCalendar, putCalendar } from '../../../shared/usecases/manage-calendars/change-calendar.ts';
import { createTask } from '../../../shared/usecases/manage-tasks/create-task.ts';
import { patchTask, replaceTask } from '../../../shared/usecases/manage-tasks/edit-task.ts';
import { upcomingRuns } from '../../../shared/usecases/manage-tasks/look-at-tasks.ts';
import { deleteTask, pauseTask, resumeTask } from '../../../shared/usecases/manage-tasks/steer-task.ts';
import { makeSchedulerWorld, T0 } from '../../support/scheduler-world.ts';

const admin: Principal = { tenant: 'root', role: 'admin', actor: 'token:test' };
const retry = { strategy: 'fixed', limit: 1, baseSeconds: 1, maxSeconds: 1, jitter: 'none' } as const;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const short = (at: number | undefined) => new Date(at ?? 0).toISOString().slice(0, 16).replace('T', ' ');

/** The whole scheduler, which begins on Saturday, 21 November 2026 at 09:00 UTC. */
function makeWorld() {
  const world = makeSchedulerWorld();
  const deps = {
    ...world,
    handlers: makeRegistry(handlers),
    queueDefaults: { default: { priority: 1, workers: 1, timeoutSeconds: 60, retry } },
    retentionMs: 30 * DAY,
    shards: 1,
  };
  const put = (id: string, input: object) =>
    putCalendar(deps, admin, id, CalendarInputSchema.parse({ name: id, ...input }), {});
  const task = (schedule: object, fields: object = {}) =>
    replaceTask(deps, admin, 'job', { name: 'Job', handler: 'demo.echo', schedule, ...fields }, {});
  const upcoming = async (count: number) =>
    (await upcomingRuns(deps, admin, 'job', { count: count })).map(({ at }) => short(at));
  /** Somebody else acts just before the first operation of this name. */
  const meanwhile = (name: string, act: () => Promise<unknown>) => {
    world.hooks.before = async (operation) => {
      if (operation !== name) return;
      world.hooks.before = undefined;
      await act();
    };
  };
  const minutes = (count: number, stepMs?: number) => world.minutes(count, stepMs);
  return { ...world, minutes, deps, put, task, upcoming, meanwhile };
}
const daily = (mode: 'skip' | 'shift', ...ids: string[]) => ({
  kind: 'cron',
  expressions: ['0 12 * * *'],
  calendars: ids.map((id) => ({ id, mode })),
});

describe('a task under a calendar', () => {
  it('waits for the first occurrence that the calendar leaves', async () => {
    const { put, task, state, upcoming } = makeWorld();
    await put('weekend', { weekdays: ['sat', 'sun'] });
    await task(daily('skip', 'weekend'));
    expect(short((await state()).nextRunAt)).toBe('2026-11-23 12:00');
    expect(await upcoming(6)).toEqual(
      ['23', '24', '25', '26', '27', '30'].map((day) => `2026-11-${day} 12:00`),
    );
  });

  it('runs through the days that are left, and nothing on the others', async () => {
    const { put, task, minutes, history } = makeWorld();
    await put('today', { dates: ['2026-11-21'] });
    const everyHalfHour = { kind: 'interval', seconds: 1_800, startAt: '2026-11-21T00:00:00Z' };
    await task({ ...everyHalfHour, calendars: [{ id: 'today' }] });
    await minutes(16 * 60 + 2, 60_000);
    expect(history().map(({ status, scheduledAt }) => `${status} ${short(scheduledAt)}`)).toEqual([
      'success 2026-11-22 00:00',
      'success 2026-11-22 00:30',
      'success 2026-11-22 01:00',
    ]);
  });

  it('goes on after a pause with the first occurrence that the calendar leaves', async () => {
    const { deps, put, task, state } = makeWorld();
    await put('weekend', { weekdays: ['sat', 'sun'] });
    await task(daily('skip', 'weekend'));
    await pauseTask(deps, admin, 'job', {});
    await resumeTask(deps, admin, 'job', {});
    expect(short((await state()).nextRunAt)).toBe('2026-11-23 12:00');
  });
});

describe('a changed calendar', () => {
  it('moves the next run of its tasks, away from a day that it closes and back to one that it opens', async () => {
    const { put, task, state } = makeWorld();
    await put('holidays', {});
    await task(daily('shift', 'holidays'));
    const { generation, version } = await state();
    expect(short((await state()).nextRunAt)).toBe('2026-11-21 12:00');
    const closed = await put('holidays', { dates: ['2026-11-21', '2026-11-22'] });
    expect(closed.replanned).toEqual({ tasks: 1, complete: true });
    expect(short((await state()).nextRunAt)).toBe('2026-11-23 12:00');
    expect((await put('holidays', { dates: ['2026-11-21'] })).replanned.tasks).toBe(1);
    expect(short((await state()).nextRunAt)).toBe('2026-11-22 12:00');
    // Nobody edited the task: what was permitted stays so, and ETags hold.
    expect(await state()).toMatchObject({ generation, version });
  });

  it('said again changes nothing but looks through its tasks once more', async () => {
    const { put, task } = makeWorld();
    const first = await put('holidays', { dates: ['2026-11-21'] });
    await task(daily('skip', 'holidays'));
    const again = await put('holidays', { dates: ['2026-11-21'] });
    expect(again.calendar).toEqual(first.calendar);
    expect(again.replanned).toEqual({ tasks: 0, complete: true });
  });

  it('sends the hint of a run that it makes due soon', async () => {
    const { put, task, advance, deliver, history } = makeWorld();
    await put('holidays', { dates: ['2026-11-21'] });
    await task({
      kind: 'interval',
      seconds: 60,
      startAt: '2026-11-21T09:00:00Z',
      calendars: [{ id: 'holidays' }],
    });
    await advance(500);
    await put('holidays', {});
    await advance(60_000);
    await deliver();
    expect(history().map(({ status, scheduledAt }) => `${status} ${short(scheduledAt)}`)).toEqual([
      'success 2026-11-21 09:01',
    ]);
  });

  it('leaves paused tasks alone', async () => {
    const { deps, put, task, state } = makeWorld();
    await put('holidays', {});
    await task(daily('skip', 'holidays'));
    await pauseTask(deps, admin, 'job', {});
    expect((await put('holidays', { dates: ['2026-11-21'] })).replanned.tasks).toBe(0);
    expect(await state()).toMatchObject({ status: 'paused' });
  });

  it('holds for a task that somebody edits at the same time', async () => {
    const { put, task, state, meanwhile, deps } = makeWorld();
    await put('holidays', {});
    await task(daily('skip', 'holidays'));
    meanwhile('tasks.update', async () => {
      await patchTask(deps, admin, 'job', { schedule: { expressions: ['0 18 * * *'] } }, {});
    });
    await put('holidays', { dates: ['2026-11-21'] });
    expect(short((await state()).nextRunAt)).toBe('2026-11-22 18:00');
  });

  it('counts as it stands last when two people change it at once', async () => {
    const { put, task, state, meanwhile } = makeWorld();
    await put('holidays', {});
    await task(daily('skip', 'holidays'));
    // The second change comes and goes while the first one is about to move the task.
    meanwhile('tasks.update', () => put('holidays', {}));
    await put('holidays', { dates: ['2026-11-21'] });
    expect(short((await state()).nextRunAt)).toBe('2026-11-21 12:00');
  });
});

describe('an occurrence whose day is closed when it comes due', () => {
  it('does not run, is written down as skipped, and the next one is what the calendar leaves', async () => {
    const { put, task, advance, hint, history, state, runs } = makeWorld();
    await put('holidays', {});
    await task(daily('skip', 'holidays'));
    await advance(3 * HOUR);
    // It is due: nobody may move it any more but its executor.
    await put('holidays', { dates: ['2026-11-21', '2026-11-22'] });
    expect(short((await state()).nextRunAt)).toBe('2026-11-21 12:00');
    await hint(String(T0 + 3 * HOUR).padStart(15, '0'));
    expect(runs).toEqual([]);
    expect(history()).toMatchObject([{ status: 'skipped', reason: 'calendar', scheduledAt: T0 + 3 * HOUR }]);
    expect(short((await state()).nextRunAt)).toBe('2026-11-23 12:00');
  });

  it('comes on the next open day when the calendar shifts', async () => {
    const { put, task, advance, hint, minutes, history } = makeWorld();
    await put('holidays', {});
    const once = { kind: 'cron', expressions: ['0 12 21 11 *'], endAt: '2026-12-01T00:00:00Z' };
    await task({ ...once, calendars: [{ id: 'holidays', mode: 'shift' }] });
    await advance(3 * HOUR);
    await put('holidays', { dates: ['2026-11-21'] });
    await hint(String(T0 + 3 * HOUR).padStart(15, '0'));
    await advance(DAY - 120_000);
    await minutes(4);
    expect(history().map(({ status, scheduledAt }) => `${status} ${short(scheduledAt)}`)).toEqual([
      'skipped 2026-11-21 12:00',
      'success 2026-11-22 12:00',
    ]);
  });

  it('does not run either when the calendar is closed between the look at the task and the claim', async () => {
    const { put, task, advance, hint, history, runs, meanwhile } = makeWorld();
    await put('holidays', {});
    await task(daily('skip', 'holidays'));
    await advance(3 * HOUR);
    meanwhile('calendars.readMany', () => put('holidays', { dates: ['2026-11-21'] }));
    await hint(String(T0 + 3 * HOUR).padStart(15, '0'));
    expect(runs).toEqual([]);
    expect(history()).toMatchObject([{ status: 'skipped', reason: 'calendar' }]);
  });

  it('does not begin later than the start budget after the calendars were looked at', async () => {
    const { put, task, advance, hint, runs, hooks } = makeWorld();
    await put('holidays', {});
    await task(daily('skip', 'holidays'));
    await advance(3 * HOUR);
    hooks.after = async (operation) => {
      if (operation !== 'executions.insert') return;
      hooks.after = undefined;
      await advance(6_000);
    };
    await hint(String(T0 + 3 * HOUR).padStart(15, '0'));
    expect(runs).toEqual([]);
  });
});

describe('deleting a calendar', () => {
  it('is refused while tasks use it, which it names, and leaves it as it was', async () => {
    const { deps, put, task } = makeWorld();
    const { calendar } = await put('holidays', {});
    await task(daily('skip', 'holidays'));
    await expect(deleteCalendar(deps, admin, 'holidays', {})).rejects.toMatchObject({
      code: 'state-conflict',
      message: expect.stringContaining('job'),
    });
    expect(await deps.calendars.readMany('root', ['holidays'])).toEqual([calendar]);
  });

  it.each<[string, (w: ReturnType<typeof makeWorld>) => Promise<unknown>]>([
    ['the task is deleted', ({ deps }) => deleteTask(deps, admin, 'job', {})],
    [
      'the task does without it',
      ({ deps }) => patchTask(deps, admin, 'job', { schedule: { calendars: null } }, {}),
    ],
    ['the task has another schedule', ({ task }) => task({ kind: 'interval', seconds: 60 })],
  ])('goes through once %s', async (_, act) => {
    const w = makeWorld();
    await w.put('holidays', {});
    await w.task(daily('skip', 'holidays'));
    await act(w);
    await deleteCalendar(w.deps, admin, 'holidays', {});
    expect(await w.deps.calendars.readMany('root', ['holidays'])).toEqual([]);
  });

  it('and taking it up at the same moment do not both succeed', async () => {
    const { deps, put, task, meanwhile } = makeWorld();
    await put('holidays', {});
    meanwhile('tasks.create', () => deleteCalendar(deps, admin, 'holidays', {}));
    await expect(task(daily('skip', 'holidays'))).rejects.toMatchObject({ code: 'state-conflict' });
    await expect(task(daily('skip', 'holidays'))).rejects.toMatchObject({
      details: { errors: [{ path: 'schedule.calendars[0].id', message: 'there is no calendar "holidays"' }] },
    });
  });

  it('that died halfway lets no task in, is finished by repeating it, or undone by a PUT', async () => {
    const { deps, put, task, hooks } = makeWorld();
    await put('holidays', {});
    hooks.before = (operation) => {
      if (operation === 'calendars.users') throw new Error('crash');
    };
    await expect(deleteCalendar(deps, admin, 'holidays', {})).rejects.toThrow('crash');
    hooks.before = undefined;
    await expect(task(daily('skip', 'holidays'))).rejects.toMatchObject({ code: 'validation-failed' });
    await put('holidays', {});
    await task(daily('skip', 'holidays'));
    await deleteTask(deps, admin, 'job', {});
    await deleteCalendar(deps, admin, 'holidays', {});
    await expect(deleteCalendar(deps, admin, 'holidays', {})).rejects.toMatchObject({ code: 'not-found' });
  });
});

it('a task with an unknown calendar is not made', async () => {
  const { deps } = makeWorld();
  const body = { name: 'n', handler: 'demo.echo', schedule: daily('skip', 'none') };
  await expect(createTask(deps, admin, body, undefined)).rejects.toMatchObject({
    details: { errors: [{ path: 'schedule.calendars[0].id', message: 'there is no calendar "none"' }] },
  });
});
