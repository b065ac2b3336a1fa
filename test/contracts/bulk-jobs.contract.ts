import { describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { aBulkJob, T0 } from './samples.ts';
import { type OpenStoreWorld, open } from './store.contract.ts';

export function bulkJobsContract(name: string, openWorld: OpenStoreWorld): void {
  describe(`${name}: bulk jobs`, () => {
    it('are as they were put last, by whoever saw the last version', async () => {
      const { bulkJobs } = await open(openWorld);
      const job = aBulkJob({
        filter: { status: ['active'], tag: 'x' },
        matched: null,
        batch: ['a', 'b'],
        cursor: null,
        failures: [{ id: 'c', outcome: 'failed', problem: { code: 'forbidden', detail: 'no' } }],
      });
      expect(await bulkJobs.read(job)).toBeUndefined();
      expect(await bulkJobs.put(job)).toBe(true);
      expect(await bulkJobs.put(job)).toBe(false);
      expect(await bulkJobs.read(job)).toEqual(job);
      expect(await bulkJobs.read({ ...job, tenant: 'other' })).toBeUndefined();
      const { cursor: _, ...next } = { ...job, batch: [], done: 2, version: 2 };
      expect(await bulkJobs.put(next, job)).toBe(true);
      expect(await bulkJobs.put({ ...next, done: 3 }, job)).toBe(false);
      expect(await bulkJobs.read(job)).toEqual(next);
    });

    it('are found while they are not over, of all tenants, the oldest first', async () => {
      const { bulkJobs } = await open(openWorld);
      const keys = [
        { tenant: 'root', id: `${aBulkJob().id.slice(0, -1)}1` },
        { tenant: 'acme', id: `${aBulkJob().id.slice(0, -1)}2` },
        { tenant: 'root', id: `${aBulkJob().id.slice(0, -1)}3` },
      ];
      expect(await bulkJobs.running(5)).toEqual([]);
      const jobs = keys.map((key) => aBulkJob(key));
      for (const job of jobs.toReversed()) await bulkJobs.put(job);
      await eventually(async () => expect(await bulkJobs.running(5)).toEqual(keys));
      expect(await bulkJobs.running(2)).toEqual(keys.slice(0, 2));
      const [first, second] = jobs;
      if (!first || !second) throw new Error('no job');
      await bulkJobs.put({ ...first, status: 'done', finishedAt: T0, version: 2 }, first);
      await bulkJobs.put({ ...second, status: 'aborted', finishedAt: T0, version: 2 }, second);
      await eventually(async () => expect(await bulkJobs.running(5)).toEqual(keys.slice(2)));
    });
  });
}
