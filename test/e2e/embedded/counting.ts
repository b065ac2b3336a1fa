import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { mapBounded } from '../../../shared/domain/map-bounded.ts';
import { readAll } from '../../support/api-world.ts';
import { ENDED, type Run, RunDocument } from '../../support/documents.ts';
import { eventually } from '../../support/eventually.ts';
import type { OwnEngine } from './own-engine.ts';

const REQUESTS_AT_ONCE = 8;

export interface CountingTasks {
  tag: string;
  ids: string[];
}

/** Tasks whose starts are counted from outside, found again by a tag that only they have. */
export async function makeCountingTasks(
  { world }: OwnEngine,
  count: number,
  fields: { schedule: object; [field: string]: unknown },
): Promise<CountingTasks> {
  const tag = `load:${randomUUID()}`;
  const tasks = await mapBounded(
    Array.from({ length: count }, (_, n) => n),
    REQUESTS_AT_ONCE,
    (n) => world.task({ handler: 'demo.count', payload: { key: `${n}` }, tags: [tag], ...fields }),
  );
  return { tag, ids: tasks.map(({ id }) => id) };
}

/** All their runs, once there are so many and all have ended. */
export const endedRuns = ({ world }: OwnEngine, { tag }: CountingTasks, count: number, timeoutMs: number) =>
  eventually(
    async () => {
      const runs = await readAll(world, `/v1/executions?limit=200&tag=${tag}`, RunDocument);
      const unique = [...new Map(runs.map((run) => [run.id, run])).values()];
      const open = unique.filter(({ status }) => !ENDED.has(status));
      if (unique.length < count || open.length > 0)
        throw new Error(`${unique.length} of ${count} runs, ${open.length} not ended: ${summary(open)}`);
      return unique;
    },
    { timeoutMs, intervalMs: 1_000 },
  );

/** No attempt of any run was started twice, and the one that succeeded was started. */
export function expectCountedOnce({ process }: OwnEngine, runs: Run[]): void {
  const ofThese = new Set(runs.map(({ id }) => id));
  const lines = process.counted().filter((line) => ofThese.has(line.split(' ')[0] ?? ''));
  const twice = lines.filter((line, index) => lines.indexOf(line) !== index);
  expect(twice).toEqual([]);
  const started = new Set(lines);
  const notCounted = runs.filter(({ id, attempt }) => !started.has(`${id} ${attempt}`));
  expect(notCounted).toEqual([]);
}

const summary = (runs: Run[]): string =>
  JSON.stringify(
    runs
      .slice(0, 5)
      .map(({ id, status, attempt, nextAttemptAt }) => ({ id, status, attempt, nextAttemptAt })),
  );
