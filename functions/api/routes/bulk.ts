import {
  BulkInputSchema,
  BulkJobSchema,
  type BulkJobWire,
  BulkSchema,
  type BulkWire,
} from '../../../shared/contract/bulk.ts';
import type { BulkJob, BulkOutcome } from '../../../shared/domain/bulk.ts';
import { toIso } from '../../../shared/domain/time.ts';
import type { BulkDeps } from '../../../shared/usecases/bulk/context.ts';
import { abortBulkJob, findBulkJob } from '../../../shared/usecases/bulk/jobs.ts';
import { type BulkAnswer, requestBulk } from '../../../shared/usecases/bulk/request.ts';
import type { ApiDeps } from '../deps.ts';
import { type Route, route } from '../route.ts';

const bulkDeps = (deps: ApiDeps): BulkDeps => ({ ...deps, queues: Object.keys(deps.queueDefaults) });

export const bulkRoutes: Route[] = [
  route(
    'operator',
    {
      method: 'POST',
      path: '/v1/bulk',
      operationId: 'bulk',
      audit: { action: 'bulk.request', resource: 'bulk/{id}', answers: 'outcome' },
      summary: 'Pause, resume, trigger or delete many tasks, cancel or retry many executions',
      body: { schema: BulkInputSchema, required: true },
      replies: {
        200: { description: 'What became of each', schema: BulkSchema },
        202: {
          description: 'The filter matches too many for one request: a job does it; Location names it',
          schema: BulkJobSchema,
          headers: ['Location'],
        },
      },
    },
    async (deps, { principal, body, requestId }) => {
      const made = await requestBulk(bulkDeps(deps), principal, body, requestId);
      if ('answer' in made) {
        const answered = answerToWire(made.answer);
        return { status: 200, body: answered, changed: answered.done > 0 };
      }
      const { job } = made;
      return { status: 202, headers: { location: `/v1/bulk/${job.id}` }, body: jobToWire(job) };
    },
  ),
  route(
    'viewer',
    {
      method: 'GET',
      path: '/v1/bulk/{id}',
      operationId: 'getBulkJob',
      summary: 'How far a bulk job has come',
      replies: { 200: { description: 'The job', schema: BulkJobSchema } },
    },
    async (deps, { principal, params }) => ({
      status: 200,
      body: jobToWire(await findBulkJob(deps, principal, params.id ?? '')),
    }),
  ),
  route(
    'operator',
    {
      method: 'DELETE',
      path: '/v1/bulk/{id}',
      operationId: 'abortBulkJob',
      audit: { action: 'bulk.abort', resource: 'bulk/{id}' },
      summary: 'Abort a bulk job; what it has done stays done',
      replies: { 200: { description: 'The job as it now is', schema: BulkJobSchema } },
      refuses: ['state-conflict'],
    },
    async (deps, { principal, params }) => ({
      status: 200,
      body: jobToWire(await abortBulkJob(deps, principal, params.id ?? '')),
    }),
  ),
];

function answerToWire(answer: BulkAnswer): BulkWire {
  const count = (kind: BulkOutcome['outcome']) =>
    answer.items.filter(({ outcome }) => outcome === kind).length;
  return { ...answer, done: count('done'), unchanged: count('unchanged'), failed: count('failed') };
}

const jobToWire = (job: BulkJob): BulkJobWire => ({
  id: job.id,
  action: job.action,
  filter: { ...job.filter },
  status: job.status,
  matched: job.matched,
  done: job.done,
  unchanged: job.unchanged,
  failed: job.failed,
  failures: job.failures,
  createdAt: toIso(job.createdAt),
  createdBy: job.createdBy,
  finishedAt: job.finishedAt === undefined ? null : toIso(job.finishedAt),
});
