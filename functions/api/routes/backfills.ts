import {
  BackfillInputSchema,
  BackfillSchema,
  BackfillStateSchema,
  type BackfillStateWire,
} from '../../../shared/contract/backfill.ts';
import type { Execution } from '../../../shared/domain/execution.ts';
import { toIso } from '../../../shared/domain/time.ts';
import { abortBackfill, backfill, findBackfill } from '../../../shared/usecases/manage-runs/backfill.ts';
import { type Route, route } from '../route.ts';
import { taskIdOf } from '../task-id.ts';

export const backfillRoutes: Route[] = [
  route(
    'operator',
    {
      method: 'POST',
      path: '/v1/tasks/{id}/backfill',
      operationId: 'backfillTask',
      audit: { action: 'task.backfill', resource: 'tasks/{id}', answers: 'outcome' },
      summary: 'Run the occurrences of a past window that have no run; repeating it creates none twice',
      body: { schema: BackfillInputSchema, required: true },
      replies: { 202: { description: 'What was counted and created', schema: BackfillSchema } },
    },
    async (deps, request) => {
      const { principal, body } = request;
      const { missing, ...counted } = await backfill(deps, principal, taskIdOf(request), body);
      const [first, last] = [missing[0], missing.at(-1)];
      return {
        status: 202,
        changed: counted.created > 0,
        body: {
          ...counted,
          missing: missing.length,
          first: first === undefined ? null : toIso(first),
          last: last === undefined ? null : toIso(last),
        },
      };
    },
  ),
  route(
    'viewer',
    {
      method: 'GET',
      path: '/v1/tasks/{id}/backfills/{backfillId}',
      operationId: 'getBackfill',
      summary: 'How far a backfill has come',
      replies: { 200: { description: 'Its runs, counted by status', schema: BackfillStateSchema } },
    },
    async (deps, request) => {
      const id = request.params.backfillId ?? '';
      return {
        status: 200,
        body: stateOf(id, await findBackfill(deps, request.principal, taskIdOf(request), id)),
      };
    },
  ),
  route(
    'operator',
    {
      method: 'DELETE',
      path: '/v1/tasks/{id}/backfills/{backfillId}',
      operationId: 'abortBackfill',
      audit: { action: 'backfill.abort', resource: 'tasks/{id}/backfills/{backfillId}' },
      summary: 'Abort a backfill: cancels what waits and asks what runs to stop',
      replies: { 200: { description: 'How it stands now', schema: BackfillStateSchema } },
    },
    async (deps, request) => {
      const id = request.params.backfillId ?? '';
      return {
        status: 200,
        body: stateOf(id, await abortBackfill(deps, request.principal, taskIdOf(request), id)),
      };
    },
  ),
];

function stateOf(id: string, runs: readonly Execution[]): BackfillStateWire {
  const count = (...statuses: Execution['status'][]) =>
    runs.filter(({ status }) => statuses.includes(status)).length;
  return {
    id,
    runs: runs.length,
    waiting: count('queued', 'retrying'),
    running: count('running'),
    success: count('success'),
    dead: count('dead'),
    cancelled: count('cancelled'),
    skipped: count('skipped'),
  };
}
