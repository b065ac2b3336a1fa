import { setImmediate as turn } from 'node:timers/promises';
import * as z from 'zod';
import { defineHandler } from '../../shared/contract/handler.ts';
import { runInBatches } from '../../shared/domain/batch.ts';

export const batch = defineHandler({
  name: 'demo.batch',
  description: 'Works through numbered items with the batch helper; every `failEvery`-th item fails.',
  payload: z.object({
    items: z.int().min(0).max(1_000_000),
    batchSize: z.int().min(1),
    concurrency: z.int().min(1).max(1_000),
    failEvery: z.int().min(1).optional(),
  }),
  run({ payload: { items, batchSize, concurrency, failEvery }, signal, progress }) {
    let reported = -1;
    return runInBatches(numbers(items), {
      batchSize,
      concurrency,
      signal,
      async worker(item) {
        await turn();
        if (failEvery !== undefined && item % failEvery === 0) throw new Error(`Item ${item} fails`);
      },
      async onBatch({ total, fail }) {
        const percent = Math.floor((total / items) * 100);
        if (percent === reported) return;
        reported = percent;
        await progress({ percent, message: `${total} done, ${fail} failed` });
      },
    });
  },
});

function* numbers(count: number) {
  for (let n = 1; n <= count; n++) yield n;
}
