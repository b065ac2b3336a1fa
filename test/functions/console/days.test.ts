import { describe, expect, it } from 'vitest';
import { daysOf, dayText, stateOf } from '../../../functions/console/page/src/pages/task/days.ts';
import { markedFirings } from '../../../functions/console/page/src/pages/task/marked-firings.ts';

const NOW = Date.parse('2026-11-21T12:00:00.000Z');
const at = (day: number, hour = 2) => new Date(Date.UTC(2026, 10, day, hour)).toISOString();
const run = (scheduledAt: string, status: 'success' | 'dead' | 'skipped' = 'success', missed = 0) => ({
  status,
  reason: null,
  scheduledAt,
  missed,
  trigger: 'schedule' as const,
});
const days = (more: Partial<Parameters<typeof daysOf>[0]>) =>
  daysOf({
    zone: 'UTC',
    expected: [at(17), at(18), at(19), at(20), at(21), at(22)],
    runs: [],
    knownSince: at(1),
    pausedSince: undefined,
    nowMs: NOW,
    ...more,
  });

describe('expected against actual', () => {
  it('is told by the day: what ran, what died, what is missing, and nothing of what is to come', () => {
    const found = days({
      runs: [run(at(17)), run(at(18), 'dead'), run(at(20)), run(at(20, 7)), run(at(21))],
    });
    expect(found.map(stateOf)).toEqual(['success', 'dead', 'missing', 'success', 'success']);
    expect(found[3]).toMatchObject({ date: '2026-11-20', expected: 1, success: 2, besides: 1 });
    expect(dayText(found[2])).toBe('1 expected: 1 missing');
  });

  it('takes a row that stands for several for all of them', () => {
    const found = days({ runs: [run(at(17), 'skipped', 3), run(at(20)), run(at(21))] });
    expect(found.map(stateOf)).toEqual(['skipped', 'skipped', 'skipped', 'success', 'success']);
  });

  it('misses nothing of a time in which the task was not there, or is paused', () => {
    expect(days({ knownSince: at(20), runs: [run(at(18))] }).map(({ date }) => date)).toEqual([
      '2026-11-18',
      '2026-11-20',
      '2026-11-21',
    ]);
    expect(days({ knownSince: at(20), pausedSince: at(19) }).map(stateOf)).toEqual(['skipped', 'skipped']);
  });

  it('has the days of the zone', () => {
    const found = days({ zone: 'Asia/Tokyo', expected: [at(20, 16)], runs: [run(at(20, 16))] });
    expect(found.map(({ date }) => date)).toEqual(['2026-11-21']);
  });
});

describe('the next firings', () => {
  it('are marked where the clocks were changed since the one before, and where they were moved', () => {
    const items = ['2026-03-28T08:00:00.000Z', '2026-03-29T07:00:00.000Z', '2026-03-30T07:00:10.000Z'];
    const nominal = ['2026-03-28T08:00:00.000Z', '2026-03-29T07:00:00.000Z', '2026-03-30T07:00:00.000Z'];
    expect(markedFirings({ items, nominal }, 'Europe/Berlin', '2026-03-27T09:00:00.000Z')).toEqual([
      { at: items[0] },
      { at: items[1], clocksMoved: 60 },
      { at: items[2], nominal: nominal[2] },
    ]);
  });
});
