import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { systemClock } from '../../shared/adapters/system/clock.ts';
import { createSchedulerTable } from '../support/embedded-dynamo.ts';
import { type RunningEngine, startEngine } from '../support/start-engine.ts';
import {
  awsConfig,
  createTasks,
  type FinishedRun,
  finishedRuns,
  oneTime,
  queueClient,
} from './engine-load.ts';
import { bareLoopOn } from './executor-load.ts';
import { type Spread, spreadOf } from './figures.ts';
import { TABLE } from './world.ts';

export interface EndToEnd {
  /** Tasks due at one instant, on the default queue. */
  burst: {
    runs: number;
    /** From the first claim to the last result. */
    perSecond: number;
    /** A loop in this process that makes the same table and queue calls to the same engine over HTTP. */
    barePerSecond: number;
    share: number;
    latenessMs: Spread;
    dueToFinishedMs: Spread;
  };
  /** Tasks due on whole seconds, so many in each. */
  steady: { runs: number; perSecond: number; latenessMs: Spread; dueToFinishedMs: Spread };
  /** One trigger after the other on an idle engine. */
  triggers: {
    /** From sending the request to the run's own finishedAt (one clock: one machine). */
    toFinishedMs: Spread;
    /** Until a client that polls has seen it. */
    toSeenMs: Spread;
  };
}
export interface EndToEndSizes {
  burst: number;
  steady: number;
  steadyPerSecond: number;
  triggers: number;
}

const WARM_UP = 200;
const SECOND_MS = 1_000;
/** Beyond the time that creating is expected to take. */
const SPARE_MS = 5_000;
const ATTEMPTS = 3;
const POLL_MS = 10;
const BARE_LOOPS = 4;

export async function measureEndToEnd(
  sizes: EndToEndSizes,
  progress: (line: string) => void,
): Promise<EndToEnd> {
  progress('starting the engine');
  const engine = await startEngine();
  try {
    progress(`warming up with ${WARM_UP} runs`);
    const createdPerMs = await warmUp(engine);
    const lead = (tasks: number) => Math.ceil(tasks / createdPerMs) + SPARE_MS;

    progress(`one trigger after the other, ${sizes.triggers} times`);
    const triggers = await measureTriggers(engine, sizes.triggers);

    progress(`${sizes.steady} tasks, ${sizes.steadyPerSecond} a second`);
    const steady = await runOnce(engine, 'steady', sizes.steady, lead(sizes.steady), (start, i) => {
      return start + Math.floor(i / sizes.steadyPerSecond) * SECOND_MS;
    });

    progress(`${sizes.burst} tasks in one second`);
    const burst = await runOnce(engine, 'burst', sizes.burst, lead(sizes.burst), (start) => start);
    const first = Math.min(...burst.map(({ startedAt }) => startedAt));
    const last = Math.max(...burst.map(({ finishedAt }) => finishedAt));
    const perSecond = (sizes.burst / (last - first)) * SECOND_MS;
    progress('the same calls in a bare loop');
    const barePerSecond = await measureBare(engine, sizes.burst);

    return {
      burst: {
        runs: sizes.burst,
        perSecond,
        barePerSecond,
        share: perSecond / barePerSecond,
        ...spreads(burst),
      },
      steady: { runs: sizes.steady, perSecond: sizes.steadyPerSecond, ...spreads(steady) },
      triggers,
    };
  } catch (error) {
    progress(engine.output());
    throw error;
  } finally {
    await engine.dispose();
  }
}

const spreads = (runs: FinishedRun[]) => ({
  latenessMs: spreadOf(runs.map(({ latenessMs }) => latenessMs)),
  dueToFinishedMs: spreadOf(runs.map(({ scheduledAt, finishedAt }) => finishedAt - scheduledAt)),
});

/** Processes start and code is compiled; also tells how fast tasks can be created. */
async function warmUp(engine: RunningEngine): Promise<number> {
  const startedMs = performance.now();
  const bodies = Array.from({ length: WARM_UP }, () => oneTime('warm-up', { kind: 'now' }));
  await createTasks(engine, bodies);
  const tookMs = performance.now() - startedMs;
  await finishedRuns(engine, { tag: 'warm-up', count: WARM_UP, lastDueAt: 0 });
  return WARM_UP / tookMs;
}

/** All tasks stand before the first is due; when creating took longer than thought, it is done over. */
async function runOnce(
  engine: RunningEngine,
  name: string,
  tasks: number,
  leadMs: number,
  dueAt: (startMs: number, index: number) => number,
): Promise<FinishedRun[]> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const tag = `${name}-${attempt}`;
    const start = Math.ceil((Date.now() + leadMs * attempt) / SECOND_MS) * SECOND_MS;
    const instants = Array.from({ length: tasks }, (_, i) => new Date(dueAt(start, i)).toISOString());
    await createTasks(
      engine,
      instants.map((at) => oneTime(tag, { kind: 'once', at })),
    );
    const inTime = Date.now() < start - SECOND_MS;
    const runs = await finishedRuns(engine, { tag, count: tasks, lastDueAt: dueAt(start, tasks - 1) });
    if (inTime) return runs;
  }
  throw new Error(`${tasks} tasks could not be created before they were due`);
}

const Accepted = z.object({ id: z.string() });
const Polled = z.object({ status: z.string(), finishedAt: z.string().nullable() });

async function measureTriggers(engine: RunningEngine, count: number): Promise<EndToEnd['triggers']> {
  const id = 'bench-trigger';
  const json = oneTime('trigger', { kind: 'interval', seconds: 86_400 });
  const { status } = await engine.api('PUT', `/v1/tasks/${id}`, json);
  if (status !== 201) throw new Error(`the task was not created: ${status}`);
  const toFinished: number[] = [];
  const toSeen: number[] = [];
  for (let i = 0; i < count; i++) {
    const [startedAt, startedMs] = [Date.now(), performance.now()];
    const reply = await engine.api('POST', `/v1/tasks/${id}/trigger`, {});
    const run = Accepted.parse(reply.body);
    for (;;) {
      const { body } = await engine.api('GET', `/v1/executions/${encodeURIComponent(run.id)}`);
      const seen = Polled.parse(body);
      if (seen.status === 'success' && seen.finishedAt !== null) {
        toFinished.push(Date.parse(seen.finishedAt) - startedAt);
        toSeen.push(performance.now() - startedMs);
        break;
      }
      await systemClock.sleep(POLL_MS);
    }
  }
  return { toFinishedMs: spreadOf(toFinished), toSeenMs: spreadOf(toSeen) };
}

/** On a table and a queue of its own in the same engine. */
async function measureBare(engine: RunningEngine, runs: number): Promise<number> {
  const queues = queueClient(engine);
  const table = new DynamoDBClient(awsConfig(engine));
  await createSchedulerTable(table, TABLE);
  const { QueueUrl = '' } = await queues.send(new CreateQueueCommand({ QueueName: 'bench' }));
  const bareLoop = await bareLoopOn({ table, queues }, QueueUrl, runs);
  const startedMs = performance.now();
  await Promise.all(Array.from({ length: BARE_LOOPS }, bareLoop));
  const tookMs = performance.now() - startedMs;
  queues.destroy();
  table.destroy();
  return (runs / tookMs) * SECOND_MS;
}
