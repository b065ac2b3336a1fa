import { dispatchShard } from '../../shared/usecases/dispatch-shard.ts';
import {
  addDueRuns,
  BATCH,
  bareExecutor,
  HOUR_MS,
  hourly,
  openWorld,
  recordRuns,
  SENDS_AT_ONCE,
} from './executor-load.ts';
import { INVOCATION_MS } from './poller.ts';
import { type Clients, recordCallsOf, recorded, replay } from './replay.ts';
import { addTasks } from './scenarios.ts';
import type { BenchWorld } from './world.ts';

/** Operations a second of the scheduler, and of a bare loop that makes the same SDK calls, in the same process. */
export interface Comparison {
  operations: number;
  rounds: { product: number; bare: number }[];
  /** The fastest rounds: whatever else the machine does only slows down. */
  product: number;
  bare: number;
  /** product / bare */
  share: number;
}

interface Subject {
  operations: number;
  /** An engine of its own, filled with what is to be worked off; `at` is when it is due. */
  prepare(at: number): Promise<BenchWorld>;
  dueAt(): number;
  product(world: BenchWorld): Promise<unknown>;
  /** Works everything off once, and answers a loop that makes the same calls in another world. */
  record(world: BenchWorld): Promise<(other: BenchWorld) => Promise<unknown>>;
}

/** Each round on fresh engines with the same content; who goes first alternates. */
async function compare(subject: Subject, rounds: number): Promise<Comparison> {
  const results: Comparison['rounds'] = [];
  for (let round = 0; round < rounds; round++) {
    const at = subject.dueAt();
    const recording = await subject.prepare(at);
    const bareLoop = await subject.record(recording);
    await recording.close();

    const product = async () => perSecond(subject, at, subject.product);
    const bare = async () => perSecond(subject, at, bareLoop);
    const [first, second] = round % 2 === 0 ? [product, bare] : [bare, product];
    const [a, b] = [await first(), await second()];
    results.push(round % 2 === 0 ? { product: a, bare: b } : { product: b, bare: a });
  }
  const product = Math.max(...results.map((result) => result.product));
  const bare = Math.max(...results.map((result) => result.bare));
  return { operations: subject.operations, rounds: results, product, bare, share: product / bare };
}

async function perSecond(
  { operations, prepare }: Subject,
  at: number,
  work: (world: BenchWorld) => Promise<unknown>,
): Promise<number> {
  const world = await prepare(at);
  const startedMs = performance.now();
  await work(world);
  const tookMs = performance.now() - startedMs;
  await world.close();
  return (operations / tookMs) * 1_000;
}

const clientsOf = ({ dynamo, sqs }: BenchWorld): Clients => ({ table: dynamo.client, queues: sqs.client });

/** One shard with so many tasks that fall due within the look-ahead: index pages in, batches of ten hints out. */
export function compareDispatcher(q: { hints: number; rounds: number }): Promise<Comparison> {
  const dispatch = ({ deps }: BenchWorld) =>
    dispatchShard(deps, { v: 1, kind: 'dispatch', shard: 0 }, () => INVOCATION_MS);
  return compare(
    {
      operations: q.hints,
      dueAt: () => Date.now() + 30_000,
      async prepare(at) {
        const world = await openWorld();
        await addTasks(world, q.hints, at, { schedule: hourly(at) }, at - HOUR_MS);
        return world;
      },
      async product(world) {
        const { hinted } = await dispatch(world);
        if (hinted !== q.hints) throw new Error(`${hinted} of ${q.hints} hints sent`);
      },
      async record(world) {
        recordCallsOf(clientsOf(world));
        const { calls } = await recorded(() => dispatch(world));
        return (other) => replay(clientsOf(other), calls, SENDS_AT_ONCE);
      },
    },
    q.rounds,
  );
}

/** So many due tasks whose hints wait on the queue, ten a batch, one batch after the other, with an instant handler. */
export function compareExecutor(q: { runs: number; rounds: number }): Promise<Comparison> {
  return compare(
    {
      operations: q.runs,
      dueAt: () => Date.now() - 1_000,
      async prepare(at) {
        const world = await openWorld();
        const { stores, deps } = world;
        await addDueRuns({ stores, queues: deps.queues }, { runs: q.runs, at, schedule: hourly(at) });
        return world;
      },
      product: (world) => world.work({ batchSize: BATCH }),
      async record(world) {
        const calls = await recordRuns(world);
        return (other) => bareExecutor(clientsOf(other), other.urls.work, calls);
      },
    },
    q.rounds,
  );
}
