import { createTasks, finishedRuns } from '../bench/engine-load.ts';
import { startEngine } from '../support/start-engine.ts';
import { type Part, READY_WITHIN_MS, SPREAD, seconds, sizeOf, spread } from './part.ts';
import { watch } from './watch.ts';

const MINUTE_MS = 60_000;
const WARM_UP = 200;
/** Creating slows down a little while the tasks become many. */
const SPARE = 1.5;
const SPARE_MS = 20_000;
/** A slow machine works off so many in a second. */
const SLOWEST_PER_SECOND = 8;

export const due: Part = {
  name: 'due',
  what: 'tasks due in one minute, created over HTTP before',
  sizes: { tasks: 10_000 },
  async run(sizes, say) {
    const tasks = sizeOf(sizes, 'tasks');
    const engine = await startEngine({ readyWithinMs: READY_WITHIN_MS });
    try {
      const warmMs = await timed(() => create(engine, 'warm', WARM_UP, () => Date.now() + 5_000));
      await finishedRuns(engine, { tag: 'warm', count: WARM_UP, lastDueAt: Date.now() + 5_000 });
      const start = Date.now() + (warmMs / WARM_UP) * tasks * SPARE + SPARE_MS;
      say(`creating ${tasks} tasks, due in the minute from ${new Date(start).toISOString()}`);
      const watching = watch(engine);
      const createdMs = await timed(() =>
        create(engine, 'due', tasks, (n) => start + Math.floor((n / tasks) * MINUTE_MS)),
      );
      if (Date.now() > start) throw new Error('the machine became too slow to create them in time');
      say(`created in ${seconds(createdMs)}; waiting for them`);
      const lastDueAt = start + MINUTE_MS;
      const runs = await finishedRuns(engine, {
        tag: 'due',
        count: tasks,
        lastDueAt,
        patienceMs: MINUTE_MS + (tasks / SLOWEST_PER_SECOND) * 1_000,
      });
      const watched = await watching.stop();
      const lines = engine.counted();
      const last = Math.max(...runs.map(({ finishedAt }) => finishedAt));
      const first = Math.min(...runs.map(({ startedAt }) => startedAt));
      return [
        ['tasks, all ended in success', String(runs.length)],
        ['started twice', String(lines.length - new Set(lines).size)],
        ['created over HTTP', `${Math.round((tasks / createdMs) * 1_000)} a second`],
        ['runs', `${Math.round((tasks / (last - first)) * 1_000)} a second`],
        [`lateness, ${SPREAD}`, spread(runs.map(({ latenessMs }) => latenessMs))],
        ['last one ended after the minute', seconds(Math.max(0, last - lastDueAt))],
        ...watched,
      ];
    } finally {
      await engine.dispose();
    }
  },
};

const create = (
  engine: Parameters<typeof createTasks>[0],
  tag: string,
  count: number,
  dueAt: (n: number) => number,
) =>
  createTasks(
    engine,
    Array.from({ length: count }, (_, n) => ({
      name: `Load ${n}`,
      handler: 'demo.count',
      payload: { key: String(n) },
      tags: [tag],
      schedule: { kind: 'once', at: new Date(dueAt(n)).toISOString() },
    })),
  );

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}
