import { PageQuery } from '../../../shared/contract/list-query.ts';
import { listOf } from '../../../shared/contract/service.ts';
import { TaskVersionSchema } from '../../../shared/contract/task.ts';
import { versionToWire } from '../../../shared/contract/task-wire.ts';
import { listVersions } from '../../../shared/usecases/manage-tasks/look-at-tasks.ts';
import { type Route, route } from '../route.ts';
import { taskIdOf } from '../task-id.ts';

export const versionRoutes: Route[] = [
  route(
    'viewer',
    {
      method: 'GET',
      path: '/v1/tasks/{id}/versions',
      operationId: 'listTaskVersions',
      summary: 'What a task says and said before, the newest version first',
      query: PageQuery,
      replies: { 200: { description: 'A page of versions', schema: listOf(TaskVersionSchema) } },
    },
    async (deps, request) => {
      const { items, nextCursor } = await listVersions(
        deps,
        request.principal,
        taskIdOf(request),
        request.query,
      );
      return { status: 200, body: { items: items.map(versionToWire), nextCursor } };
    },
  ),
];
