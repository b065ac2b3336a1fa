import { FiringsQuery, FiringsSchema } from '../../../shared/contract/firings.ts';
import { countFirings } from '../../../shared/usecases/manage-tasks/count-firings.ts';
import { type Route, route } from '../route.ts';

export const upcomingRoutes: Route[] = [
  route(
    'viewer',
    {
      method: 'GET',
      path: '/v1/upcoming',
      operationId: 'countUpcoming',
      summary: 'When tasks are due, by minute: a page counts some tasks, and pages add up',
      query: FiringsQuery,
      replies: { 200: { description: 'Minutes in which some task is due', schema: FiringsSchema } },
    },
    async (deps, { principal, query }) => ({ status: 200, body: await countFirings(deps, principal, query) }),
  ),
];
