import { ExecutionSchema } from '../../../shared/contract/execution.ts';
import { PageQuery } from '../../../shared/contract/list-query.ts';
import {
  PurgeInputSchema,
  PurgeSchema,
  QueuePatchSchema,
  QueueSchema,
  type QueueWire,
  RedriveInputSchema,
  RedriveSchema,
} from '../../../shared/contract/queue.ts';
import { listOf } from '../../../shared/contract/service.ts';
import { SchedulerError } from '../../../shared/domain/errors.ts';
import { findQueue, listQueues, requireQueue } from '../../../shared/usecases/look-at-queues.ts';
import { purgeLetters, redriveLetters } from '../../../shared/usecases/manage-runs/dead-letters.ts';
import { listDeadLetters } from '../../../shared/usecases/manage-runs/look-at-runs.ts';
import { patchQueue } from '../../../shared/usecases/steer-queue.ts';
import type { ApiDeps } from '../deps.ts';
import { pageOfAll } from '../page-of-all.ts';
import { type RawRequest, type Route, route } from '../route.ts';
import { runPage } from './executions.ts';

function queueOf(deps: ApiDeps, { params }: Pick<RawRequest, 'params'>): string {
  const name = params.name ?? '';
  requireQueue(deps, name);
  return name;
}

const byPriority = ({ priority, name }: QueueWire): string =>
  `${String(Number.MAX_SAFE_INTEGER - priority).padStart(16, '0')}/${name}`;

export const queueRoutes: Route[] = [
  route(
    'viewer',
    {
      method: 'GET',
      path: '/v1/queues',
      operationId: 'listQueues',
      summary: 'All work queues, by priority',
      query: PageQuery,
      replies: { 200: { description: 'All of them', schema: listOf(QueueSchema) } },
    },
    async (deps, { principal, query }) => ({
      status: 200,
      body: pageOfAll('queues', await listQueues(deps, principal), byPriority, query),
    }),
  ),
  route(
    'viewer',
    {
      method: 'GET',
      path: '/v1/queues/{name}',
      operationId: 'getQueue',
      summary: 'One work queue',
      replies: { 200: { description: 'The queue', schema: QueueSchema } },
    },
    async (deps, request) => ({
      status: 200,
      body: await findQueue(deps, request.principal, queueOf(deps, request)),
    }),
  ),
  route(
    // Queues serve all tenants.
    'root',
    {
      method: 'PATCH',
      path: '/v1/queues/{name}',
      operationId: 'patchQueue',
      audit: { action: 'queue.patch', resource: 'queues/{name}' },
      summary: 'Change workers, pause, backlog limit and defaults of a queue, without a deployment',
      body: {
        schema: QueuePatchSchema,
        required: true,
        contentTypes: ['application/merge-patch+json', 'application/json'],
      },
      replies: { 200: { description: 'The queue as it now is', schema: QueueSchema } },
      refuses: ['state-conflict'],
    },
    async (deps, request) => {
      const name = queueOf(deps, request);
      await patchQueue(deps, name, request.body);
      return { status: 200, body: await findQueue(deps, request.principal, name) };
    },
  ),
  route(
    'viewer',
    {
      method: 'GET',
      path: '/v1/queues/{name}/dead-letters',
      operationId: 'listDeadLetters',
      summary: 'Dead executions of a queue, the latest death first',
      query: PageQuery,
      replies: { 200: { description: 'A page of executions', schema: listOf(ExecutionSchema) } },
    },
    async (deps, request) =>
      runPage(await listDeadLetters(deps, request.principal, queueOf(deps, request), request.query)),
  ),
  ...bothPaths('redrive').map(({ path, suffix }) =>
    route(
      'operator',
      {
        method: 'POST',
        path,
        operationId: `redriveDeadLetters${suffix}`,
        audit: { action: 'deadLetters.redrive', resource: 'queues/{name}/dead-letters', answers: 'outcome' },
        summary: 'Run dead executions of a queue again: the ones named, or all',
        body: { schema: RedriveInputSchema, required: false },
        replies: { 200: { description: 'The outcome for each', schema: RedriveSchema } },
      },
      async (deps, request) => {
        const name = queueOf(deps, request);
        const body = await redriveLetters(deps, request.principal, name, request.body.ids);
        return { status: 200, body, changed: body.count > 0 };
      },
    ),
  ),
  ...bothPaths('purge').map(({ path, suffix }) =>
    route(
      'admin',
      {
        method: 'POST',
        path,
        operationId: `purgeDeadLetters${suffix}`,
        audit: { action: 'deadLetters.purge', resource: 'queues/{name}/dead-letters', answers: 'outcome' },
        summary: 'Throw the dead letters of a queue away',
        body: { schema: PurgeInputSchema, required: true },
        replies: { 200: { description: 'How many', schema: PurgeSchema } },
      },
      async (deps, request) => {
        const name = queueOf(deps, request);
        if (request.body.confirm !== name) {
          const errors = [{ path: 'confirm', message: `must be the name of the queue, ${name}` }];
          throw new SchedulerError('validation-failed', 'The purge is not confirmed', { errors });
        }
        const body = await purgeLetters(deps, request.principal, name);
        return { status: 200, body, changed: body.count > 0 };
      },
    ),
  ),
];

/** Both are actions on the dead letters of a queue; the short path is there for people who type. */
function bothPaths(action: 'redrive' | 'purge') {
  return [
    { path: `/v1/queues/{name}/dead-letters/${action}`, suffix: '' },
    { path: `/v1/queues/{name}/${action}`, suffix: 'OfQueue' },
  ] as const;
}
