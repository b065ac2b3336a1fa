import { makeWorkQueues } from '../../shared/adapters/sqs/work-queues.ts';
import { systemClock } from '../../shared/adapters/system/clock.ts';
import { scheduledOccurrence } from '../../shared/domain/occurrence.ts';
import type { Schedule } from '../../shared/domain/schedule.ts';
import { HintSchema } from '../../shared/messages.ts';
import type { WorkQueues } from '../../shared/ports.ts';
import { receive, remove } from './poller.ts';
import { quiet } from './quiet-log.ts';
import { type Call, type Clients, recordCallsOf, recorded, replay } from './replay.ts';
import { addTasks } from './scenarios.ts';
import { makeStores, type Stores } from './stores.ts';
import { type BenchWorld, makeBenchWorld, TABLE } from './world.ts';

/** Tasks that are due, with their hints on the queue; the requests of their runs; and a bare loop that makes those. */

export const BATCH = 10;
/** As many as the adapter keeps under way. */
export const SENDS_AT_ONCE = 16;
export const HOUR_MS = 3_600_000;
const OVERDUE_MS = 1_000;

export const hourly = (at: number): Schedule => ({ kind: 'interval', seconds: 3_600, startAt: at });

export const openWorld = () => makeBenchWorld({ clock: systemClock, log: quiet, metered: false });

/** By the message's task. */
export type RunCalls = Map<string, Call[]>;

export async function addDueRuns(
  { stores, queues }: { stores: Stores; queues: WorkQueues },
  q: { runs: number; at: number; schedule: Schedule },
): Promise<void> {
  const world = { stores, clock: systemClock };
  const taskIds = await addTasks(world, q.runs, q.at, { schedule: q.schedule }, q.at - HOUR_MS);
  const occurrence = scheduledOccurrence(q.at);
  const { failed } = await queues.send(
    taskIds.map((taskId) => ({
      queue: 'default',
      hint: { v: 1, kind: 'hint', tenant: 'root', taskId, occurrence },
      delaySeconds: 0,
    })),
  );
  if (failed.length > 0) throw new Error(`${failed.length} hints were refused`);
}

/** Runs everything that waits in this world, and writes down what each run asked for. */
export async function recordRuns(world: BenchWorld): Promise<RunCalls> {
  recordCallsOf({ table: world.dynamo.client, queues: world.sqs.client });
  const calls: RunCalls = new Map();
  await world.work({
    batchSize: BATCH,
    async around(record, handle) {
      const { result, calls: made } = await recorded(handle);
      calls.set(taskIdOf(record.body), made);
      return result;
    },
  });
  return calls;
}

export async function bareExecutor(clients: Clients, queueUrl: string, calls: RunCalls): Promise<void> {
  for (;;) {
    const records = await receive(clients.queues, queueUrl, BATCH);
    if (records.length === 0) return;
    await Promise.all(
      records.map(({ body }) => replay(clients, calls.get(taskIdOf(body)) ?? [], SENDS_AT_ONCE)),
    );
    await remove(clients.queues, queueUrl, records);
  }
}

/** One-time tasks on somebody else's engine, in a table and a queue of our own there, and the loop that runs them. */
export async function bareLoopOn(
  clients: Clients,
  queueUrl: string,
  runs: number,
): Promise<() => Promise<void>> {
  const at = Date.now() - OVERDUE_MS;
  const load = { runs, at, schedule: { kind: 'once', at } } as const;
  const world = await openWorld();
  await addDueRuns({ stores: world.stores, queues: world.deps.queues }, load);
  const calls = await recordRuns(world);
  await world.close();

  const stores = makeStores(clients.table, TABLE, systemClock);
  const targets = { default: { url: queueUrl, arn: '', dlqUrl: '', maxReceiveCount: 20 } };
  const queues = makeWorkQueues({ client: clients.queues, targets, log: quiet });
  await addDueRuns({ stores, queues }, load);
  return () => bareExecutor(clients, queueUrl, calls);
}

const taskIdOf = (body: string): string => HintSchema.pick({ taskId: true }).parse(JSON.parse(body)).taskId;
