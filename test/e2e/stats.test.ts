import { randomUUID } from 'node:crypto';
import parsePrometheus from 'parse-prometheus-text-format';
import { describe, expect, type TestContext } from 'vitest';
import * as z from 'zod';
import { openApi } from '../support/api-client.ts';
import { openWorld, readAll } from '../support/api-world.ts';
import { RunDocument } from '../support/documents.ts';
import { eventually } from '../support/eventually.ts';
import { api, it, target } from './target.ts';

const Counts = z.looseObject({ success: z.int(), dead: z.int(), cancelled: z.int(), skipped: z.int() });
const Spread = z.looseObject({ count: z.int(), p50: z.number().nullable(), p99: z.number().nullable() });
const Figures = z.looseObject({
  runs: Counts,
  failedAttempts: z.int(),
  successRate: z.number().nullable(),
  durationMs: Spread,
  latenessMs: Spread,
});
const Leader = z.looseObject({ taskId: z.string(), taskName: z.string().nullable(), runs: z.int() });
const Stats = z.looseObject({
  interval: z.string(),
  countedUntil: z.string(),
  totals: Figures,
  series: z.array(Figures.extend({ at: z.string() })),
  tasks: z.looseObject({
    mostRuns: z.array(Leader),
    mostFailures: z.array(Leader),
    slowest: z.array(Leader),
  }),
  backlog: z.array(z.looseObject({ name: z.string() })),
});

/** A tenant of its own: nobody else's runs are counted with its. */
async function makeTenant({ onTestFinished }: Pick<TestContext, 'onTestFinished'>) {
  const id = `e2e-${randomUUID()}`;
  await api.call('PUT', `/v1/tenants/${id}`, { json: {} });
  const made = await api.call('POST', '/v1/tokens', { json: { tenant: id, role: 'operator' } });
  const { token } = z.looseObject({ token: z.string() }).parse(made.body);
  const its = openApi({ url: target.url, token });
  const world = openWorld(its);
  onTestFinished(async () => {
    await world.cleanUp();
    await api.call('DELETE', `/v1/tenants/${id}`);
  });
  return { its, world };
}

const NEVER = { kind: 'cron', expressions: ['0 0 29 2 *'] };
const SUMMED_UP_WITHIN_MS = 280_000;

describe.concurrent('statistics', () => {
  it('count runs of every outcome, at once and when they are summed up', { timeout: 400_000 }, async ({
    onTestFinished,
  }) => {
    const { its, world } = await makeTenant({ onTestFinished });
    const retry = { strategy: 'fixed', limit: 1, baseSeconds: 1 };
    const [good, bad, second, late, busy] = await Promise.all([
      world.task({ name: 'Good', schedule: NEVER }),
      world.task({ schedule: NEVER, handler: 'demo.fail', payload: { nonRetryable: true } }),
      world.task({ schedule: NEVER, handler: 'demo.fail', payload: { times: 1 }, retry }),
      world.task({ schedule: NEVER }),
      world.task({
        schedule: { kind: 'interval', seconds: 1 },
        handler: 'demo.sleep',
        payload: { seconds: 3 },
        overlap: 'forbid',
      }),
    ]);
    for (const { id } of [good, good, good, bad, second]) await world.trigger(id);
    const waits = await world.trigger(late.id, { delaySeconds: 600 });
    await world.must(202, 'POST', `/v1/executions/${encodeURIComponent(waits.id)}/cancel`);
    await eventually(
      async () => expect((await world.runs(busy.id)).map(({ status }) => status)).toContain('skipped'),
      { timeoutMs: 60_000 },
    );
    await world.must(200, 'POST', `/v1/tasks/${busy.id}/pause`);
    for (const { id } of [good, bad, second, late, busy]) await world.ended(id, 1, 60_000);

    const stats = async (query = '') => Stats.parse(await world.must(200, 'GET', `/v1/stats${query}`));
    const runs = await readAll(world, '/v1/executions?limit=200', RunDocument);
    const count = (status: string) => runs.filter((run) => run.status === status).length;
    const expected = {
      success: count('success'),
      dead: 1,
      cancelled: 1,
      skipped: count('skipped'),
    };
    const exact = async () => {
      const found = await stats();
      expect(found.totals.runs).toEqual(expected);
      return found;
    };
    const { totals, series, tasks, backlog } = await eventually(exact, { timeoutMs: 30_000 });
    expect(totals).toMatchObject({
      failedAttempts: 2,
      successRate: expected.success / (expected.success + 1),
      durationMs: { count: expected.success + 2 },
    });
    expect(totals.durationMs.p99).toBeGreaterThan(2_800);
    expect(series.reduce((sum, { runs: of }) => sum + of.success, 0)).toBe(expected.success);
    expect(tasks.mostRuns.map(({ taskId }) => taskId)).toContain(good.id);
    expect(tasks.mostRuns.find(({ taskId }) => taskId === good.id)).toMatchObject({
      taskName: 'Good',
      runs: 3,
    });
    expect(new Set(tasks.mostFailures.map(({ taskId }) => taskId))).toEqual(new Set([bad.id, second.id]));
    expect(tasks.slowest[0]?.taskId).toBe(busy.id);
    expect(backlog.map(({ name }) => name)).toEqual(expect.arrayContaining(['high', 'default', 'low']));

    // Counters are made of summaries only: once they are there, the sweeper has made them.
    await eventually(
      async () => {
        const reply = await its.call('GET', '/v1/metrics');
        expect(reply.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
        const family = parsePrometheus(String(reply.body)).find(
          ({ name }) => name === 'escapement_runs_total',
        );
        const counted = family?.metrics.map(({ labels, value }) => [labels?.status, Number(value)]);
        expect(Object.fromEntries(counted ?? [])).toEqual(expected);
      },
      { timeoutMs: SUMMED_UP_WITHIN_MS },
    );
    await exact();
    for (const interval of ['hour', 'day'])
      expect((await stats(`?interval=${interval}`)).totals.runs).toEqual(expected);
  });

  it('say what to ask for instead of too much', async ({ world }) => {
    const answer = await world.must(422, 'GET', '/v1/stats?interval=minute&from=2020-01-01T00:00:00Z');
    expect(JSON.stringify(answer)).toMatch(/kept for \d+ days: ask/);
  });

  it('are read by Prometheus', async ({ world }) => {
    const text = String(await world.must(200, 'GET', '/v1/metrics'));
    const families = parsePrometheus(text);
    for (const name of [
      'escapement_runs_total',
      'escapement_queue_depth',
      'escapement_attempt_duration_seconds',
    ])
      expect(families.map((family) => family.name)).toContain(name);
  });
});
