import { readFileSync } from 'node:fs';
import { describe, expect, inject } from 'vitest';
import { api, inSeconds, it, ms, target } from '../../e2e/target.ts';
import { readAll } from '../../support/api-world.ts';
import { QueueDocument, TaskDocument } from '../../support/documents.ts';
import { eventually } from '../../support/eventually.ts';
import { openCdk } from '../cdk.ts';
import { CHANGES } from '../changes.ts';
import { differs } from '../emulator-differences.ts';

const { name, home, countFile } = inject('deployment');
const ONE_TIME_TASKS = 30;
const PERIOD_MS = 2_000;
/** As long as a deployment takes: seconds on the emulator, minutes in an account. */
const OCCURRENCES = countFile === undefined ? 120 : 30;
/** After a kill: the lease, the sweeper's minute, the retry. */
const PATIENCE_MS = 240_000;

describe('a deployment that changes the configuration while tasks run', () => {
  it('loses no task, runs none twice, and brings what was added', { timeout: 900_000 }, async ({ world }) => {
    const fields = {
      timeoutSeconds: 5,
      retry: { strategy: 'fixed', limit: 3, baseSeconds: 1, maxSeconds: 1 },
      ...(countFile === undefined ? {} : { handler: 'demo.count', payload: { key: world.newId() } }),
    };
    const startAt = inSeconds(2);
    const endAt = new Date(ms(startAt) + OCCURRENCES * PERIOD_MS).toISOString();
    const schedule = { kind: 'interval', seconds: PERIOD_MS / 1_000, startAt, endAt };
    const repeating = await world.task({ ...fields, schedule, overlap: 'allow' });
    const oneTime = await Promise.all(
      Array.from({ length: ONE_TIME_TASKS }, (_, k) =>
        world.task({ ...fields, schedule: { kind: 'once', at: inSeconds(2 + k) } }),
      ),
    );
    const daily = { kind: 'cron', expressions: ['0 3 * * *'], timezone: 'Europe/Paris' };
    const idle = [await world.task({ schedule: daily }), await world.task({ schedule: daily })];
    await world.must(200, 'POST', `/v1/tasks/${idle[0]?.id}/pause`);

    const outputs = await openCdk(home).deploy({ name, ...CHANGES });
    const apiId = new URL(outputs.ApiUrl ?? '').hostname.split('.')[0] ?? '';
    expect(target.url).toContain(apiId);

    const listed = await readAll(world, '/v1/tasks?limit=200', TaskDocument);
    const made = [repeating, ...oneTime, ...idle].map(({ id }) => id);
    expect(listed.map(({ id }) => id)).toEqual(expect.arrayContaining(made));
    expect(await world.read(idle[0]?.id ?? '')).toMatchObject({ status: 'paused', schedule: daily });
    expect(await world.read(idle[1]?.id ?? '')).toMatchObject({ status: 'active', schedule: daily });

    const runs = (await Promise.all(oneTime.map(({ id }) => world.ended(id, 1, PATIENCE_MS)))).flat();
    expect(runs).toHaveLength(ONE_TIME_TASKS);
    const repeated = await world.ended(repeating.id, OCCURRENCES, PATIENCE_MS);
    expect(repeated.map(({ scheduledAt }) => scheduledAt).sort()).toEqual(
      Array.from({ length: OCCURRENCES }, (_, k) => new Date(ms(startAt) + k * PERIOD_MS).toISOString()),
    );
    const all = [...runs, ...repeated];
    expect(all.map(({ status }) => status)).toEqual(all.map(() => 'success'));
    if (!differs('update-ends-runs')) expect(all.map(({ attempt }) => attempt)).toEqual(all.map(() => 1));
    if (countFile !== undefined) expectNoneTwice(countFile, new Map(all.map((run) => [run.id, run.attempt])));
  });

  it('runs tasks on a queue that was added, and in shards that were', async ({ world }) => {
    expect(QueueDocument.parse(await world.must(200, 'GET', '/v1/queues/mail'))).toMatchObject({
      name: 'mail',
      workers: 2,
    });
    const schedule = { kind: 'once', at: inSeconds(3) };
    const mail = await world.task({ queue: 'mail', schedule });
    // Enough for every one of the shards.
    const others = await Promise.all(Array.from({ length: 40 }, () => world.task({ schedule })));
    for (const { id } of [mail, ...others]) {
      const runs = await world.ended(id, 1, 60_000);
      expect(runs.map(({ status }) => status)).toEqual(['success']);
    }
  });

  it('leaves the clocks going', async () => {
    const since = Date.now();
    await eventually(
      async () => {
        const { body } = await api.call('GET', '/v1/health', { credential: false });
        expect(body).toMatchObject({ status: 'ok' });
        expect(ms(Object(body).tick.lastAt)).toBeGreaterThan(since);
      },
      { timeoutMs: 90_000, intervalMs: 500 },
    );
  });
});

/** What the handlers themselves wrote down: no attempt started twice, and no more of them than the run knows of. */
function expectNoneTwice(file: string, attemptsOf: Map<string, number>): void {
  const starts = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => attemptsOf.has(line.split(' ')[0] ?? ''));
  expect(new Set(starts).size).toBe(starts.length);
  for (const [id, attempts] of attemptsOf) {
    const started = starts.filter((line) => line.startsWith(`${id} `)).length;
    expect(started).toBeGreaterThanOrEqual(1);
    expect(started).toBeLessThanOrEqual(attempts);
  }
}
