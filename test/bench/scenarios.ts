import { claimedExecution } from '../../shared/domain/execution-births.ts';
import { runPointer, scheduledOccurrence } from '../../shared/domain/occurrence.ts';
import type { Principal } from '../../shared/domain/principal.ts';
import type { TaskDefinition } from '../../shared/domain/task.ts';
import { createdTask } from '../../shared/domain/task-transitions.ts';
import type { HandlerResult } from '../../shared/ports.ts';
import { triggerRun } from '../../shared/usecases/manage-runs/trigger-run.ts';
import { createTask } from '../../shared/usecases/manage-tasks/create-task.ts';
import type { HandClock } from '../support/memory-clock.ts';
import { definition } from '../support/scheduler-world.ts';
import { inFunction } from './meter.ts';
import type { BenchWorld } from './world.ts';

/** A life of tasks, of which `count` is measured once per task; `prepare` brings about what it needs. */
export interface Scenario {
  id: string;
  title: string;
  prepare(world: CountedWorld, tasks: number): Promise<void>;
  run(world: CountedWorld, tasks: number, batchSize: number): Promise<void>;
}
export type CountedWorld = BenchWorld & { clock: HandClock };

/** On the minute, as ticks and most schedules are. */
export const T0 = Date.UTC(2026, 10, 21, 9, 0, 0);
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const principal: Principal = { tenant: 'root', role: 'admin', actor: 'bench' };
const taskIds = (tasks: number): string[] => Array.from({ length: tasks }, (_, i) => `nightly-report-${i}`);

export async function addTasks(
  world: Pick<BenchWorld, 'stores' | 'clock'>,
  tasks: number,
  nextRunAt: number,
  over: Partial<TaskDefinition>,
  createdAt = world.clock.nowMs(),
): Promise<string[]> {
  const ids = taskIds(tasks);
  for (const taskId of ids) {
    const task = createdTask({
      definition: definition({ taskId, name: 'Nightly report', ...over }),
      shard: 0,
      nextRunAt,
      nowMs: createdAt,
      createdBy: 'bench',
    });
    const created = await world.stores.tasks.create(task);
    if (!created.ok) throw new Error(`${taskId} exists`);
  }
  return ids;
}

/** What is due at `at` is hinted by the tick before and delivered on its second. */
async function minuteOf(world: CountedWorld, at: number, batchSize: number): Promise<void> {
  await until(world, at - MINUTE_MS);
  await world.tick();
  await until(world, at);
  await world.work({ batchSize });
}
const until = ({ clock }: CountedWorld, at: number) => clock.advance(at - clock.nowMs());

const every = (seconds: number) => ({ kind: 'interval', seconds, startAt: T0 }) as const;

/** One occurrence has run before, so that overlap rules find a run to look at. */
export function recurring(
  id: string,
  title: string,
  seconds: number,
  over: Partial<TaskDefinition>,
): Scenario {
  return {
    id,
    title,
    async prepare(world, tasks) {
      await addTasks(world, tasks, T0, { schedule: every(seconds), ...over });
      await minuteOf(world, T0, 10);
    },
    run: (world, _tasks, batchSize) => minuteOf(world, T0 + seconds * 1_000, batchSize),
  };
}

/** Through the API's use case, as people create them. */
function created(id: string, title: string, schedule: object, dueInMs: number): Scenario {
  return {
    id,
    title,
    prepare: async () => {},
    async run(world, tasks, batchSize) {
      const at = world.clock.nowMs() + dueInMs;
      for (const _ of taskIds(tasks)) {
        const body = { name: 'Nightly report', handler: 'demo.echo', payload: { n: 1 }, schedule };
        await throughApi(world, () => createTask(world.manage, principal, body, undefined));
      }
      if (dueInMs > 0) await minuteOf(world, at, batchSize);
      else await world.work({ batchSize });
    },
  };
}

/** One request: the authorizer is asked each time, then the API function works. */
async function throughApi<T>(world: BenchWorld, work: () => Promise<T>): Promise<T> {
  world.meter.functionUse('authorizer').invocations++;
  world.meter.functionUse('api').invocations++;
  return inFunction('api', work);
}

const failure: HandlerResult = {
  kind: 'failed',
  cause: 'error',
  errorType: 'HttpError',
  errorMessage: '503 Service Unavailable',
  nonRetryable: false,
};
const RETRY_AFTER_MS = 10_000;

export const SCENARIOS: readonly Scenario[] = [
  recurring('recurring-hourly', 'recurring, every hour', 3_600, {}),
  recurring('recurring-hourly-allow', 'recurring, every hour, overlap allow', 3_600, { overlap: 'allow' }),
  recurring('recurring-minutely', 'recurring, every minute', 60, {}),
  created('once', 'one-time, created an hour ahead', { kind: 'once', delaySeconds: 3_600 }, HOUR_MS),
  created('now', 'one-time, at once', { kind: 'now' }, 0),
  {
    id: 'triggered',
    title: 'triggered by hand',
    async prepare(world, tasks) {
      await addTasks(world, tasks, T0 + HOUR_MS, { schedule: every(3_600) });
    },
    async run(world, tasks, batchSize) {
      for (const taskId of taskIds(tasks))
        await throughApi(world, () => triggerRun(world.manage, principal, taskId, {}, undefined));
      await world.work({ batchSize });
    },
  },
  {
    id: 'retried',
    title: 'recurring, every hour, succeeds on the second attempt',
    async prepare(world, tasks) {
      const retry = { strategy: 'fixed', limit: 2, baseSeconds: 10, maxSeconds: 10, jitter: 'none' } as const;
      await addTasks(world, tasks, T0, { schedule: every(3_600), retry });
      await minuteOf(world, T0, 10);
      world.handle(async ({ execution }) =>
        execution.attempt === 1 ? failure : { kind: 'success', result: null },
      );
    },
    async run(world, _tasks, batchSize) {
      await minuteOf(world, T0 + HOUR_MS, batchSize);
      await world.clock.advance(RETRY_AFTER_MS);
      await world.work({ batchSize });
    },
  },
  {
    id: 'dead',
    title: 'recurring, every hour, dies on its only attempt',
    async prepare(world, tasks) {
      const retry = { strategy: 'fixed', limit: 0, baseSeconds: 10, maxSeconds: 10, jitter: 'none' } as const;
      await addTasks(world, tasks, T0, { schedule: every(3_600), retry });
      await minuteOf(world, T0, 10);
      world.handle(async () => failure);
    },
    run: (world, _tasks, batchSize) => minuteOf(world, T0 + HOUR_MS, batchSize),
  },
  {
    id: 'skipped',
    title: 'recurring, every hour, skipped: the run before still lives',
    async prepare(world, tasks) {
      await addTasks(world, tasks, T0 + HOUR_MS, { schedule: every(3_600) });
      for (const taskId of taskIds(tasks)) await addLiveRun(world, taskId);
    },
    run: (world, _tasks, batchSize) => minuteOf(world, T0 + HOUR_MS, batchSize),
  },
];

async function addLiveRun({ stores }: BenchWorld, taskId: string): Promise<void> {
  const key = { tenant: 'root', taskId, occurrence: scheduledOccurrence(T0) };
  const task = await stores.tasks.read(key);
  if (!task) throw new Error(`no task ${taskId}`);
  await stores.executions.insert(
    claimedExecution(task, key, { owner: 'bench', startedAt: T0, leaseUntil: T0 + 2 * HOUR_MS, missed: 0 }),
  );
  await stores.tasks.update(key, { set: { run: runPointer(key.occurrence, 0) }, guard: {} });
}
