import { systemClock } from '../../shared/adapters/system/clock.ts';
import { scheduledOccurrence } from '../../shared/domain/occurrence.ts';
import { HintSchema } from '../../shared/messages.ts';
import { dispatchShard } from '../../shared/usecases/dispatch-shard.ts';
import { INVOCATION_MS, receive, remove } from './poller.ts';
import { quiet } from './quiet-log.ts';
import { type Call, type Clients, recordCallsOf, recorded, replay } from './replay.ts';
import { addTasks } from './scenarios.ts';
import { type BenchWorld, makeBenchWorld } from './world.ts';

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

const BATCH = 10;
/** As many as the adapter keeps under way. */
const SENDS_AT_ONCE = 16;
const HOUR_MS = 3_600_000;
const HOURLY = 3_600;

interface Subject {
  operations: number;
  /** An engine of its own, filled with what is to be worked off; `at` is when it is due. */
  prepare(at: number): Promise<BenchWorld>;
  dueAt(): number;
  product(world: BenchWorld): Promise<unknown>;
  record(world: BenchWorld): Promise<(clients: Clients) => Promise<unknown>>;
}

/** Each round on fresh engines with the same content; who goes first alternates. */
async function compare(subject: Subject, rounds: number): Promise<Comparison> {
  const results: Comparison['rounds'] = [];
  for (let round = 0; round < rounds; round++) {
    const at = subject.dueAt();
    const recording = await subject.prepare(at);
    recordCallsOf(clientsOf(recording));
    const bareLoop = await subject.record(recording);
    await recording.close();

    const product = async () => perSecond(subject, at, (world) => subject.product(world));
    const bare = async () => perSecond(subject, at, (world) => bareLoop(clientsOf(world)));
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

const openWorld = () => makeBenchWorld({ clock: systemClock, log: quiet, metered: false });

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
        const schedule = { kind: 'interval', seconds: HOURLY, startAt: at } as const;
        await addTasks(world, q.hints, at, { schedule }, at - HOUR_MS);
        return world;
      },
      async product(world) {
        const { hinted } = await dispatch(world);
        if (hinted !== q.hints) throw new Error(`${hinted} of ${q.hints} hints sent`);
      },
      async record(world) {
        const calls = await recorded(() => dispatch(world));
        return (clients) => replay(clients, calls, SENDS_AT_ONCE);
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
        const schedule = { kind: 'interval', seconds: HOURLY, startAt: at } as const;
        const taskIds = await addTasks(world, q.runs, at, { schedule }, at - HOUR_MS);
        const occurrence = scheduledOccurrence(at);
        await world.deps.queues.send(
          taskIds.map((taskId) => ({
            queue: 'default',
            hint: { v: 1, kind: 'hint', tenant: 'root', taskId, occurrence },
            delaySeconds: 0,
          })),
        );
        return world;
      },
      product: (world) => world.work({ batchSize: BATCH }),
      async record(world) {
        const calls = new Map<string, Call[]>();
        await world.work({
          batchSize: BATCH,
          async around(record, handle) {
            const outcome = Promise.withResolvers<Awaited<ReturnType<typeof handle>>>();
            const made = await recorded(async () => outcome.resolve(await handle()));
            calls.set(taskIdOf(record.body), made);
            return outcome.promise;
          },
        });
        return (clients) => bareExecutor(clients, world.urls.work, calls);
      },
    },
    q.rounds,
  );
}

async function bareExecutor(clients: Clients, queueUrl: string, calls: Map<string, Call[]>): Promise<void> {
  for (;;) {
    const records = await receive(clients.queues, queueUrl, BATCH);
    if (records.length === 0) return;
    await Promise.all(
      records.map(({ body }) => replay(clients, calls.get(taskIdOf(body)) ?? [], SENDS_AT_ONCE)),
    );
    await remove(clients.queues, queueUrl, records);
  }
}

const taskIdOf = (body: string): string => HintSchema.pick({ taskId: true }).parse(JSON.parse(body)).taskId;
