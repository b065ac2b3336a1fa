import { StatsQuery, StatsSchema } from '../../../shared/contract/stats.ts';
import { listQueues } from '../../../shared/usecases/look-at-queues.ts';
import { lookAtStats, lookAtTotal } from '../../../shared/usecases/look-at-stats.ts';
import { PROMETHEUS_TEXT, toPrometheus } from '../prometheus.ts';
import { type Route, route } from '../route.ts';

export const statsRoutes: Route[] = [
  route(
    'viewer',
    {
      method: 'GET',
      path: '/v1/stats',
      operationId: 'getStats',
      summary:
        'What ended in a span of time: counts, percentiles, series, leading tasks, and the backlog now',
      query: StatsQuery,
      replies: { 200: { description: 'The statistics', schema: StatsSchema } },
    },
    async (deps, { principal, query }) => {
      const [stats, queues] = await Promise.all([
        lookAtStats(deps, principal, query),
        listQueues(deps, principal),
      ]);
      const backlog = queues.map(({ name, depth, delayed, inFlight, oldestAgeSeconds, deadLetters }) => ({
        name,
        depth,
        delayed,
        inFlight,
        oldestAgeSeconds,
        deadLetters,
      }));
      return { status: 200, body: { ...stats, backlog } };
    },
  ),
  route(
    'viewer',
    {
      method: 'GET',
      path: '/v1/metrics',
      operationId: 'getMetrics',
      summary: 'What ended since the beginning, and the queues now, for Prometheus',
      replies: { 200: { description: 'Text exposition format 0.0.4', contentType: PROMETHEUS_TEXT } },
    },
    async (deps, { principal }) => {
      const [total, queues, lastTickAt] = await Promise.all([
        lookAtTotal(deps, principal),
        listQueues(deps, principal),
        deps.heartbeat.read(),
      ]);
      const tickLagMs = lastTickAt === undefined ? undefined : Math.max(0, deps.clock.nowMs() - lastTickAt);
      return {
        status: 200,
        body: toPrometheus({ version: deps.version, total, queues, tickLagMs }),
        headers: { 'content-type': PROMETHEUS_TEXT },
      };
    },
  ),
];
