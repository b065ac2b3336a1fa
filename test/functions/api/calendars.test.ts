import { describe, expect, it } from 'vitest';
import { type Call, makeApiWorld } from './api-world.ts';

const put = (id: string, body: unknown, rest: Partial<Call> = {}): Call => ({
  method: 'PUT',
  path: `/v1/calendars/${id}`,
  body,
  ...rest,
});
const HOLIDAYS = { name: 'Holidays', dates: ['--12-25', '2026-11-22'], weekdays: ['sun', 'sat'] };

describe('a calendar', () => {
  it('is made, read, listed, replaced at its version and deleted', async () => {
    const { call, advance } = makeApiWorld();
    const made = await call(put('holidays', HOLIDAYS, { role: 'operator' }));
    expect([made.status, made.headers.location, made.headers.etag]).toEqual([
      201,
      '/v1/calendars/holidays',
      '"1"',
    ]);
    expect(made.body).toEqual({
      id: 'holidays',
      ...HOLIDAYS,
      ranges: [],
      createdAt: '2026-11-21T09:00:00.000Z',
      updatedAt: '2026-11-21T09:00:00.000Z',
      createdBy: 'token:test',
      version: 1,
      replanned: { tasks: 0, complete: true },
    });
    const { replanned: _replanned, ...shown } = made.body;
    expect((await call({ path: '/v1/calendars/holidays', role: 'viewer' })).body).toEqual(shown);
    expect((await call({ path: '/v1/calendars', role: 'viewer' })).body).toEqual({
      items: [shown],
      nextCursor: null,
    });
    expect((await call({ path: '/v1/calendars', tenant: 'other' })).body.items).toEqual([]);

    await advance(1_000);
    expect((await call(put('holidays', HOLIDAYS))).headers.etag).toBe('"1"');
    const changed = {
      name: 'All of August',
      timezone: 'Europe/Paris',
      ranges: [{ from: '2027-08-01', to: '2027-08-31' }],
    };
    expect((await call(put('holidays', changed, { headers: { 'If-Match': '"7"' } }))).status).toBe(412);
    const second = await call(put('holidays', changed, { headers: { 'If-Match': '"1"' } }));
    expect([second.status, second.body.version, second.body.weekdays]).toEqual([200, 2, []]);
    expect((await call(put('holidays', changed, { headers: { 'If-None-Match': '*' } }))).status).toBe(412);

    const gone = { method: 'DELETE', path: '/v1/calendars/holidays' };
    expect((await call({ ...gone, headers: { 'If-Match': '"1"' } })).status).toBe(412);
    expect((await call({ ...gone, role: 'operator' })).status).toBe(204);
    expect((await call(gone)).status).toBe(404);
    expect((await call({ path: '/v1/calendars/holidays' })).status).toBe(404);
  });

  it('is changed by operators only', async () => {
    const { call } = makeApiWorld();
    expect((await call(put('holidays', HOLIDAYS, { role: 'viewer' }))).status).toBe(403);
    expect((await call({ method: 'DELETE', path: '/v1/calendars/holidays', role: 'viewer' })).status).toBe(
      403,
    );
  });

  it.each<[string, object, string, RegExp]>([
    ['without a name', { dates: [] }, 'name', /required/],
    ['with a date that there is not', { dates: ['2026-02-30'] }, 'dates[0]', /date like 2026-12-25/],
    ['with a yearly date that no year has', { dates: ['--02-30'] }, 'dates[0]', /date like/],
    ['with an instant', { dates: ['2026-12-25T00:00:00Z'] }, 'dates[0]', /date like/],
    [
      'with a range that ends before it begins',
      { ranges: [{ from: '2026-02-02', to: '2026-02-01' }] },
      'ranges[0].to',
      /not before from/,
    ],
    ['with a weekday that is none', { weekdays: ['someday'] }, 'weekdays[0]', /sun/],
    ['with a zone that is none', { timezone: 'Mars/Olympus' }, 'timezone', /unknown time zone/],
    ['with something else', { days: [] }, 'days', /unknown field/],
    [
      'that leaves no day',
      { weekdays: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] },
      '',
      /leaves no day in more than 366 days from 1970-01-01/,
    ],
    [
      'that leaves no day for years',
      { ranges: [{ from: '2027-01-01', to: '2029-12-31' }] },
      '',
      /from 2027-01-01 on/,
    ],
  ])('is refused %s', async (_, fields, path, message) => {
    const { call } = makeApiWorld();
    const name =
      'dates' in fields && Object.keys(fields).length === 1 && path === 'name' ? {} : { name: 'n' };
    const { status, body } = await call(put('holidays', { ...name, ...fields }));
    expect(status).toBe(422);
    expect(body.errors).toEqual([{ path, message: expect.stringMatching(message) }]);
  });
});

describe('a task under a calendar', () => {
  const daily = (...calendars: object[]) => ({ kind: 'cron', expressions: ['0 12 * * *'], calendars });

  it('shows what it names, its next run, and what is moved from where', async () => {
    const { call, create } = makeApiWorld();
    await call(put('holidays', HOLIDAYS));
    const task = await create({ schedule: daily({ id: 'holidays', mode: 'shift' }) });
    expect(task.schedule).toEqual({
      kind: 'cron',
      expressions: ['0 12 * * *'],
      timezone: 'UTC',
      jitterSeconds: 0,
      calendars: [{ id: 'holidays', mode: 'shift' }],
    });
    expect(task.scheduleDescription).toBe('At 12:00 (UTC), moved to the next open day from days of holidays');
    expect(task.nextRunAt).toBe('2026-11-23T12:00:00.000Z');
    const upcoming = await call({ path: `/v1/tasks/${task.id}/upcoming`, query: 'count=2' });
    expect(upcoming.body).toEqual({
      items: ['2026-11-23T12:00:00.000Z', '2026-11-24T12:00:00.000Z'],
    });
    const weekly = await create({
      schedule: { kind: 'cron', expressions: ['0 12 * * 6'], calendars: [{ id: 'holidays', mode: 'shift' }] },
    });
    expect((await call({ path: `/v1/tasks/${weekly.id}/upcoming`, query: 'count=1' })).body).toEqual({
      items: ['2026-11-23T12:00:00.000Z'],
      nominal: ['2026-11-21T12:00:00.000Z'],
    });
  });

  it('shows instants with its own jitter, and the nominal ones without', async () => {
    const { call, create } = makeApiWorld();
    const task = await create({
      schedule: { kind: 'cron', expressions: ['0 12 * * *'], jitterSeconds: 600 },
    });
    const { body } = await call({ path: `/v1/tasks/${task.id}/upcoming`, query: 'count=1' });
    expect(body.items).toEqual([task.nextRunAt]);
    expect(body.nominal).toEqual(['2026-11-21T12:00:00.000Z']);
    expect(Date.parse(task.nextRunAt)).toBeGreaterThan(Date.parse(body.nominal[0]));
  });

  it('is previewed under it', async () => {
    const { call } = makeApiWorld();
    await call(put('holidays', HOLIDAYS));
    const preview = (schedule: object) =>
      call({ method: 'POST', path: '/v1/schedules/preview', body: { schedule, count: 1 } });
    expect((await preview(daily({ id: 'holidays' }))).body).toEqual({
      items: ['2026-11-23T12:00:00.000Z'],
      description: 'At 12:00 (UTC), skipped on days of holidays',
    });
    const unknown = await preview(daily({ id: 'none' }));
    expect([unknown.status, unknown.body.errors]).toEqual([
      422,
      [{ path: 'schedule.calendars[0].id', message: 'there is no calendar "none"' }],
    ]);
    const christmas = { kind: 'cron', expressions: ['0 9 25 12 *'], calendars: [{ id: 'holidays' }] };
    expect((await preview(christmas)).body.errors).toEqual([
      { path: 'schedule', message: expect.stringContaining('on a day that its calendars leave') },
    ]);
  });

  it('names each calendar once, and a mode that there is', async () => {
    const { call } = makeApiWorld();
    await call(put('holidays', HOLIDAYS));
    const create = async (...calendars: object[]) =>
      (
        await call({
          method: 'POST',
          path: '/v1/tasks',
          body: { name: 'n', handler: 'demo.echo', schedule: daily(...calendars) },
        })
      ).body.errors?.map(({ path }: { path: string }) => path);
    expect(await create({ id: 'holidays' }, { id: 'holidays', mode: 'shift' })).toEqual([
      'schedule.calendars',
    ]);
    expect(await create({ id: 'holidays', mode: 'move' })).toEqual(['schedule.calendars[0].mode']);
  });

  it('is listed by its calendar, page by page', async () => {
    const { call, create } = makeApiWorld();
    await call(put('holidays', HOLIDAYS));
    const schedule = { kind: 'cron', expressions: ['0 9 * * *'], calendars: [{ id: 'holidays' }] };
    const ids = [(await create({ schedule })).id, (await create({ schedule })).id];
    await create();
    const path = '/v1/calendars/holidays/tasks';
    const first = (await call({ path, query: 'limit=1' })).body;
    const second = (await call({ path, query: `limit=1&cursor=${first.nextCursor}` })).body;
    expect([...first.items, ...second.items]).toEqual(ids.map((id) => ({ id })));
    expect(second.nextCursor).toBeNull();
    expect((await call({ path: '/v1/calendars/nothing/tasks' })).status).toBe(404);
  });

  it('keeps its calendar from being deleted', async () => {
    const { call, create } = makeApiWorld();
    await call(put('holidays', HOLIDAYS));
    const { id } = await create({ schedule: daily({ id: 'holidays' }) });
    const remove = { method: 'DELETE', path: '/v1/calendars/holidays' };
    const refused = await call(remove);
    expect([refused.status, refused.body.code]).toEqual([409, 'state-conflict']);
    expect(refused.body.detail).toContain(id);
    const patched = await call({
      method: 'PATCH',
      path: `/v1/tasks/${id}`,
      body: { schedule: { calendars: null } },
    });
    expect(patched.body.schedule).not.toHaveProperty('calendars');
    expect((await call(remove)).status).toBe(204);
  });

  it('follows a change of the calendar, and only one that it uses', async () => {
    const { call, create } = makeApiWorld();
    await call(put('holidays', HOLIDAYS));
    const { id } = await create({ schedule: daily({ id: 'holidays' }) });
    await create({ schedule: daily() });
    const { body } = await call(put('holidays', { name: 'None' }));
    expect(body.replanned).toEqual({ tasks: 1, complete: true });
    expect((await call({ path: `/v1/tasks/${id}` })).body.nextRunAt).toBe('2026-11-21T12:00:00.000Z');
  });
});
