import { describe, expect } from 'vitest';
import type { Run } from '../support/documents.ts';
import { inSeconds, it, ms } from './target.ts';

/** Generous for machines that do other things as well; the measured times are printed. */
const MAX_LATENESS_MS = 5_000;
const MAX_NOW_MS = 10_000;

describe.concurrent('runs come on time', () => {
  it('runs a task of kind now at once', async ({ world }) => {
    const askedMs = performance.now();
    const task = await world.task({ schedule: { kind: 'now' }, payload: { hello: 'world' } });
    const [run] = await world.ended(task.id);
    const tookMs = performance.now() - askedMs;
    console.log(`now: success ${Math.round(tookMs)} ms after the request was sent`);
    expect(run).toMatchObject({
      status: 'success',
      attempt: 1,
      result: { hello: 'world' },
      trigger: 'schedule',
    });
    expect(tookMs).toBeLessThan(MAX_NOW_MS);
    expect(await world.read(task.id)).toMatchObject({
      status: 'completed',
      nextRunAt: null,
      lastRun: { executionId: run?.id, status: 'success' },
    });
  });

  it('starts a one-time task at its instant, and never before', async ({ world }) => {
    const at = inSeconds(3);
    const task = await world.task({ schedule: { kind: 'once', at } });
    expect(task).toMatchObject({ status: 'active', nextRunAt: at });
    const [run] = await world.ended(task.id);
    console.log(`once: started ${run?.latenessMs} ms after its instant`);
    expect(run).toMatchObject({ status: 'success', scheduledAt: at });
    expect(ms(run?.startedAt)).toBeGreaterThanOrEqual(ms(at));
    expect(run?.latenessMs).toBeLessThanOrEqual(MAX_LATENESS_MS);
  });

  it('counts delaySeconds from the request', async ({ world }) => {
    const beforeMs = Date.now();
    const task = await world.task({ schedule: { kind: 'once', delaySeconds: 2 } });
    const [run] = await world.ended(task.id);
    expect(run?.status).toBe('success');
    expect(ms(run?.scheduledAt)).toBeGreaterThanOrEqual(beforeMs + 1_900);
    expect(run?.latenessMs).toBeLessThanOrEqual(MAX_LATENESS_MS);
  });

  it('runs an interval of 2 s fifteen times in 30 s, none twice', { timeout: 90_000 }, async ({ world }) => {
    const startAt = inSeconds(2);
    const endAt = new Date(ms(startAt) + 30_000).toISOString();
    const task = await world.task({ schedule: { kind: 'interval', seconds: 2, startAt, endAt } });
    const runs = await world.ended(task.id, 15, 60_000);
    const expected = Array.from({ length: 15 }, (_, k) => new Date(ms(startAt) + k * 2_000).toISOString());
    expectEachOnce(runs, expected);
    expect(await world.read(task.id)).toMatchObject({ status: 'completed', nextRunAt: null });
  });

  it('runs a cron expression with seconds every 2 s, none twice', { timeout: 90_000 }, async ({ world }) => {
    // Aligned, so that the window holds exactly fifteen even seconds.
    const startMs = Math.ceil((Date.now() + 2_000) / 2_000) * 2_000;
    const [startAt, endAt] = [startMs, startMs + 30_000].map((at) => new Date(at).toISOString());
    const task = await world.task({
      schedule: { kind: 'cron', expressions: ['*/2 * * * * *'], startAt, endAt },
    });
    const runs = await world.ended(task.id, 15, 60_000);
    expectEachOnce(
      runs,
      Array.from({ length: 15 }, (_, k) => new Date(startMs + k * 2_000).toISOString()),
    );
  });

  it('does not start a paused task, and starts it once it is resumed', async ({ world }) => {
    const paused = await world.task({ schedule: { kind: 'once', at: inSeconds(6) } });
    await world.must(200, 'POST', `/v1/tasks/${paused.id}/pause`);
    expect(await world.read(paused.id)).toMatchObject({ status: 'paused' });
    // A neighbour that is due later has run: the paused task's instant is certainly over.
    const witness = await world.task({ schedule: { kind: 'once', at: inSeconds(8) } });
    await world.ended(witness.id);
    expect(await world.runs(paused.id)).toEqual([]);

    await world.must(200, 'POST', `/v1/tasks/${paused.id}/resume`);
    const runs = await world.ended(paused.id);
    expect(runs.map(({ status }) => status)).toEqual(['success']);
  });

  it('goes on with the next occurrence when a repeating task is resumed', async ({ world }) => {
    const task = await world.task({
      schedule: { kind: 'interval', seconds: 3600, startAt: inSeconds(-1800) },
    });
    await world.must(200, 'POST', `/v1/tasks/${task.id}/pause`);
    const resumed = await world.must(200, 'POST', `/v1/tasks/${task.id}/resume`);
    expect(resumed).toMatchObject({ status: 'active', nextRunAt: task.nextRunAt });
  });

  it('accounts for what passed while a task was paused', async ({ world }) => {
    const task = await world.task({ schedule: { kind: 'interval', seconds: 1, startAt: inSeconds(60) } });
    const schedule = { kind: 'interval', seconds: 1, startAt: inSeconds(6), endAt: inSeconds(9) };
    await world.must(200, 'PATCH', `/v1/tasks/${task.id}`, { json: { schedule } });
    await world.must(200, 'POST', `/v1/tasks/${task.id}/pause`);
    const witness = await world.task({ schedule: { kind: 'once', at: inSeconds(10) } });
    await world.ended(witness.id);
    const resumed = await world.must(200, 'POST', `/v1/tasks/${task.id}/resume`);
    expect(resumed).toMatchObject({ status: 'completed', nextRunAt: null });
    expect(await world.runs(task.id)).toMatchObject([
      { status: 'skipped', reason: 'paused', scheduledAt: schedule.startAt, missed: 3, attempt: 0 },
    ]);
  });
});

function expectEachOnce(runs: Run[], scheduledAt: string[]): void {
  const lateness = runs.map((run) => run.latenessMs ?? Number.NaN);
  console.log(`repeating: lateness of ${runs.length} runs up to ${Math.max(...lateness)} ms`);
  expect(runs.map((run) => run.scheduledAt).sort()).toEqual(scheduledAt);
  expect(runs.map(({ status }) => status)).toEqual(scheduledAt.map(() => 'success'));
  expect(runs.map(({ attempt }) => attempt)).toEqual(scheduledAt.map(() => 1));
  expect(new Set(runs.map(({ id }) => id)).size).toBe(scheduledAt.length);
  expect(new Set(runs.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(scheduledAt.length);
  expect(Math.max(...lateness)).toBeLessThanOrEqual(MAX_LATENESS_MS);
}
