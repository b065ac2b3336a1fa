import { PageQuery } from '../../../shared/contract/list-query.ts';
import { QueuePatchSchema, QueueSchema, type QueueWire } from '../../../shared/contract/queue.ts';
import { listOf } from '../../../shared/contract/service.ts';
import { findQueue, listQueues, requireQueue } from '../../../shared/usecases/look-at-queues.ts';
import { patchQueue } from '../../../shared/usecases/steer-queue.ts';
import type { ApiDeps } from '../deps.ts';
import { pageOfAll } from '../page-of-all.ts';
import { type RawRequest, type Route, route } from '../route.ts';

/** The queue that the path names. */
export function queueOf(deps: ApiDeps, { params }: Pick<RawRequest, 'params'>): string {
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
];
