import type { Execution } from '../../shared/domain/execution.ts';
import type { TaskDefinition } from '../../shared/domain/task.ts';
import { createdTask } from '../../shared/domain/task-transitions.ts';
import { type Hint, HintSchema, LetterSchema } from '../../shared/messages.ts';
import type { HandlerRequest, HandlerResult } from '../../shared/ports.ts';
import { dispatchShard } from '../../shared/usecases/dispatch-shard.ts';
import { fanOutTick } from '../../shared/usecases/fan-out-tick.ts';
import { reviveFromLetter } from '../../shared/usecases/revive-from-letter.ts';
import type { Disposition } from '../../shared/usecases/run-execution/context.ts';
import { runExecution } from '../../shared/usecases/run-execution.ts';
import { countingEnds, makeEndCounter } from '../../shared/usecases/stats/count-ends.ts';
import { sweepShard } from '../../shared/usecases/sweep-shard.ts';
import type { ReceivedMessage } from './memory-queues.ts';
import { makeMemoryWorld } from './memory-world.ts';

export const T0 = Date.UTC(2026, 10, 21, 9, 0, 0);
const DAY_MS = 86_400_000;
const LONG_MS = 900_000;

export const definition = (
  over: Partial<TaskDefinition> = {},
): Omit<TaskDefinition, 'definitionVersion'> => ({
  tenant: 'root',
  taskId: 'job',
  name: 'Job',
  handler: 'demo.echo',
  payload: '{"n":1}',
  schedule: { kind: 'interval', seconds: 60, startAt: T0 },
  queue: 'default',
  tags: [],
  timeoutSeconds: 30,
  retry: { strategy: 'exponential', limit: 2, baseSeconds: 10, maxSeconds: 3_600, jitter: 'none' },
  overlap: 'forbid',
  misfire: 'fireOnce',
  misfireGraceSeconds: 300,
  catchUpLimit: 10,
  system: false,
  ...over,
});

type Script = (request: HandlerRequest) => HandlerResult | Promise<HandlerResult>;
export const ok = (result: unknown = null): HandlerResult => ({ kind: 'success', result });
export const boom = (over: Partial<Extract<HandlerResult, { kind: 'failed' }>> = {}): HandlerResult => ({
  kind: 'failed',
  cause: 'error',
  errorType: 'Error',
  errorMessage: 'boom',
  nonRetryable: false,
  ...over,
});

/** The whole scheduler on memory stores and a hand-turned clock; each step is taken by the test. */
export function makeSchedulerWorld({ remainingMs = LONG_MS } = {}) {
  const world = makeMemoryWorld({ nowMs: T0 });
  const ends = makeEndCounter(world);
  const runs: HandlerRequest[] = [];
  let script: Script = () => ok();
  const executor = {
    clock: world.clock,
    random: world.random,
    ids: world.ids,
    tasks: world.tasks,
    executions: countingEnds(world.executions, ends),
    variables: world.variables,
    semaphores: world.semaphores,
    rates: world.rates,
    calendars: world.calendars,
    deadLetters: world.deadLetters,
    queues: world.workQueues,
    handlers: {
      run: async (request: HandlerRequest) => {
        runs.push(request);
        return script(request);
      },
    },
    log: world.log,
    events: world.events,
    metrics: world.metrics,
    retentionMs: 30 * DAY_MS,
  };
  const { queueControls } = world;
  const shared = { ...executor, index: world.shardIndex, cursors: world.cursors, queueControls };
  const dispatch = { ...shared, dispatchQueue: world.dispatchQueue, lookAheadMs: 75_000 };

  const hint = async (
    occurrence: string,
    over: { receiveCount?: number; remainingMs?: number; taskId?: string } = {},
  ): Promise<Disposition> => {
    const background: Promise<void>[] = [];
    const message: Hint = { v: 1, kind: 'hint', tenant: 'root', taskId: over.taskId ?? 'job', occurrence };
    const disposition = await runExecution(executor, message, {
      queue: 'default',
      receiveCount: over.receiveCount ?? 1,
      maxReceiveCount: 20,
      requestId: 'request-1',
      remainingMs: () => over.remainingMs ?? remainingMs,
      alongside: (work) => background.push(work),
    });
    await Promise.all(background);
    return disposition;
  };

  /** Delivers what is visible on a work queue once, as the executor function would. */
  const deliver = async (queue = 'default'): Promise<number> => {
    const received = world.workQueues.queue(queue).receive(10);
    for (const message of received) await deliverOne(queue, message);
    return received.length;
  };
  const deliverOne = async (queue: string, message: ReceivedMessage): Promise<void> => {
    const work = world.workQueues.queue(queue);
    const letter = LetterSchema.safeParse(message.body);
    if (letter.success) {
      await reviveFromLetter(executor, letter.data);
      work.remove(message.receiptHandle);
      return;
    }
    const { occurrence, taskId } = HintSchema.parse(message.body);
    const disposition = await hint(occurrence, { receiveCount: message.receiveCount, taskId });
    if (disposition.kind === 'done') work.remove(message.receiptHandle);
    else work.hide(message.receiptHandle, disposition.seconds);
  };

  return {
    ...world,
    /** Counts what executor and sweeper end, and writes it down when it is told to. */
    ends,
    executor,
    runs,
    handle: (next: Script) => {
      script = next;
    },
    async addTask(over: Partial<TaskDefinition> = {}, nextRunAt: number | null = T0) {
      const task = createdTask({
        definition: definition(over),
        shard: 0,
        nextRunAt,
        nowMs: world.clock.nowMs(),
        createdBy: 'test',
      });
      const created = await world.tasks.create(task);
      if (!created.ok) throw new Error('task exists');
      return task;
    },
    hint,
    deliver,
    async tick() {
      await fanOutTick({ ...dispatch, heartbeat: world.heartbeat, shards: 1 }, { restore: false });
      for (const message of world.dispatchQueue.take()) await dispatchShard(dispatch, message, () => LONG_MS);
    },
    dispatchOnly: (restore = false) =>
      dispatchShard(
        dispatch,
        { v: 1, kind: 'dispatch', shard: 0, ...(restore ? { restore } : {}) },
        () => LONG_MS,
      ),
    sweep: (restore = false) => sweepShard(shared, { shard: 0, restore }, () => LONG_MS),
    /** A minute of the real thing: tick, sweep, and every message as it becomes visible. */
    async minutes(count: number, stepMs = 1_000) {
      for (let minute = 0; minute < count; minute++) {
        await this.tick();
        await this.sweep();
        for (let ms = 0; ms < 60_000; ms += stepMs) {
          while ((await deliver()) > 0);
          await world.advance(stepMs);
        }
      }
    },
    history: (): Execution[] =>
      [...world.tables.executions.all()].sort((a, b) => (a.occurrence < b.occurrence ? -1 : 1)),
    state: async (taskId = 'job') =>
      (await world.tasks.readState({ tenant: 'root', taskId })) ?? fail(taskId),
  };
}
export type SchedulerWorld = ReturnType<typeof makeSchedulerWorld>;

const fail = (taskId: string): never => {
  throw new Error(`no task ${taskId}`);
};
