import type { BulkJob } from '../../shared/domain/bulk.ts';
import type { BulkJobKey, BulkJobs } from '../../shared/tenant-ports.ts';

const idOf = ({ tenant, id }: BulkJobKey) => `${tenant}#${id}`;

/** Copies in and out. */
export const makeMemoryBulkJobs = (jobs: Map<string, BulkJob>): BulkJobs => ({
  async read(key) {
    return structuredClone(jobs.get(idOf(key)));
  },
  async put(job, over) {
    if (jobs.get(idOf(job))?.version !== over?.version) return false;
    jobs.set(idOf(job), structuredClone(job));
    return true;
  },
  async running(limit) {
    return [...jobs.values()]
      .filter(({ status }) => status === 'running')
      .toSorted((a, b) => (a.id < b.id ? -1 : 1))
      .slice(0, limit)
      .map(({ tenant, id }) => ({ tenant, id }));
  },
});
