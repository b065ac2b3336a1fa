import { describe, expect } from 'vitest';
import * as z from 'zod';
import type { ApiWorld } from '../support/api-world.ts';
import { ProblemDocument } from '../support/documents.ts';
import { api, inSeconds, it } from './target.ts';

const Preview = z.looseObject({ items: z.array(z.string()), description: z.string().min(1) });

describe.concurrent('the preview of a schedule', () => {
  it('gives the occurrences and says what they mean', async ({ world }) => {
    const { items, description } = await preview(world, {
      kind: 'cron',
      expressions: ['0 9 * * 1-5'],
      timezone: 'Europe/Paris',
      startAt: '2035-01-05T00:00:00Z',
    });
    // A Friday, then the Monday after it; Paris is an hour ahead in winter.
    expect(items.slice(0, 2)).toEqual(['2035-01-05T08:00:00.000Z', '2035-01-08T08:00:00.000Z']);
    expect(description).toMatch(/09:00/);
    expect(description).toMatch(/Europe\/Paris/);
  });

  it('runs at the jump what spring takes away: 02:30 in Paris', async ({ world }) => {
    const { items } = await preview(world, {
      kind: 'cron',
      expressions: ['30 2 * * *'],
      timezone: 'Europe/Paris',
      startAt: '2035-03-24T00:00:00Z',
    });
    expect(items.slice(0, 3)).toEqual([
      '2035-03-24T01:30:00.000Z',
      '2035-03-25T01:00:00.000Z',
      '2035-03-26T00:30:00.000Z',
    ]);
  });

  it('runs once what autumn brings twice: 02:30 in Paris', async ({ world }) => {
    const { items } = await preview(world, {
      kind: 'cron',
      expressions: ['30 2 * * *'],
      timezone: 'Europe/Paris',
      startAt: '2035-10-27T00:00:00Z',
    });
    expect(items.slice(0, 3).map((at) => at.slice(0, 10))).toEqual([
      '2035-10-27',
      '2035-10-28',
      '2035-10-29',
    ]);
    expect(items[0]).toBe('2035-10-27T00:30:00.000Z');
    expect(items[2]).toBe('2035-10-29T01:30:00.000Z');
  });

  it('leaves out what spring takes and runs twice what autumn repeats, when asked to', async ({ world }) => {
    const schedule = { kind: 'cron', expressions: ['30 2 * * *'], timezone: 'Europe/Paris' };
    const dst = { gap: 'skip', repeat: 'both' };
    const spring = await preview(world, { ...schedule, dst, startAt: '2035-03-24T12:00:00Z' }, 1);
    expect(spring.items).toEqual(['2035-03-26T00:30:00.000Z']);
    const autumn = await preview(world, { ...schedule, dst, startAt: '2035-10-27T12:00:00Z' }, 2);
    expect(autumn.items).toEqual(['2035-10-28T00:30:00.000Z', '2035-10-28T01:30:00.000Z']);
  });

  it('unites several expressions, seconds and nicknames among them', async ({ world }) => {
    const { items } = await preview(
      world,
      { kind: 'cron', expressions: ['15 0 0 * * *', '@daily'], startAt: '2035-06-01T00:00:00Z' },
      4,
    );
    expect(items).toEqual([
      '2035-06-01T00:00:00.000Z',
      '2035-06-01T00:00:15.000Z',
      '2035-06-02T00:00:00.000Z',
      '2035-06-02T00:00:15.000Z',
    ]);
  });

  it('reads the last day of a month and the second Friday', async ({ world }) => {
    const startAt = '2035-02-01T00:00:00Z';
    const last = await preview(world, { kind: 'cron', expressions: ['0 12 L * *'], startAt }, 2);
    expect(last.items).toEqual(['2035-02-28T12:00:00.000Z', '2035-03-31T12:00:00.000Z']);
    const friday = await preview(world, { kind: 'cron', expressions: ['0 12 * * 5#2'], startAt }, 2);
    expect(friday.items).toEqual(['2035-02-09T12:00:00.000Z', '2035-03-09T12:00:00.000Z']);
  });

  it('reads a recurrence rule: the last Friday of the month, three times', async ({ world }) => {
    const { items, description } = await preview(world, {
      kind: 'rrule',
      rule: 'FREQ=MONTHLY;BYDAY=-1FR;COUNT=3',
      timezone: 'Europe/Paris',
      startAt: '2035-02-01T09:00:00+01:00',
    });
    expect(items).toEqual([
      '2035-02-23T08:00:00.000Z',
      '2035-03-30T07:00:00.000Z',
      '2035-04-27T07:00:00.000Z',
    ]);
    expect(description).toMatch(/last Friday/);
  });

  it('refuses a rule that never comes, and one that asks for too much, in no time', async () => {
    const all = (count: number) => Array.from({ length: count }, (_, n) => n).join(',');
    for (const rule of [
      'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30',
      `FREQ=YEARLY;BYDAY=MO,TU;BYHOUR=${all(24)};BYMINUTE=${all(60)};BYSECOND=${all(60)}`,
    ]) {
      const json = { schedule: { kind: 'rrule', rule } };
      const refused = await api.call('POST', '/v1/schedules/preview', { json });
      expect(refused.status).toBe(422);
      expect(ProblemDocument.parse(refused.body).errors?.[0]?.path).toMatch(/^schedule/);
    }
  });

  it('counts an interval from its start and ends before its end', async ({ world }) => {
    const schedule = {
      kind: 'interval',
      seconds: 90,
      startAt: '2035-01-01T00:00:00Z',
      endAt: '2035-01-01T00:03:00Z',
    };
    expect((await preview(world, schedule)).items).toEqual([
      '2035-01-01T00:00:00.000Z',
      '2035-01-01T00:01:30.000Z',
    ]);
  });

  it('gives the one instant of a one-time schedule', async ({ world }) => {
    const at = inSeconds(600);
    expect((await preview(world, { kind: 'once', at })).items).toEqual([at]);
  });

  it('gives the error that creation would give', async ({ world }) => {
    const schedule = { kind: 'cron', expressions: ['0 9 * * *', '61 * * * *'], timezone: 'Europe/Pariss' };
    const [previewed, created] = await Promise.all([
      api.call('POST', '/v1/schedules/preview', { json: { schedule } }),
      api.call('PUT', `/v1/tasks/${world.newId()}`, { json: { name: 'x', handler: 'demo.echo', schedule } }),
    ]);
    expect(previewed.status).toBe(422);
    const errors = ProblemDocument.parse(previewed.body).errors;
    expect(errors?.map(({ path }) => path)).toEqual(['schedule.expressions[1]', 'schedule.timezone']);
    expect(ProblemDocument.parse(created.body).errors).toEqual(errors);
  });
});

const preview = async (world: ApiWorld, schedule: object, count = 5) =>
  Preview.parse(await world.must(200, 'POST', '/v1/schedules/preview', { json: { schedule, count } }));
