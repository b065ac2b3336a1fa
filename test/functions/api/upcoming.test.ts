import { describe, expect, it } from 'vitest';
import { makeApiWorld } from './api-world.ts';

const PATH = '/v1/upcoming';
const cron = (...expressions: string[]) => ({ kind: 'cron', expressions });

describe('what is due when', () => {
  it('counts all tasks by the minute of the next day, and names some of them', async () => {
    const { call, create } = makeApiWorld();
    const nightly = await create();
    const twin = await create({ name: 'Twin', queue: 'low' });
    await create({ name: 'Weekly', schedule: cron('0 2 * * 3') });
    const { body } = await call({ path: PATH });
    expect(body).toEqual({
      from: '2026-11-21T09:00:00.000Z',
      to: '2026-11-22T09:00:00.000Z',
      items: [
        {
          at: '2026-11-22T02:00:00.000Z',
          count: 2,
          tasks: 2,
          taskIds: expect.arrayContaining([nightly.id, twin.id]),
        },
      ],
      named: expect.arrayContaining([
        { id: nightly.id, name: 'Nightly report', queue: 'default' },
        { id: twin.id, name: 'Twin', queue: 'low' },
      ]),
      counted: 2,
      nextCursor: null,
    });
  });

  it('counts several occurrences of a minute, of an interval as of a cron expression, within the span only', async () => {
    const { call, create } = makeApiWorld();
    const query = 'from=2026-11-21T10:00:30Z&to=2026-11-21T10:02:00Z';
    const startAt = '2026-11-21T10:00:00.000Z';
    const counts = [
      ['2026-11-21T10:00:00.000Z', 3],
      ['2026-11-21T10:01:00.000Z', 6],
    ];
    for (const schedule of [{ kind: 'interval', seconds: 10, startAt }, cron('*/10 * * * * *')]) {
      const { id } = await create({ schedule, tags: [schedule.kind] });
      const { body } = await call({ path: PATH, query: `${query}&tag=${schedule.kind}` });
      expect(body.items.map(({ at, count }: { at: string; count: number }) => [at, count])).toEqual(counts);
      expect(body.items[0].taskIds).toEqual([id]);
    }
  });

  it('leaves out what is paused, and days that a calendar closes', async () => {
    const { call, create } = makeApiWorld();
    const { id } = await create();
    await call({ method: 'POST', path: `/v1/tasks/${id}/pause` });
    const body = { name: 'Sundays', weekdays: ['sun'] };
    await call({ method: 'PUT', path: '/v1/calendars/sundays', body });
    const closed = { ...cron('0 2 * * *'), calendars: [{ id: 'sundays', mode: 'skip' }] };
    await create({ schedule: closed });
    await create({ schedule: { ...closed, expressions: ['0 3 * * *'] } });
    const answer = await call({ path: PATH });
    expect(answer.body).toMatchObject({ items: [], counted: 0, nextCursor: null });
  });

  it('adds up over pages to what one page would say', async () => {
    const { call, create } = makeApiWorld();
    for (let at = 0; at < 7; at++) await create({ name: `Task ${at}`, schedule: cron('0 * * * *') });
    const counts = new Map<string, number>();
    let pages = 0;
    for (let cursor: string | null = ''; cursor !== null; pages++) {
      const more = cursor === '' ? '' : `&cursor=${cursor}`;
      const { body } = await call({ path: PATH, query: `limit=3${more}` });
      for (const { at, count } of body.items) counts.set(at, (counts.get(at) ?? 0) + count);
      cursor = body.nextCursor;
    }
    expect(pages).toBe(3);
    expect([...counts.values()]).toEqual(Array.from({ length: 24 }, () => 7));
  });

  it('names few tasks of a crowded minute, and says how many they are', async () => {
    const { call, create } = makeApiWorld();
    for (let at = 0; at < 8; at++) await create({ name: `Task ${at}` });
    const { body } = await call({ path: PATH });
    expect(body.items).toMatchObject([{ count: 8, tasks: 8 }]);
    expect(body.items[0].taskIds).toHaveLength(5);
    expect(body.named).toHaveLength(5);
  });

  it('breaks a page off before it walks too many occurrences', async () => {
    const { call, create } = makeApiWorld();
    for (let at = 0; at < 3; at++) await create({ name: `Busy ${at}`, schedule: cron('* * * * * *') });
    const first = await call({ path: PATH });
    expect(first.body.counted).toBeLessThan(3);
    const second = await call({ path: PATH, query: `cursor=${first.body.nextCursor}` });
    expect(first.body.counted + second.body.counted).toBe(3);
  });

  it.each([
    ['from=2026-11-22T00:00:00Z&to=2026-11-21T00:00:00Z', 'from', 'must be before to'],
    [
      'from=2026-11-21T00:00:00Z&to=2026-11-23T00:00:00Z',
      'to',
      'at most 24 hours after from: ask for a shorter span',
    ],
    ['cursor=abc', 'cursor', 'not a cursor of this list'],
  ])('refuses %s', async (query, path, message) => {
    const { call } = makeApiWorld();
    const answer = await call({ path: PATH, query });
    expect([answer.status, answer.body.errors]).toEqual([422, [{ path, message }]]);
  });

  it('shows nothing of another tenant', async () => {
    const { call, create } = makeApiWorld();
    await create();
    expect((await call({ path: PATH, tenant: 'other' })).body).toMatchObject({
      items: [],
      named: [],
      counted: 0,
    });
  });
});
