import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { END_KINDS, type RunEnd } from '../../../shared/domain/run-end.ts';
import { mergeSummaries, RANKINGS, ranked, summarize } from '../../../shared/domain/summary.ts';

const endOf = (tasks: number) =>
  fc
    .record({
      task: fc.integer({ min: 0, max: tasks - 1 }),
      kind: fc.constantFrom(...END_KINDS),
      durationMs: fc.integer({ min: 0, max: 900_000 }),
      latenessMs: fc.integer({ min: 0, max: 60_000 }),
    })
    .map(({ task, kind, ...rest }): RunEnd => ({ tenant: 'root', taskId: `task-${task}`, kind, ...rest }));

describe('a summary', () => {
  it('of a union is what its parts add up to, while no part has more tasks than are kept', () => {
    const parts = fc.array(fc.array(endOf(20), { maxLength: 60 }), { maxLength: 6 });
    fc.assert(
      fc.property(parts, (all) => {
        expect(mergeSummaries(all.map(summarize))).toEqual(summarize(all.flat()));
      }),
    );
  });

  it('counts runs that ended, and each failed attempt once', () => {
    const end = (kind: RunEnd['kind']): RunEnd => ({ tenant: 'root', taskId: 'job', kind });
    const { counts, tasks } = summarize([end('failed'), end('failed'), end('dead'), end('success')]);
    expect(counts).toMatchObject({ success: 1, dead: 1, failed: 2 });
    expect(tasks).toMatchObject([{ taskId: 'job', runs: 2, failures: 3 }]);
  });

  it('of thousands of tasks keeps those that lead; the longest and the latest are exact through every merge', () => {
    const ends = fc.sample(endOf(5_000), { numRuns: 8_000, seed: 7 });
    const parts = Array.from({ length: 20 }, (_, n) => ends.slice(n * 400, (n + 1) * 400));
    const merged = mergeSummaries(parts.map(summarize));
    expect(merged.tasks.length).toBeLessThanOrEqual(RANKINGS.length * 25);
    for (const by of ['maxDurationMs', 'maxLatenessMs'] as const) {
      const ran = ends.filter(({ kind }) => kind !== 'late' && kind !== 'skipped' && kind !== 'cancelled');
      const value = ({ durationMs = 0, latenessMs = 0 }: RunEnd) =>
        by === 'maxDurationMs' ? durationMs : latenessMs;
      const best = new Map<string, number>();
      for (const end of ran) best.set(end.taskId, Math.max(best.get(end.taskId) ?? 0, value(end)));
      const expected = [...best.values()].sort((a, b) => b - a).slice(0, 10);
      expect(ranked(merged.tasks, by, 10).map((task) => task[by])).toEqual(expected);
    }
  });

  it('ranks nobody who has nothing of it', () => {
    const { tasks } = summarize([{ tenant: 'root', taskId: 'job', kind: 'success' }]);
    expect(ranked(tasks, 'failures', 10)).toEqual([]);
    expect(ranked(tasks, 'runs', 10)).toHaveLength(1);
  });
});
