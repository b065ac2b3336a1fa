import { describe, expect, it } from 'vitest';
import { makeCli } from './fake-io.ts';

const spread = (p50: number | null) => ({ count: 2, mean: p50, p50, p95: p50, p99: p50, max: p50 });
const figures = (success: number) => ({
  runs: { success, dead: success > 0 ? 1 : 0, cancelled: 0, skipped: 0 },
  failedAttempts: success > 0 ? 2 : 0,
  late: 0,
  successRate: success > 0 ? 0.75 : null,
  durationMs: spread(success > 0 ? 880 : null),
  latenessMs: spread(success > 0 ? 12_000 : null),
});
const leader = (taskId: string) => ({
  taskId,
  taskName: 'Report',
  runs: 3,
  failedAttempts: 2,
  maxDurationMs: 1_420,
  maxLatenessMs: 30_000,
});
const STATS = {
  from: '2026-11-21T07:00:00.000Z',
  to: '2026-11-21T09:00:00.000Z',
  interval: 'hour',
  countedUntil: '2026-11-21T09:00:00.000Z',
  totals: figures(3),
  series: [
    { at: '2026-11-21T07:00:00.000Z', ...figures(3) },
    { at: '2026-11-21T08:00:00.000Z', ...figures(0) },
  ],
  tasks: { mostRuns: [leader('often')], mostFailures: [], slowest: [leader('slow')], latest: [] },
  backlog: [],
};

describe('stats', () => {
  it('shows totals, the intervals in which something ended, and the tasks that lead', async () => {
    const cli = makeCli(() => STATS);
    const { code, out } = await cli.run('stats');
    expect(code).toBe(0);
    expect(cli.asked.map(({ path }) => path)).toEqual(['/v1/stats']);
    expect(out).toContain('success rate              75.0 %');
    expect(out).toContain('lateness p50 / p95 / p99  12 s / 12 s / 12 s');
    expect(out).toMatch(/^2026-11-21 07:00 +3 +1 +2 +75\.0 % +880 ms +12 s$/m);
    expect(out).not.toContain('08:00');
    expect(out).toMatch(/^often +Report +3 +2 +1420 ms +30 s$/m);
  });

  it('asks for a span, and ranks tasks as told', async () => {
    const cli = makeCli(() => STATS);
    const { out } = await cli.run('stats', '--since', '2h', '--interval', 'hour', '--by', 'duration');
    expect(cli.asked[0]?.path).toBe('/v1/stats?from=2026-11-21T07%3A00%3A00.000Z&interval=hour');
    expect(out).toContain('slow');
    expect(out).not.toContain('often');
    expect((await cli.run('stats', '--since', '2h', '--from', '2026-11-21')).code).toBe(2);
  });

  it('gives scripts all of it, and says where nothing is counted', async () => {
    const cli = makeCli(() => STATS);
    expect(JSON.parse((await cli.run('--json', 'stats')).out)).toEqual(STATS);
    const silent = makeCli(() => ({ ...STATS, countedUntil: null }));
    expect((await silent.run('stats')).out).toContain('stats.enabled');
  });
});
