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
  /** Receives no more, and resolves when the running invocations have ended and are accounted for. */
  stop(): Promise<void>;
}

const UNLIMITED_CONCURRENCY = 5;
const RETRY_AFTER_MS = 1_000;

export function startEventSource(options: EventSourceOptions): EventSource {
  const { sqs, log, invoke } = options;
  const reference = 'queueArn' in options ? options.queueArn : options.queueUrl;
  const queue = sqs.findQueue(reference);
  if (queue === undefined) throw new Error(`The event source ${reference} does not exist`);
  if (queue.visibilitySeconds < options.functionTimeoutSeconds) {
    throw new Error(
      `Queue visibility timeout: ${queue.visibilitySeconds} seconds is less than Function timeout: ${options.functionTimeoutSeconds} seconds (${queue.arn})`,
    );
  }
  const windowSeconds = options.maximumBatchingWindowSeconds ?? 0;
  if (options.batchSize > 10 && windowSeconds === 0) {
    throw new Error(
      `Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10`,
    );
  }
  const records = new QueueRecords(sqs, queue);
  const slots = new Slots(options.maximumConcurrency ?? UNLIMITED_CONCURRENCY);
  const stopped = new AbortController();

  const handle = async (batch: SQSEvent['Records']): Promise<void> => {
    try {
      const answer = await invoke({ Records: batch });
      const failed = options.reportBatchItemFailures ? failedMessageIds(answer, batch) : new Set<string>();
      await records.delete(batch.filter((record) => !failed.has(record.messageId)));
      if (failed.size > 0)
        log.debug('batch items failed', { queue: queue.arn, failed: failed.size, of: batch.length });
    } catch (error) {
      log.warn('batch failed', { queue: queue.arn, size: batch.length, error: String(error) });
    }
  };

  const poll = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      await slots.free(stopped.signal);
      if (stopped.signal.aborted) return;
      try {
        const batch = await records.receiveBatch(options.batchSize, windowSeconds * 1_000, stopped.signal);
        if (batch.length > 0) slots.run(() => handle(batch));
      } catch (error) {
        log.error('receive failed', { queue: queue.arn }, error);
        await wait(RETRY_AFTER_MS, undefined, { signal: stopped.signal }).catch(() => {});
      }
    }
  };

  const polling = poll();
  return {
    async stop() {
      stopped.abort();
      await polling;
      await slots.drained();
    },
  };
}

/** Counts what runs; one caller at a time waits for a slot. */
class Slots {
  readonly #limit: number;
  readonly #running = new Set<Promise<void>>();
  #notify: () => void = () => {};

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Resolves when something may start, or on abort. */
  async free(signal: AbortSignal): Promise<void> {
    if (this.#running.size < this.#limit || signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const go = (): void => resolve();
    this.#notify = go;
    signal.addEventListener('abort', go);
    await promise;
    signal.removeEventListener('abort', go);
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
