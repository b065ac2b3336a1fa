import { describe, expect, it } from 'vitest';
import { runInBatches } from '../../../shared/domain/batch.ts';

const upTo = (n: number) => Array.from({ length: n }, (_, at) => at);

describe('runInBatches', () => {
  it('hands each item to the worker once, with its place', async () => {
    const seen: [string, number][] = [];
    const result = await runInBatches(['a', 'b', 'c'], {
      batchSize: 2,
      concurrency: 2,
      worker: (item, index) => void seen.push([item, index]),
    });
    expect(seen).toEqual([
      ['a', 0],
      ['b', 1],
      ['c', 2],
    ]);
    expect(result).toEqual({ total: 3, fail: 0 });
  });

  it('counts failures and goes on', async () => {
    const failed: unknown[] = [];
    const result = await runInBatches(upTo(7), {
      batchSize: 3,
      concurrency: 2,
      worker(item) {
        if (item % 3 === 0) throw new Error(`no ${item}`);
      },
      onFailure: (error, item) => failed.push([item, error instanceof Error && error.message]),
    });
    expect(result).toEqual({ total: 7, fail: 3 });
    expect(failed).toEqual([
      [0, 'no 0'],
      [3, 'no 3'],
      [6, 'no 6'],
    ]);
  });

  it('never has more items at work than allowed, and uses what is allowed', async () => {
    let atWork = 0;
    let most = 0;
    await runInBatches(upTo(20), {
      batchSize: 8,
      concurrency: 3,
      async worker() {
        most = Math.max(most, ++atWork);
        await new Promise(setImmediate);
        atWork -= 1;
      },
    });
    expect(most).toBe(3);
  });

  it('finishes the batch at work, then ends with the reason of the signal', async () => {
    const stop = new AbortController();
    const seen: number[] = [];
    const running = runInBatches(upTo(10), {
      batchSize: 4,
      concurrency: 2,
      signal: stop.signal,
      worker(item) {
        seen.push(item);
        if (item === 1) stop.abort(new Error('enough'));
      },
    });
    await expect(running).rejects.toThrow('enough');
    expect(seen).toEqual([0, 1, 2, 3]);
  });

  it('takes no more from its source than it works on', async () => {
    const stop = new AbortController();
    let taken = 0;
    async function* source() {
      for (;;) yield taken++;
    }
    const running = runInBatches(source(), {
      batchSize: 5,
      concurrency: 1,
      signal: stop.signal,
      worker() {},
      onBatch: ({ total }) => {
        if (total === 10) stop.abort(new Error('enough'));
      },
    });
    await expect(running).rejects.toThrow('enough');
    expect(taken).toBe(15);
  });

  it('tells how far it is after each batch', async () => {
    const reports: unknown[] = [];
    await runInBatches(upTo(5), {
      batchSize: 2,
      concurrency: 1,
      worker() {},
      onBatch: (soFar) => void reports.push(soFar),
    });
    expect(reports).toEqual([
      { total: 2, fail: 0 },
      { total: 4, fail: 0 },
      { total: 5, fail: 0 },
    ]);
  });

  it('makes nothing of nothing', async () => {
    expect(await runInBatches([], { batchSize: 1, concurrency: 1, worker() {} })).toEqual({
      total: 0,
      fail: 0,
    });
  });

  it.each([
    { batchSize: 0, concurrency: 1 },
    { batchSize: 1, concurrency: 0 },
    { batchSize: 1.5, concurrency: 1 },
  ])('refuses %j', async (sizes) => {
    await expect(runInBatches([], { ...sizes, worker() {} })).rejects.toThrow(RangeError);
  });
});
