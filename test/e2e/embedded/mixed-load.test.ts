import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mapBounded } from '../../../shared/domain/map-bounded.ts';
import { readAll } from '../../support/api-world.ts';
import { ENDED, type Run, RunDocument, TaskDocument } from '../../support/documents.ts';
import { eventually } from '../../support/eventually.ts';
import { MIXTURE, type Recipe } from './mixture.ts';
import { type OwnEngine, startOwnEngine } from './own-engine.ts';

/** ESCAPEMENT_LOAD_TASKS=10000 npx vitest run --project e2e test/e2e/embedded/mixed-load.test.ts */
const TASKS = Number(process.env.ESCAPEMENT_LOAD_TASKS ?? 200);
const REQUESTS_AT_ONCE = 8;
/** What two cores make and run in a second, at the worst. */
const TASKS_PER_SECOND = 30;
const PATIENCE_MS = 180_000 + (TASKS / TASKS_PER_SECOND) * 3_000;

interface Made {
  id: string;
  recipe: Recipe;
}

describe(`${TASKS} tasks of every kind at once`, () => {
  let engine: OwnEngine;
  beforeAll(async () => {
    engine = await startOwnEngine();
  });
  afterAll(() => engine.dispose());

  it('leave a ledger in which every row is explained', { timeout: 2 * PATIENCE_MS }, async () => {
    const { world } = engine;
    const tag = `mixed:${randomUUID()}`;
    const base = Date.now() + 10_000 + (TASKS / TASKS_PER_SECOND) * 1_000;
    const sink = await world.task({
      overlap: 'allow',
      schedule: { kind: 'once', at: new Date(base + 86_400_000).toISOString() },
    });
    const make = async (n: number): Promise<Made> => {
      const recipe = MIXTURE[n % MIXTURE.length];
      if (!recipe) throw new Error('no recipe');
      // Also on a machine that makes them slower than they fall due.
      const due = Math.max(base, Date.now() + 10_000) + (n % 20) * 500;
      const fields = recipe.fields({ base: due, tag, sink: sink.id, n });
      const { id } = await world.task({ ...fields, tags: [tag] });
      await recipe.then?.(world, id);
      return { id, recipe };
    };
    const made = await mapBounded(
      Array.from({ length: TASKS }, (_, n) => n),
      REQUESTS_AT_ONCE,
      make,
    );
    const all = await eventually(() => ledger(engine, tag, made), {
      timeoutMs: PATIENCE_MS,
      intervalMs: 3_000,
    });
    const wrong = made.flatMap(({ id, recipe }) => {
      const fault = recipe.fault((all.get(id) ?? []).toSorted(byDue));
      return fault === undefined ? [] : [`${recipe.name} ${id}: ${fault}`];
    });
    expect(wrong).toEqual([]);
    const chained = made.filter(({ recipe }) => recipe.chains).length;
    expect(await world.ended(sink.id, chained, PATIENCE_MS)).toHaveLength(chained);
    const statuses = Object.groupBy([...all.values()].flat(), ({ status }) => status);
    console.log(
      'mixed load:',
      Object.entries(statuses).map(([status, runs]) => `${runs?.length} ${status}`),
    );
  });
});

const byDue = (a: Run, b: Run): number => a.scheduledAt.localeCompare(b.scheduledAt);

/** All rows by task, once every task has nothing due any more and every run has ended. */
async function ledger({ world }: OwnEngine, tag: string, made: Made[]): Promise<Map<string, Run[]>> {
  const tasks = await readAll(world, `/v1/tasks?limit=200&tag=${tag}`, TaskDocument);
  const waiting = tasks.filter(({ status, nextRunAt }) => status === 'active' && nextRunAt !== null);
  if (waiting.length > 0)
    throw new Error(`${waiting.length} tasks wait, such as ${JSON.stringify(waiting[0])}`);
  const runs = await readAll(world, `/v1/executions?limit=200&tag=${tag}`, RunDocument);
  const rows = [...new Map(runs.map((run) => [run.id, run])).values()];
  const open = rows.filter(({ status }) => !ENDED.has(status));
  if (open.length > 0)
    throw new Error(`${open.length} runs have not ended, such as ${JSON.stringify(open[0])}`);
  const known = new Set(made.map(({ id }) => id));
  const strangers = rows.filter(({ taskId }) => !known.has(taskId));
  if (strangers.length > 0) throw new Error(`runs of nobody: ${JSON.stringify(strangers[0])}`);
  return Map.groupBy(rows, ({ taskId }) => taskId);
}
