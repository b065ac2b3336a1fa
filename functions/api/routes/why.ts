import { ExecutionWhySchema, TaskWhySchema, whyToWire } from '../../../shared/contract/why.ts';
import { explainRun, explainTask } from '../../../shared/usecases/explain.ts';
import { type Route, route } from '../route.ts';
import { taskIdOf } from '../task-id.ts';

export const whyRoutes: Route[] = [
  route(
    'viewer',
    {
      method: 'GET',
      path: '/v1/tasks/{id}/why',
      operationId: 'explainTask',
      summary: 'Why a task does not run right now: the one gate that holds it',
      replies: { 200: { description: 'A sentence, and the facts behind it', schema: TaskWhySchema } },
    },
    async (deps, request) => ({
      status: 200,
      body: whyToWire(await explainTask(deps, request.principal, taskIdOf(request))),
    }),
  ),
  route(
    'viewer',
    {
      method: 'GET',
      path: '/v1/executions/{id}/why',
      operationId: 'explainExecution',
      summary: 'Why an execution waits, or how it ended',
      replies: { 200: { description: 'A sentence, and the facts behind it', schema: ExecutionWhySchema } },
    },
    async (deps, { principal, params }) => ({
      status: 200,
      body: whyToWire(await explainRun(deps, principal, params.id ?? '')),
    }),
  ),
];
