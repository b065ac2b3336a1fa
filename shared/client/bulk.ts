import type * as z from 'zod';
import type { BulkInputSchema, BulkJobWire, BulkWire } from '../contract/bulk.ts';
import type { CallOptions, Transport } from './transport.ts';

/** What became of each; of a dry run, what would. */
export type Bulk = BulkWire;
/** A filter that matches too many for one request is carried out in the background. */
export type BulkJob = BulkJobWire;
export type BulkInput = z.input<typeof BulkInputSchema>;

export interface WaitOptions extends CallOptions {
  /** Between two looks. @default 2 */
  everySeconds?: number;
  /** Called with each look. */
  onProgress?: (job: BulkJob) => void;
}

export const isBulkJob = (made: Bulk | BulkJob): made is BulkJob => 'status' in made;

const REPEATABLE = new Set<BulkInput['action']>(['pause', 'resume']);

export function bulkOf(send: Transport, sleep: (ms: number) => Promise<void>) {
  const path = (id: string) => `/v1/bulk/${encodeURIComponent(id)}`;
  const get = (id: string, call?: CallOptions) => send<BulkJob>({ method: 'GET', path: path(id), ...call });
  return {
    /** One action on many: `isBulkJob` tells which of the two came of it. */
    bulk: (input: BulkInput, call?: CallOptions) =>
      send<Bulk | BulkJob>({
        method: 'POST',
        path: '/v1/bulk',
        body: input,
        repeatable: input.dryRun === true || REPEATABLE.has(input.action),
        ...call,
      }),
    bulkJobs: {
      get,
      abort: (id: string, call?: CallOptions) => send<BulkJob>({ method: 'DELETE', path: path(id), ...call }),
      /** Resolves when it is over, done or aborted. */
      async wait(id: string, { everySeconds = 2, onProgress, ...call }: WaitOptions = {}): Promise<BulkJob> {
        for (;;) {
          const job = await get(id, call);
          onProgress?.(job);
          if (job.status !== 'running') return job;
          await sleep(everySeconds * 1_000);
          call.signal?.throwIfAborted();
        }
      },
    },
  };
}
