import { isObject } from '../../shared/contract/merge-patch.ts';
import { SchedulerError } from '../../shared/domain/errors.ts';
import type { Principal } from '../../shared/domain/principal.ts';
import { recorded } from '../../shared/usecases/audit/record.ts';
import type { ApiDeps } from './deps.ts';
import type { Around, Audited, RawRequest, Route } from './route.ts';
import { routes } from './routes.ts';

/** undefined for what changes nothing. A dry run leaves no entry either. */
export function auditing(deps: ApiDeps, route: Route, raw: RawRequest): Around | undefined {
  if (route.method === 'GET' || route.audit === 'harmless') return undefined;
  const { audit } = route;
  return async (principal, request, run) => {
    if (isDryRun(request)) return run();
    const { tenant, actor } = principal;
    const { requestId } = raw;
    const resource = resourceOf(audit, raw.params);
    const before = await readBefore(deps, audit, principal, raw);
    return recorded(
      deps,
      { tenant, actor, action: audit.action, resource, requestId, before },
      async () => run(),
      ({ body, changed }) => ({
        after: body,
        resource: resourceOf(audit, { ...idOf(body), ...raw.params }),
        changed,
      }),
    );
  };
}

const isDryRun = (request: { query: unknown; body: unknown }): boolean =>
  [request.query, request.body].some((part) => isObject(part) && part.dryRun === true);

const idOf = (body: unknown): Record<string, string> =>
  isObject(body) && typeof body.id === 'string' ? { id: body.id } : {};

const PARAMETER = /\{(\w+)\}/g;

/** A parameter that nobody knows yet is left out with all that follows: `tasks` is about to get a new one. */
const resourceOf = ({ resource }: Audited, params: Readonly<Record<string, string>>): string =>
  resource.replaceAll(PARAMETER, (whole, name: string) => params[name] ?? whole).replace(/\/\{.*$/, '');

/** What `GET` shows of it; undefined when there is none, or no such line in the table. */
async function readBefore(
  deps: ApiDeps,
  { resource, answers }: Audited,
  principal: Principal,
  { params, requestId }: RawRequest,
): Promise<unknown> {
  const isNamed = [...resource.matchAll(PARAMETER)].every(([, name = '']) => name in params);
  const get = routes.find(({ method, path }) => method === 'GET' && path === `/v1/${resource}`);
  if (!get || !isNamed || answers === 'outcome') return undefined;
  try {
    const request = { principal, params, query: {}, headers: {}, body: undefined, requestId };
    return (await get.handle(deps, request)).body;
  } catch (error) {
    // What is not there, or cannot be, is the change's own to answer.
    if (error instanceof SchedulerError && error.code !== 'unavailable') return undefined;
    throw error;
  }
}
