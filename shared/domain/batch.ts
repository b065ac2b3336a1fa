export interface BatchOptions<Item> {
  /** Items between two looks at the signal. */
  batchSize: number;
  /** Items of a batch at work at the same time. */
  concurrency: number;
  signal?: AbortSignal;
  /** One that throws counts as failed; the others go on. */
  worker(item: Item, index: number): Promise<void> | void;
  onFailure?(error: unknown, item: Item): void;
  onBatch?(soFar: BatchResult): Promise<void> | void;
}
export interface BatchResult {
  total: number;
  fail: number;
}

/**
 * Works through many items a batch at a time. Items may come from an async source: only one batch is held.
 * Between batches an aborted signal ends it by throwing the signal's reason; what is at work is always awaited.
 */
export async function runInBatches<Item>(
  items: Iterable<Item> | AsyncIterable<Item>,
  options: BatchOptions<Item>,
): Promise<BatchResult> {
  requireCount('batchSize', options.batchSize);
  requireCount('concurrency', options.concurrency);
  const result: BatchResult = { total: 0, fail: 0 };
  let batch: Item[] = [];
  const flush = async () => {
    options.signal?.throwIfAborted();
    await runBatch(batch, result, options);
    batch = [];
    await options.onBatch?.({ ...result });
  };
  for await (const item of items) {
    batch.push(item);
    if (batch.length === options.batchSize) await flush();
  }
  if (batch.length > 0) await flush();
  return result;
}

async function runBatch<Item>(batch: Item[], result: BatchResult, options: BatchOptions<Item>) {
  const offset = result.total;
  const queue = batch.entries();
  const lane = async () => {
    for (const [at, item] of queue) {
      result.total += 1;
      try {
        await options.worker(item, offset + at);
      } catch (error) {
        result.fail += 1;
        options.onFailure?.(error, item);
      }
    }
  };
  const lanes = Array.from({ length: Math.min(options.concurrency, batch.length) }, lane);
  for (const ended of await Promise.allSettled(lanes)) if (ended.status === 'rejected') throw ended.reason;
}

function requireCount(name: string, value: number) {
  if (!Number.isInteger(value) || value < 1)
    throw new RangeError(`${name} must be a whole number ≥ 1, got ${value}`);
}
