import { ExecutionSchema } from '../../../shared/contract/execution.ts';
import { executionToWire } from '../../../shared/contract/execution-wire.ts';
import {
  CompleteInputSchema,
  FailInputSchema,
  HeartbeatInputSchema,
} from '../../../shared/contract/hand-off.ts';
import type { Execution } from '../../../shared/domain/execution.ts';
import {
  beatHandOff,
  completeRun,
  failRun,
  holderOf,
} from '../../../shared/usecases/manage-runs/hand-off.ts';
import { showRun } from '../../../shared/usecases/manage-runs/look-at-runs.ts';
import type { ApiDeps } from '../deps.ts';
import { type Reply, type Route, tokenRoute } from '../route.ts';

const replies = { 200: { description: 'The execution as it now is', schema: ExecutionSchema } };

const shown = async (deps: ApiDeps, changed: Promise<Execution>): Promise<Reply> => {
  const { run, result } = await showRun(deps, await changed);
  return { status: 200, body: executionToWire(run, result) };
};

/** For whoever a handler has handed its run to. */
export const handOffRoutes: Route[] = [
  tokenRoute(
    {
      method: 'POST',
      path: '/v1/executions/{id}/complete',
      operationId: 'completeExecution',
      audit: { action: 'execution.complete', resource: 'executions/{id}' },
      summary: 'End an execution that was handed off, with its result; saying the same again is harmless',
      body: CompleteInputSchema,
      replies,
      refuses: ['state-conflict'],
    },
    holderOf,
    (deps, id, body, requestId) => shown(deps, completeRun(deps, id, body, requestId)),
  ),
  tokenRoute(
    {
      method: 'POST',
      path: '/v1/executions/{id}/fail',
      operationId: 'failExecution',
      audit: { action: 'execution.fail', resource: 'executions/{id}' },
      summary: "Fail the attempt of an execution that was handed off; its task's retry policy goes on",
      body: FailInputSchema,
      replies,
      refuses: ['state-conflict'],
    },
    holderOf,
    (deps, id, body, requestId) => shown(deps, failRun(deps, id, body, requestId)),
  ),
  tokenRoute(
    {
      method: 'POST',
      path: '/v1/executions/{id}/heartbeat',
      operationId: 'heartbeatExecution',
      audit: 'harmless',
      summary: 'An execution that was handed off is still at work: its whole time begins anew',
      body: HeartbeatInputSchema,
      replies,
      refuses: ['state-conflict'],
    },
    holderOf,
    (deps, id, body) => shown(deps, beatHandOff(deps, id, body)),
  ),
];
