import {
  ExecutionPayloadSchema,
  ExecutionSchema,
  RetryInputSchema,
} from '../../../shared/contract/execution.ts';
import { executionToWire } from '../../../shared/contract/execution-wire.ts';
import { ExecutionListQuery } from '../../../shared/contract/list-query.ts';
import { maskedFor } from '../../../shared/contract/masked.ts';
import { listOf } from '../../../shared/contract/service.ts';
import type { Principal } from '../../../shared/domain/principal.ts';
import {
  findRun,
  listRuns,
  type RunPage,
  type ShownRun,
} from '../../../shared/usecases/manage-runs/look-at-runs.ts';
import { payloadOfRun } from '../../../shared/usecases/manage-runs/payload-of-run.ts';
import { cancelRun, retryRun } from '../../../shared/usecases/manage-runs/steer-run.ts';
import { type Reply, type Route, route } from '../route.ts';

const accepted = { 202: { description: 'The execution as it now is', schema: ExecutionSchema } };

const shownTo = (principal: Principal, { run, result }: ShownRun) => {
  const wire = executionToWire(run, result);
  return { ...wire, result: maskedFor(principal, wire.result) };
};

export const runPage = (principal: Principal, { items, nextCursor }: RunPage): Reply => ({
  status: 200,
  body: { items: items.map((item) => shownTo(principal, item)), nextCursor },
});

export const executionRoutes: Route[] = [
  route(
    'viewer',
    {
      method: 'GET',
      path: '/v1/executions',
      operationId: 'listExecutions',
      summary: 'Executions of all tasks, newest first',
      query: ExecutionListQuery,
      replies: { 200: { description: 'A page of executions', schema: listOf(ExecutionSchema) } },
    },
    async (deps, { principal, query }) =>
      runPage(principal, await listRuns(deps, principal, Object.keys(deps.queueDefaults), query)),
  ),
  route(
    'viewer',
    {
      method: 'GET',
      path: '/v1/executions/{id}',
      operationId: 'getExecution',
      summary: 'Read an execution',
      replies: { 200: { description: 'The execution', schema: ExecutionSchema } },
    },
    async (deps, { principal, params }) => ({
      status: 200,
      body: shownTo(principal, await findRun(deps, principal, params.id ?? '')),
    }),
  ),
  route(
    'viewer',
    {
      method: 'GET',
      path: '/v1/executions/{id}/payload',
      operationId: 'getExecutionPayload',
      summary: 'Read the payload of an execution',
      replies: { 200: { description: 'The payload', schema: ExecutionPayloadSchema } },
    },
    async (deps, { principal, params }) => {
      const { payload, source } = await payloadOfRun(deps, principal, params.id ?? '');
      return { status: 200, body: { payload: maskedFor(principal, payload), source } };
    },
  ),
  route(
    'operator',
    {
      method: 'POST',
      path: '/v1/executions/{id}/cancel',
      operationId: 'cancelExecution',
      audit: { action: 'execution.cancel', resource: 'executions/{id}' },
      summary: 'Cancel a waiting execution, or ask a running one to stop',
      replies: accepted,
      refuses: ['state-conflict'],
    },
    async (deps, { principal, params }) => ({
      status: 202,
      body: executionToWire(await cancelRun(deps, principal, params.id ?? '')),
    }),
  ),
  route(
    'operator',
    {
      method: 'POST',
      path: '/v1/executions/{id}/retry',
      operationId: 'retryExecution',
      audit: { action: 'execution.retry', resource: 'executions/{id}' },
      summary: 'Run a dead, cancelled or skipped execution again, with a fresh set of attempts',
      body: { schema: RetryInputSchema, required: false },
      replies: accepted,
      refuses: ['state-conflict'],
    },
    async (deps, { principal, params, body }) => ({
      status: 202,
      body: executionToWire(await retryRun(deps, principal, params.id ?? '', body)),
    }),
  ),
];
