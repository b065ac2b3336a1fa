import parsePrometheus from 'parse-prometheus-text-format';
import { describe, expect, it } from 'vitest';
import type { RunEnd } from '../../../shared/domain/run-end.ts';
import { startOf } from '../../../shared/domain/stats-time.ts';
import { sumUpEnds } from '../../../shared/usecases/sum-up-ends.ts';
import { makeApiWorld } from './api-world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

function makeWorld(options: Parameters<typeof makeApiWorld>[0] = {}) {
  const world = makeApiWorld(options);
  return {
    ...world,
    end: (over: Partial<RunEnd> = {}) =>
      world.stats.append({
        minute: startOf('minute', world.clock.nowMs()),
        ends: [
          { tenant: 'root', taskId: 'job', kind: 'success', durationMs: 1_000, latenessMs: 200, ...over },
        ],
      }),
    sumUp: () => sumUpEnds(world, undefined, () => 600_000),
    stats: async (query = '', call: { tenant?: string } = {}) =>
      (await world.call({ path: '/v1/stats', query, role: 'viewer', ...call })).body,
  };
}
type World = ReturnType<typeof makeWorld>;

const iso = (at: number) => new Date(at).toISOString();
const totalRuns = (stats: { series: { runs: { success: number } }[] }) =>
  stats.series.reduce((sum, { runs }) => sum + runs.success, 0);

describe('statistics', () => {
  it('tell counts, rates, percentiles, leading tasks and the backlog', async () => {
    const w = makeWorld();
    await w.create({ name: 'The job' });
    for (const kind of [
      'success',
      'success',
      'success',
      'failed',
      'dead',
      'skipped',
      'cancelled',
      'late',
    ] as const)
      await w.end({ kind });
    await w.end({ taskId: 'slow', durationMs: 60_000, latenessMs: 9_000 });
    const stats = await w.stats();
    expect(stats.totals).toMatchObject({
      runs: { success: 4, dead: 1, skipped: 1, cancelled: 1 },
      failedAttempts: 2,
      late: 1,
      successRate: 0.8,
      durationMs: { max: 60_000 },
    });
    expect(Math.abs(stats.totals.durationMs.p50 - 1_000)).toBeLessThanOrEqual(20);
    expect(Math.abs(stats.totals.durationMs.p99 - 60_000)).toBeLessThanOrEqual(1_200);
    expect(stats.tasks.mostRuns[0]).toMatchObject({ taskId: 'job', runs: 4, failedAttempts: 2 });
    expect(stats.tasks.mostFailures).toHaveLength(1);
    expect(stats.tasks.slowest[0]).toMatchObject({ taskId: 'slow', taskName: null, maxDurationMs: 60_000 });
    expect(stats.tasks.latest[0]).toMatchObject({ taskId: 'slow', maxLatenessMs: 9_000 });
    expect(stats.backlog.map(({ name }: { name: string }) => name)).toEqual(['high', 'default', 'low']);
  });

  it('name tasks that are there', async () => {
    const w = makeWorld();
    const { id } = await w.create({ name: 'The job' });
    await w.end({ taskId: id });
    expect((await w.stats()).tasks.mostRuns).toMatchObject([{ taskId: id, taskName: 'The job' }]);
  });

  it('are the same before and after they are summed up, by whatever interval', async () => {
    const w = makeWorld();
    const first = w.clock.nowMs();
    let ended = 0;
    for (let minute = 0; minute < 30 * 60; minute += 7) {
      await w.end({ durationMs: minute });
      ended++;
      await w.advance(7 * MINUTE_MS);
      if (minute % 49 === 0) await w.sumUp();
    }
    const from = iso(first);
    const look = async () => {
      const [minutes, hours, days] = [
        await w.stats(`from=${iso(first + 8 * HOUR_MS)}&interval=minute`),
        await w.stats(`from=${from}&interval=hour`),
        await w.stats(`from=${from}&interval=day`),
      ];
      expect([totalRuns(hours), totalRuns(days)]).toEqual([ended, ended]);
      expect(hours.totals).toEqual(days.totals);
      return { minutes: minutes.series, hours: hours.series, days: days.series, totals: hours.totals };
    };
    const before = await look();
    await w.sumUp();
    expect(await look()).toEqual(before);
    expect(before.hours).toHaveLength(Math.floor((w.clock.nowMs() - first) / HOUR_MS) + 1);
    expect(before.days.map(({ at }: { at: string }) => at)).toEqual([
      '2026-11-21T00:00:00.000Z',
      '2026-11-22T00:00:00.000Z',
    ]);
  });

  it('say up to when they count, and have a point for each interval', async () => {
    const w = makeWorld();
    const stats = await w.stats();
    expect(stats).toMatchObject({ interval: 'minute', countedUntil: iso(w.clock.nowMs()) });
    expect(stats.series).toHaveLength(60);
    expect(stats.totals).toMatchObject({
      successRate: null,
      durationMs: { count: 0, p50: null, mean: null },
    });
  });

  it('stop in time where more ended lately than one answer can read, and say so', async () => {
    const w = makeWorld();
    const first = w.clock.nowMs();
    for (let minute = 0; minute < 10; minute++) {
      for (let n = 0; n < 2; n++) await w.end();
      await w.advance(MINUTE_MS);
    }
    const stats = await w.stats();
    // Pages of three, and four of them: of the sixth minute both, but nobody knows that here.
    expect(stats.countedUntil).toBe(iso(first + 5 * MINUTE_MS));
    expect(totalRuns(stats)).toBe(10);
    await w.advance(MINUTE_MS);
    await w.sumUp();
    expect(totalRuns(await w.stats())).toBe(20);
  });

  it.each([
    ['a few hours', 5 * HOUR_MS, 'minute', 301],
    ['a day', DAY_MS, 'hour', 25],
    ['a month', 30 * DAY_MS, 'day', 31],
    ['a year', 365 * DAY_MS, 'day', 366],
  ])('choose for %s what suits it', async (_, span, interval, points) => {
    const w = makeWorld();
    const stats = await w.stats(`from=${iso(w.clock.nowMs() - span)}`);
    expect(stats.interval).toBe(interval);
    expect(stats.series).toHaveLength(points);
  });

  it('read a bounded number of times, whatever the span', async () => {
    const w = makeWorld();
    const asked: string[] = [];
    w.hooks.before = (operation) => void asked.push(operation);
    await w.stats(`from=${iso(w.clock.nowMs() - 399 * DAY_MS)}`);
    expect(asked.filter((operation) => operation.startsWith('stats.')).length).toBeLessThanOrEqual(5);
  });

  it.each([
    ['from=2026-11-21T09:00:00Z&to=2026-11-21T08:00:00Z', 'from', /before to/],
    ['from=2026-11-20T00:00:00Z&interval=minute', 'interval', /1981 points.*1500.*ask by hour or day/],
    ['from=2026-11-10T00:00:00Z&interval=minute', 'from', /minute are kept for 2 days: ask by hour or day/],
    ['from=2026-09-10T00:00:00Z&interval=hour', 'from', /hour are kept for 35 days: ask by day/],
    ['from=2024-01-01T00:00:00Z', 'from', /day are kept for 400 days: ask for a shorter or later span/],
    ['interval=second', 'interval', /./],
    ['from=yesterday', 'from', /./],
    ['since=1h', 'since', /./],
  ])('refuse %s, and say what to do instead', async (query, path, message) => {
    const { status, body } = await makeWorld().call({ path: '/v1/stats', query });
    expect(status).toBe(422);
    expect(body.errors[0].path).toBe(path);
    expect(body.errors[0].message).toMatch(message);
  });

  it('are one tenant’s', async () => {
    const w = makeWorld();
    await w.end({ tenant: 'acme', taskId: 'secret' });
    expect(totalRuns(await w.stats('', { tenant: 'acme' }))).toBe(1);
    expect(totalRuns(await w.stats('', { tenant: 'other' }))).toBe(0);
    await w.advance(3 * MINUTE_MS);
    await w.sumUp();
    expect(totalRuns(await w.stats('', { tenant: 'acme' }))).toBe(1);
    expect(JSON.stringify(await w.stats('', { tenant: 'other' }))).not.toContain('secret');
  });

  it('count what a person cancels, with the request that does it', async () => {
    const w = makeWorld();
    const { id } = await w.create();
    const run = (
      await w.call({ method: 'POST', path: `/v1/tasks/${id}/trigger`, body: { delaySeconds: 600 } })
    ).body;
    await w.call({ method: 'POST', path: `/v1/executions/${run.id}/cancel` });
    expect((await w.stats()).totals.runs).toMatchObject({ cancelled: 1 });
  });

  it('are not there where they are switched off, and nothing is written for them', async () => {
    const w = makeWorld({ counts: false });
    const { id } = await w.create();
    const run = (
      await w.call({ method: 'POST', path: `/v1/tasks/${id}/trigger`, body: { delaySeconds: 600 } })
    ).body;
    await w.call({ method: 'POST', path: `/v1/executions/${run.id}/cancel` });
    const { countedUntil, totals, backlog } = await w.stats();
    expect([countedUntil, totals.runs.cancelled, backlog.length]).toEqual([null, 0, 3]);
    expect(w.tables.stats.batches).toEqual([]);
    expect((await w.call({ path: '/v1/metrics' })).status).toBe(200);
  });
});

describe('metrics for Prometheus', () => {
  async function scrape(w: World, tenant = 'root') {
    const answer = await w.call({ path: '/v1/metrics', role: 'viewer', tenant });
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    const families = parsePrometheus(answer.body);
    return {
      text: answer.body as string,
      families: new Map(families.map((family) => [family.name, family])),
    };
  }
  const runsOf = ({ families }: Awaited<ReturnType<typeof scrape>>) =>
    Object.fromEntries(
      (families.get('escapement_runs_total')?.metrics ?? []).map(({ labels, value }) => [
        labels?.status,
        Number(value),
      ]),
    );

  it('are read by an independent reader, each with its type, unit and help', async () => {
    const w = makeWorld();
    await w.heartbeat.record(w.clock.nowMs() - 2_500);
    for (const durationMs of [80, 80, 700, 20_000, 4_000_000]) await w.end({ durationMs });
    await w.end({ kind: 'dead' });
    await w.advance(3 * MINUTE_MS);
    await w.sumUp();
    const { text, families } = await scrape(w);
    expect(text.endsWith('\n')).toBe(true);
    for (const [name, { type, help }] of families) {
      expect(name).toMatch(/^escapement_[a-z_]+$/);
      expect(help).not.toBe('');
      expect(name.endsWith('_total')).toBe(type === 'COUNTER');
    }
    expect(runsOf(await scrape(w))).toEqual({ success: 5, dead: 1, cancelled: 0, skipped: 0 });
    expect(families.get('escapement_tick_lag_seconds')?.metrics).toEqual([{ value: '182.5' }]);
    const [duration] = families.get('escapement_attempt_duration_seconds')?.metrics ?? [];
    expect(duration).toMatchObject({ count: '6', sum: '4021.86' });
    const buckets = Object.entries(duration?.buckets ?? {}).map(([le, count]) => [
      Number(le.replace('+Inf', 'Infinity')),
      Number(count),
    ]);
    expect(Object.fromEntries(buckets)).toMatchObject({
      0.05: 0,
      0.1: 2,
      1: expect.any(Number),
      30: 5,
      900: 5,
      Infinity: 6,
    });
    const depths = families.get('escapement_queue_depth')?.metrics.map(({ labels }) => labels?.queue);
    expect(depths).toEqual(['high', 'default', 'low']);
  });

  it('never go back, while minutes become hours, hours days, and all of them expire', async () => {
    const w = makeWorld();
    let before = 0;
    let ended = 0;
    for (let step = 0; step < 400; step++) {
      await w.end();
      ended++;
      await w.advance((step % 40 === 39 ? 300 : 7) * MINUTE_MS);
      await w.sumUp();
      const { success = 0 } = runsOf(await scrape(w));
      expect(success).toBeGreaterThanOrEqual(before);
      before = success;
      // What is older than a day has expired.
      const { summaries } = w.tables.stats;
      for (const interval of ['minute', 'hour', 'day'] as const)
        summaries[interval] = summaries[interval].filter(({ at }) => at > w.clock.nowMs() - DAY_MS);
    }
    expect(before).toBe(ended);
  });

  it('are one tenant’s', async () => {
    const w = makeWorld();
    await w.end({ tenant: 'acme' });
    await w.advance(3 * MINUTE_MS);
    await w.sumUp();
    expect(runsOf(await scrape(w, 'acme')).success).toBe(1);
    expect(runsOf(await scrape(w, 'other')).success).toBe(0);
  });
});
