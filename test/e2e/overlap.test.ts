import { describe, expect } from 'vitest';
import type { ApiWorld } from '../support/api-world.ts';
import type { Run } from '../support/documents.ts';
import { eventually } from '../support/eventually.ts';
import { inSeconds, it, ms } from './target.ts';

describe.concurrent('a run whose predecessor still lives', () => {
  it('is skipped with the reason under forbid', async ({ world }) => {
    const runs = await runsUnder(world, 'forbid');
    const skipped = runs.filter(({ status }) => status === 'skipped');
    expect(skipped.length).toBeGreaterThan(0);
    for (const run of skipped)
      expect(run).toMatchObject({ reason: 'overlap', attempt: 0, attempts: [], missed: 1 });
    for (const { collidedWith } of skipped) expect(runs.map(({ id }) => id)).toContain(collidedWith);
    expect(runs.filter(({ status }) => status === 'success').length).toBeGreaterThan(0);
    expectNoneTogether(runs);
  });

  it('waits its turn under queue', async ({ world }) => {
    const runs = await runsUnder(world, 'queue');
    expect(new Set(runs.map(({ status }) => status))).toEqual(new Set(['success']));
    expectNoneTogether(runs);
  });

  it('runs beside it under allow', async ({ world }) => {
    // Long enough that a slow start is no gap.
    const runs = await runsUnder(world, 'allow', 10);
    expect(runs.map(({ status }) => status)).toEqual(['success', 'success', 'success', 'success']);
    const [first, second] = oldestFirst(runs);
    expect(ms(second?.startedAt)).toBeLessThan(ms(first?.finishedAt));
  });

  it('waits as a manual run until the live one has ended', async ({ world }) => {
    const task = await world.task({
      handler: 'demo.sleep',
      payload: { seconds: 3 },
      overlap: 'forbid',
      schedule: { kind: 'once', at: inSeconds(3_600) },
    });
    const first = await world.trigger(task.id);
    await world.reached(first.id, 'running');
    const second = await world.trigger(task.id);
    const runs = await world.ended(task.id, 2, 150_000);
    expect(runs.map(({ status }) => status)).toEqual(['success', 'success']);
    expect(ms((await world.run(second.id)).startedAt)).toBeGreaterThanOrEqual(
      ms((await world.run(first.id)).finishedAt),
    );
  });
});

/** Four occurrences 2 s apart, each running for longer. */
async function runsUnder(world: ApiWorld, overlap: string, seconds = 3): Promise<Run[]> {
  const startAt = inSeconds(1);
  const endAt = new Date(ms(startAt) + 8_000).toISOString();
  const task = await world.task({
    handler: 'demo.sleep',
    payload: { seconds },
    overlap,
    schedule: { kind: 'interval', seconds: 2, startAt, endAt },
  });
  await eventually(async () => expect((await world.read(task.id)).status).toBe('completed'), {
    timeoutMs: 150_000,
  });
  return world.ended(task.id, 1, 60_000);
}

const oldestFirst = (runs: Run[]): Run[] => runs.toSorted((a, b) => ms(a.startedAt) - ms(b.startedAt));

function expectNoneTogether(runs: Run[]): void {
  const ran = oldestFirst(runs.filter(({ startedAt }) => startedAt !== null));
  ran.slice(1).forEach((run, index) => {
    expect(ms(run.startedAt)).toBeGreaterThanOrEqual(ms(ran[index]?.finishedAt));
  });
}
