import middy, { type MiddyfiedHandler } from '@middy/core';
import httpHeaderNormalizer from '@middy/http-header-normalizer';
import httpRouter, { type Route as RouterRoute } from '@middy/http-router';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { SchedulerError } from '../../shared/domain/errors.ts';
import { admit } from '../../shared/usecases/admit.ts';
import { auditing } from './audited.ts';
import type { ApiDeps } from './deps.ts';
import { bodyOf, decodeParams, principalOf, queryOf, soundEvent } from './event.ts';
import { internalProblem, toProblem } from './problems.ts';
import { respond } from './respond.ts';
import { type Route, unauthenticated } from './route.ts';
import { allowedMethods, isPublic, routes } from './routes.ts';

type Event = APIGatewayProxyEventV2;
type Result = APIGatewayProxyStructuredResultV2;

/** The API as one Lambda handler: middleware around a router over the table of routes. */
export function makeApiHandler(deps: ApiDeps): MiddyfiedHandler<Event, Result> {
  return middy<Event, Result>()
    .use(asEvent)
    .use(httpHeaderNormalizer())
    .use(problems(deps))
    .use(consoleWithSlash)
    .use(defaultDeny(deps))
    .handler(
      httpRouter<Event, Result>({
        routes: routes.flatMap((route) => routerRoutes(deps, route)),
        notFoundResponse: refuse,
      }),
    );
}

const asEvent = {
  before: (request: { event: Event }): void => {
    request.event = soundEvent(request.event);
  },
};

/** GET answers HEAD as well. */
const routerRoutes = (deps: ApiDeps, route: Route): RouterRoute<Event, Result>[] => {
  const { path } = route;
  const handler = (event: Event) => serve(deps, route, event);
  const methods = route.method === 'GET' ? (['GET', 'HEAD'] as const) : [route.method];
  return methods.map((method) => ({ method, path, handler }));
};

async function serve(deps: ApiDeps, route: Route, event: Event): Promise<Result> {
  const { headers } = event;
  const request = {
    principal: principalOf(event),
    params: decodeParams(event.pathParameters ?? {}),
    // Nothing of it matters where nothing is asked of the caller.
    query: route.role === 'none' ? {} : queryOf(event),
    headers,
    body:
      route.method === 'GET'
        ? undefined
        : bodyOf(event, headers, route.body?.contentTypes ?? ['application/json']),
    requestId: requestOf(event).requestId,
  };
  const reply = await counted(deps, () => route.handle(deps, request, auditing(deps, route, request)));
  return respond(reply, requestOf(event));
}

/** What a request ended is written down before its answer: afterwards the process may be frozen. */
async function counted<T>({ ends }: ApiDeps, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await ends.flush();
  }
}

/** The console's address with a slash, for which CDK makes no route of its own. */
const consoleWithSlash = {
  before: ({ event }: { event: Event }): Result | undefined => {
    if (event.requestContext.http.path !== '/console/') return undefined;
    const query = event.rawQueryString ? `?${event.rawQueryString}` : '';
    return respond({ status: 308, headers: { location: `/console${query}` } }, requestOf(event));
  },
};

/** Nothing is said to a stranger, not even which paths there are. */
const defaultDeny = (deps: ApiDeps) => ({
  before: async ({ event }: { event: Event }) => {
    if (isPublic(event.requestContext.http.path)) return;
    const principal = principalOf(event);
    if (!principal || !(await admit(deps, principal))) throw unauthenticated();
  },
});

const problems = (deps: ApiDeps) => ({
  onError: (request: {
    event: Event;
    error: Error | null | undefined;
    response?: Result | null | undefined;
  }) => {
    const { requestId, isHead } = requestOf(request.event);
    const known = toProblem(request.error, requestId);
    const { problem, headers } = known ?? internalProblem(requestId);
    if (!known) deps.log.error('request failed', { requestId }, request.error);
    else if (problem.status === 503) deps.log.warn('request refused', { requestId, code: problem.code });
    const reply = {
      status: problem.status,
      body: problem,
      headers: { ...headers, 'content-type': 'application/problem+json' },
    };
    request.response = respond(reply, { requestId, isHead });
  },
});

function refuse({ method, path }: { method: string; path: string }): never {
  const allow = allowedMethods(path);
  if (allow.length === 0)
    throw new SchedulerError('route-not-found', `There is nothing at ${path}`, { path });
  throw new SchedulerError('method-not-allowed', `${method} is not possible here; ${allow.join(', ')} are`, {
    allow,
  });
}

const requestOf = ({ requestContext }: Event) => ({
  requestId: requestContext.requestId,
  isHead: requestContext.http.method === 'HEAD',
});
