import type { SQSRecord } from 'aws-lambda';
import handlers from '../../functions/handlers/index.ts';
import { handleWorkMessage } from '../../functions/work-message.ts';
import type { UnitsUsed } from '../../infra/local/dynamodb/capacity.ts';
import { makeDispatchQueue } from '../../shared/adapters/sqs/dispatch-queue.ts';
import { makeVisibility } from '../../shared/adapters/sqs/visibility.ts';
import { makeWorkQueues } from '../../shared/adapters/sqs/work-queues.ts';
import { systemIds } from '../../shared/adapters/system/ids.ts';
import { systemRandom } from '../../shared/adapters/system/random.ts';
import { makeRegistry } from '../../shared/contract/handler.ts';
import { NO_TARGETS } from '../../shared/domain/allowed-targets.ts';
import type { LifecycleEvent } from '../../shared/domain/lifecycle-event.ts';
import type { Marks } from '../../shared/domain/stats-time.ts';
import { DAY_MS } from '../../shared/domain/time.ts';
import { DispatchMessageSchema } from '../../shared/messages.ts';
import type { Clock, HandlerRunner, Log } from '../../shared/ports.ts';
import { dispatchShard } from '../../shared/usecases/dispatch-shard.ts';
import { fanOutTick } from '../../shared/usecases/fan-out-tick.ts';
import { keepCanary } from '../../shared/usecases/keep-canary.ts';
import { countingEnds, makeEndCounter, NO_COUNTER } from '../../shared/usecases/stats/count-ends.ts';
import { sumUpEnds } from '../../shared/usecases/sum-up-ends.ts';
import { sweepShard } from '../../shared/usecases/sweep-shard.ts';
import { createSchedulerTable, embeddedDynamoClient } from '../support/embedded-dynamo.ts';
import { embeddedSqsClient } from '../support/embedded-sqs.ts';
import { makeMemoryMetrics } from '../support/memory-observers.ts';
import { inFunction, inStep, Meter } from './meter.ts';
import { drain, INVOCATION_MS, lambdaContext } from './poller.ts';
import { ASSUMPTIONS } from './prices.ts';
import { bySteps, makeStores } from './stores.ts';

export const TABLE = 'scheduler';
const MAX_RECEIVES = 20;
const BATCH = 10;

export type BenchWorld = Awaited<ReturnType<typeof makeBenchWorld>>;

interface WorldOptions {
  clock: Clock;
  log: Log;
  shards?: number;
  canary?: boolean;
  metered?: boolean;
  /** Whether what ended is counted. */
  counts?: boolean;
}

/**
 * The scheduler on the embedded engines in this process, through the real SDK clients: functions are called here as
 * Lambda would call them, and every request they make is metered.
 */
export async function makeBenchWorld({
  clock,
  log,
  shards = 1,
  canary = false,
  metered = true,
  counts = true,
}: WorldOptions) {
  const billed = { read: 0, write: 0 };
  const dynamo = embeddedDynamoClient({ onUnits: ({ used }) => addBill(billed, used) });
  await createSchedulerTable(dynamo.client, TABLE);
  const sqs = await embeddedSqsClient({ nowMs: clock.nowMs });
  const deadLetters = sqs.createQueue('default-dlq');
  const work = sqs.createQueue('default', {
    visibilityTimeoutSeconds: 5_400,
    deadLetterTargetArn: deadLetters.arn,
    maxReceiveCount: MAX_RECEIVES,
  });
  const dispatchQueue = sqs.createQueue('dispatch', { visibilityTimeoutSeconds: 360 });
  const meter = new Meter();
  if (metered) {
    meter.watchTable(dynamo.client);
    meter.watchQueues(sqs.client);
  }

  const plain = makeStores(dynamo.client, TABLE, clock);
  const stepped = metered ? bySteps(plain) : plain;
  const ends = counts ? makeEndCounter({ stats: stepped.stats, clock, log }) : NO_COUNTER;
  const stores = { ...stepped, executions: countingEnds(stepped.executions, ends) };
  let marks: Marks | undefined;
  const targets = {
    default: { url: work.url, arn: work.arn, dlqUrl: deadLetters.url, maxReceiveCount: MAX_RECEIVES },
  };
  let script: HandlerRunner['run'] = async () => ({ kind: 'success', result: null });
  const shared = {
    clock,
    log,
    random: systemRandom,
    ids: systemIds,
    ...stores,
    queues: makeWorkQueues({ client: sqs.client, targets, log }),
    dispatchQueue: makeDispatchQueue(sqs.client, dispatchQueue.url),
    lookAheadMs: 75_000,
    events: {
      // As the adapter does it, which tells nobody of a success unless it was asked to.
      publish: async ({ type }: LifecycleEvent) => {
        if (type !== 'run.succeeded') meter.noteEvent();
      },
    },
    // They leave with the log.
    metrics: makeMemoryMetrics(),
    retentionMs: ASSUMPTIONS.retentionDays * DAY_MS,
    shards,
  };
  const executor = {
    ...shared,
    handlers: {
      run: (request: Parameters<HandlerRunner['run']>[0]) => {
        meter.functionUse('executor').handlerRuns++;
        return script(request);
      },
    },
  };
  const workDeps = {
    executor,
    visibility: makeVisibility(sqs.client, work.url),
    queue: 'default',
    maxReceiveCount: MAX_RECEIVES,
  };

  return {
    clock,
    meter,
    billed,
    stores,
    dynamo,
    sqs,
    urls: { work: work.url, dispatch: dispatchQueue.url },
    deps: shared,
    executor,
    manage: {
      ...shared,
      workQueues: shared.queues,
      handlers: makeRegistry(handlers),
      targets: NO_TARGETS,
      queueInspector: NOT_INSPECTED,
      queueDefaults: {
        default: {
          priority: 5,
          workers: 20,
          timeoutSeconds: 60,
          retry: { strategy: 'exponential', limit: 5, baseSeconds: 10, maxSeconds: 3_600, jitter: 'none' },
        },
      },
    } as const,
    handle(next: HandlerRunner['run']) {
      script = next;
    },
    /** A minute begins: both clocks call the tick, and the shards are dispatched. */
    async tick() {
      for (const _clock of ['rule', 'schedule']) {
        meter.functionUse('tick').invocations++;
        await inFunction('tick', async () => {
          await fanOutTick(shared, { restore: false });
          if (canary) await inStep('look after the canary', () => keepCanary(shared, 'default'));
        });
      }
      await drain(sqs.client, meter, {
        fn: 'dispatch',
        url: dispatchQueue.url,
        batchSize: 1,
        async invoke(records) {
          for (const { body } of records)
            await dispatchShard(shared, DispatchMessageSchema.parse(JSON.parse(body)), () => INVOCATION_MS);
          return records;
        },
      });
    },
    async sweep() {
      meter.functionUse('sweeper').invocations++;
      for (let shard = 0; shard < shards; shard++)
        await inFunction('sweeper', () => sweepShard(shared, { shard, restore: false }, () => INVOCATION_MS));
      await inFunction('sweeper', () => inStep('look for bulk jobs', () => stores.bulkJobs.running(1)));
      marks = await inFunction('sweeper', async () => {
        await ends.flush();
        return sumUpEnds(shared, marks, () => INVOCATION_MS);
      });
    },
    /** Everything that is visible on the work queue, batch after batch. */
    async work({ batchSize = BATCH, around = asItIs } = {}): Promise<void> {
      const invoke = async (records: SQSRecord[]) => {
        const alongside: Promise<void>[] = [];
        const outcomes = await Promise.all(
          records.map((record) =>
            around(record, () =>
              handleWorkMessage(workDeps, record, lambdaContext, (more) => alongside.push(more)),
            ),
          ),
        );
        await Promise.all(alongside);
        await ends.flush();
        return records.filter((_record, at) => outcomes[at] === 'handled');
      };
      await drain(sqs.client, meter, { fn: 'executor', url: work.url, batchSize, invoke });
    },
    async close() {
      await sqs.close();
      await dynamo.close();
    },
  };
}

type Handled = Awaited<ReturnType<typeof handleWorkMessage>>;
const asItIs = (_record: SQSRecord, handle: () => Promise<Handled>): Promise<Handled> => handle();

function addBill(billed: { read: number; write: number }, used: readonly UnitsUsed[]): void {
  for (const { kind, tableUnits, indexUnits } of used)
    billed[kind] += Object.values(indexUnits).reduce((sum, units) => sum + units, tableUnits);
}

/** Nobody looks at a queue's depth unless it has a limit. */
const NOT_INSPECTED = {
  depth: () => Promise.reject(new Error('not asked for')),
  waiting: () => Promise.reject(new Error('not asked for')),
  purgeLetters: () => Promise.reject(new Error('not asked for')),
};
