import { setTimeout as wait } from 'node:timers/promises';
import type { SQSEvent } from 'aws-lambda';
import type { Log } from '../../shared/ports.ts';
import { failedMessageIds } from './sqs/batch-response.ts';
import type { SqsEngine } from './sqs/engine.ts';
import { QueueRecords } from './sqs/records.ts';

/**
 * Lambda's poller for one SQS event source mapping. It receives only while an invocation may start, one batch
 * an invocation, so that nothing waits invisibly for a free slot; what is invoked in parallel is decided by
 * how much waits in the queue. A failed batch, or the failed part of it, is left to its visibility timeout.
 */
export type EventSourceOptions = MappingOptions &
  ({ readonly queueArn: string } | { readonly queueUrl: string });

interface MappingOptions {
  readonly sqs: SqsEngine;
  /** 1..10,000; above 10 only with a batching window. */
  readonly batchSize: number;
  /** How long a batch that is not full waits for more; 0 hands over what came at once. */
  readonly maximumBatchingWindowSeconds?: number | undefined;
  /** Batches in parallel. Lambda starts with five pollers; so does a mapping here that names no limit. */
  readonly maximumConcurrency?: number | undefined;
  readonly functionTimeoutSeconds: number;
  /** False: a batch succeeds or fails as a whole, whatever the function answers. */
  readonly reportBatchItemFailures: boolean;
  /** Rejects when the function failed; may take as long as it likes to find a free environment. */
  invoke(event: SQSEvent): Promise<unknown>;
  readonly log: Log;
}
export interface EventSource {
  /** So many batches in parallel from now on; what runs beyond that ends in its own time. */
  resize(maximumConcurrency: number): void;
  /** Receives no more, and resolves when the running invocations have ended and are accounted for. */
  stop(): Promise<void>;
}

const UNLIMITED_CONCURRENCY = 5;
const RETRY_AFTER_MS = 1_000;

export function startEventSource(options: EventSourceOptions): EventSource {
  const { sqs, log, invoke } = options;
  const queue = mappedQueue(options);
  const windowMs = (options.maximumBatchingWindowSeconds ?? 0) * 1_000;
  const records = new QueueRecords(sqs, queue);
  const slots = new Slots(options.maximumConcurrency ?? UNLIMITED_CONCURRENCY);
  const stopped = new AbortController();

  const handle = async (batch: SQSEvent['Records']): Promise<void> => {
    try {
      const answer = await invoke({ Records: batch });
      const failed = options.reportBatchItemFailures ? failedMessageIds(answer, batch) : new Set<string>();
      await records.delete(batch.filter((record) => !failed.has(record.messageId)));
      log.debug('batch handled', { queue: queue.arn, size: batch.length, failed: failed.size });
    } catch (error) {
      log.warn('batch failed', { queue: queue.arn, size: batch.length, error: String(error) });
    }
  };

  const poll = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      await slots.free(stopped.signal);
      try {
        const batch = await records.receiveBatch(options.batchSize, windowMs, stopped.signal);
        if (batch.length > 0) slots.run(() => handle(batch));
      } catch (error) {
        log.error('receive failed', { queue: queue.arn }, error);
        await wait(RETRY_AFTER_MS, undefined, { signal: stopped.signal }).catch(() => {});
      }
    }
  };

  const polling = poll();
  return {
    resize: (maximumConcurrency) => slots.resize(maximumConcurrency),
    async stop() {
      stopped.abort();
      await polling;
      await slots.drained();
    },
  };
}

/** Refuses what CreateEventSourceMapping refuses. */
function mappedQueue(options: EventSourceOptions): NonNullable<ReturnType<SqsEngine['findQueue']>> {
  const { sqs, batchSize, maximumBatchingWindowSeconds: windowSeconds = 0, functionTimeoutSeconds } = options;
  const reference = 'queueArn' in options ? options.queueArn : options.queueUrl;
  const queue = sqs.findQueue(reference);
  if (queue === undefined) throw new Error(`The event source ${reference} does not exist`);
  const problems: string[] = [];
  if (!(batchSize >= 1 && batchSize <= 10_000)) problems.push('batch size must be 1 to 10,000');
  if (batchSize > 10 && windowSeconds === 0) problems.push('more than 10 a batch need a batch window');
  if (!(windowSeconds >= 0 && windowSeconds <= 300)) problems.push('batch window must be 0 to 300 seconds');
  if ((options.maximumConcurrency ?? 1) < 1) problems.push('maximum concurrency must be at least 1');
  if (queue.visibilitySeconds < functionTimeoutSeconds) {
    problems.push(
      `Queue visibility timeout: ${queue.visibilitySeconds} seconds is less than Function timeout: ${functionTimeoutSeconds} seconds`,
    );
  }
  if (problems.length > 0) throw new Error(`Event source mapping of ${queue.arn}: ${problems.join('; ')}`);
  return queue;
}

/** Counts what runs; one caller at a time waits for a slot. */
class Slots {
  #limit: number;
  readonly #running = new Set<Promise<void>>();
  #notify: () => void = () => {};

  constructor(limit: number) {
    this.#limit = limit;
  }

  resize(limit: number): void {
    this.#limit = limit;
    this.#notify();
  }

  /** Resolves when something may start, or on abort. */
  async free(signal: AbortSignal): Promise<void> {
    while (this.#running.size >= this.#limit && !signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const go = (): void => resolve();
      this.#notify = go;
      signal.addEventListener('abort', go);
      await promise;
      signal.removeEventListener('abort', go);
    }
  }

  /** `work` must not reject. */
  run(work: () => Promise<void>): void {
    const running = work().finally(() => {
      this.#running.delete(running);
      this.#notify();
    });
    this.#running.add(running);
  }

  async drained(): Promise<void> {
    await Promise.all(this.#running);
  }
}
