import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { systemClock } from '../../shared/adapters/system/clock.ts';
import { mapBounded } from '../../shared/domain/map-bounded.ts';
import { shardOf } from '../../shared/domain/shard-of.ts';
import { createdTask } from '../../shared/domain/task-transitions.ts';
import { awsConfig, createTasks, finishedRuns, oneTime } from '../bench/engine-load.ts';
import { makeStores } from '../bench/stores.ts';
import { definition } from '../support/scheduler-world.ts';
import { type RunningEngine, startEngine } from '../support/start-engine.ts';
import { timed } from './due.ts';
import { type Part, READY_WITHIN_MS, SPREAD, seconds, sizeOf, spread } from './part.ts';
import { watch } from './watch.ts';

const SHARDS = 4;
const AT_ONCE = 16;
const YEAR_MS = 365 * 86_400_000;
const REQUESTS = 50;
const DUE_IN_MS = 30_000;
const DUE_OVER_MS = 30_000;

export const stored: Part = {
  name: 'stored',
  what: 'stored tasks that are due next year, and what else still goes as fast',
  sizes: { tasks: 100_000, due: 500 },
  async run(sizes, say) {
    const engine = await startEngine({ readyWithinMs: READY_WITHIN_MS });
    try {
      const tasks = sizeOf(sizes, 'tasks');
      const before = await duePart(engine, 'before', sizeOf(sizes, 'due'));
      say(`storing ${tasks} tasks by the store's own adapter`);
      const storedMs = await timed(() => storeTasks(engine, tasks));
      say(`stored in ${seconds(storedMs)}`);
      const watching = watch(engine);
      const after = await duePart(engine, 'after', sizeOf(sizes, 'due'));
      const answers = await Promise.all(
        [
          '/v1/tasks?limit=50',
          '/v1/tasks?limit=50&tag=stored',
          '/v1/tasks/stored-7',
          '/v1/executions?limit=50',
        ].map(async (path) => [`GET ${path}, ${SPREAD}`, spread(await asked(engine, path))] as const),
      );
      return [
        ['stored tasks', String(tasks)],
        [`lateness of others before, ${SPREAD}`, spread(before)],
        [`lateness of others among them, ${SPREAD}`, spread(after)],
        ...answers,
        ...(await watching.stop()),
      ];
    } finally {
      await engine.dispose();
    }
  },
};

/** Tasks that are due meanwhile, and how late they began. */
async function duePart(engine: RunningEngine, tag: string, count: number): Promise<number[]> {
  const start = Date.now() + DUE_IN_MS;
  const dueAt = (n: number) => new Date(start + (n / count) * DUE_OVER_MS).toISOString();
  await createTasks(
    engine,
    Array.from({ length: count }, (_, n) => oneTime(tag, { kind: 'once', at: dueAt(n) })),
  );
  const runs = await finishedRuns(engine, { tag, count, lastDueAt: start + DUE_OVER_MS });
  return runs.map(({ latenessMs }) => latenessMs);
}

/** As the API would, but for its checks: a hundred thousand requests would measure those. */
export async function storeTasks(engine: RunningEngine, tasks: number): Promise<void> {
  const client = new DynamoDBClient(awsConfig(engine));
  const { TableNames: [table = ''] = [] } = await client.send(new ListTablesCommand({}));
  const stores = makeStores(client, table, systemClock);
  const numbers = Array.from({ length: tasks }, (_, n) => n);
  await mapBounded(numbers, AT_ONCE, async (n) => {
    const taskId = `stored-${n}`;
    const at = Date.now() + YEAR_MS + n * 1_000;
    const task = createdTask({
      definition: definition({
        taskId,
        name: `Stored ${n}`,
        tags: ['stored'],
        schedule: { kind: 'once', at },
      }),
      shard: shardOf('root', taskId, SHARDS),
      nextRunAt: at,
      nowMs: Date.now(),
      createdBy: 'load',
    });
    const made = await stores.tasks.create(task);
    if (!made.ok) throw new Error(`${taskId} exists`);
  });
  client.destroy();
}

async function asked(engine: RunningEngine, path: string): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < REQUESTS; n++)
    times.push(
      await timed(async () => {
        const { status } = await engine.api('GET', path);
        if (status !== 200) throw new Error(`GET ${path}: ${status}`);
      }),
    );
  return times;
}
