import { LimitInUseSchema } from '../../../shared/contract/limits-in-use.ts';
import { PageQuery } from '../../../shared/contract/list-query.ts';
import { listOf } from '../../../shared/contract/service.ts';
import { listLimitsInUse, sortKeyOf } from '../../../shared/usecases/look-at-limits.ts';
import { pageOfAll } from '../page-of-all.ts';
import { type Route, route } from '../route.ts';

export const limitRoutes: Route[] = [
  route(
    'viewer',
    {
      method: 'GET',
      path: '/v1/limits',
      operationId: 'listLimitsInUse',
      summary: 'Shared caps and rate limits that runs take right now, and how much of each',
      query: PageQuery,
      replies: { 200: { description: 'A page of them, by key', schema: listOf(LimitInUseSchema) } },
    },
    async (deps, { principal, query }) => ({
      status: 200,
      body: pageOfAll('limits', await listLimitsInUse(deps, principal), sortKeyOf, query),
    }),
  ),
];
