import { docsPage } from './docs/page.ts';
import { openApiDocument } from './openapi.ts';
import { publicRoute, type Route } from './route.ts';
import { auditRoutes } from './routes/audit.ts';
import { backfillRoutes } from './routes/backfills.ts';
import { bulkRoutes } from './routes/bulk.ts';
import { calendarRoutes } from './routes/calendars.ts';
import { deadLetterRoutes } from './routes/dead-letters.ts';
import { executionRoutes } from './routes/executions.ts';
import { handOffRoutes } from './routes/hand-off.ts';
import { limitRoutes } from './routes/limits.ts';
import { liveRoutes } from './routes/live.ts';
import { queueRoutes } from './routes/queues.ts';
import { serviceRoutes } from './routes/service.ts';
import { statsRoutes } from './routes/stats.ts';
import { taskRoutes } from './routes/tasks.ts';
import { tenantRoutes } from './routes/tenants.ts';
import { tokenRoutes } from './routes/tokens.ts';
import { upcomingRoutes } from './routes/upcoming.ts';
import { variableRoutes } from './routes/variables.ts';
import { versionRoutes } from './routes/versions.ts';
import { whyRoutes } from './routes/why.ts';

/** Made at the first request for it: it depends on nothing but the table and the version. */
let document: ReturnType<typeof openApiDocument> | undefined;
const documented = (version: string) => {
  document ??= openApiDocument(routes, version);
  return document;
};

/** Every path and method of the API; routing, roles, validation and documentation all follow from this table. */
export const routes: readonly Route[] = [
  ...taskRoutes,
  ...upcomingRoutes,
  ...versionRoutes,
  ...backfillRoutes,
  ...executionRoutes,
  ...handOffRoutes,
  ...whyRoutes,
  ...bulkRoutes,
  ...queueRoutes,
  ...limitRoutes,
  ...statsRoutes,
  ...deadLetterRoutes,
  ...calendarRoutes,
  ...variableRoutes,
  ...tenantRoutes,
  ...tokenRoutes,
  ...auditRoutes,
  ...serviceRoutes,
  ...liveRoutes,
  publicRoute(
    {
      method: 'GET',
      path: '/v1/openapi.json',
      operationId: 'getOpenApi',
      summary: 'This description of the API',
      replies: { 200: { description: 'OpenAPI 3.1', contentType: 'application/json' } },
    },
    ({ version }) => ({ status: 200, body: documented(version) }),
  ),
  publicRoute(
    {
      method: 'GET',
      path: '/docs',
      operationId: 'getDocs',
      summary: 'This description of the API, as a page to read',
      replies: { 200: { description: 'HTML', contentType: 'text/html; charset=utf-8' } },
    },
    ({ version }) => docsPage(documented(version)),
  ),
];

const patternOf = ({ path }: Route): RegExp =>
  new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{[a-z]+\}/gi, '[^/]+')}/?$`);
const patterns = routes.map((route) => ({ route, pattern: patternOf(route) }));

const at = (path: string): Route[] =>
  patterns.filter(({ pattern }) => pattern.test(path)).map(({ route }) => route);

export const isPublic = (path: string): boolean =>
  at(path).some(({ role }) => role === 'none' || role === 'token');

const ORDER = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Of a path; none when there is nothing at it. */
export function allowedMethods(path: string): string[] {
  const methods = new Set<string>(at(path).map(({ method }) => method));
  if (methods.has('GET')) methods.add('HEAD');
  return ORDER.filter((method) => methods.has(method));
}
