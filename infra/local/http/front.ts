import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { GatewayCode } from '../../../functions/api/gateway-problems.ts';
import { EVENT_STREAM, LIVE_PATH } from '../../../shared/contract/live.ts';
import type { InvocationResult } from '../lambda/protocol.ts';
import type { LiveFeed } from '../live/live-feed.ts';
import type { HttpApiPlan } from '../template/plan-http.ts';
import { arn } from '../template/resource-types.ts';
import { createAuthorize, type Verdict } from './authorize.ts';
import { preflight, withCors } from './cors.ts';
import { gatewayProblem } from './gateway-problem.ts';
import { commonEvent, encodeBody, type HttpCall, readCall } from './request.ts';
import { type HttpReply, replyOf } from './response.ts';
import { createRouter, type RouteMatch } from './routes.ts';
import { createThrottle } from './throttle.ts';

/** Answers one HTTP request as API Gateway's HTTP API would, but for the form of its own refusals. */
export type HttpFront = (request: IncomingMessage, readBody: () => Promise<Buffer>) => Promise<HttpReply>;

export interface HttpFrontDeps {
  plan: HttpApiPlan;
  invoke(functionId: string, event: unknown, signal?: AbortSignal): Promise<InvocationResult>;
  /** Whether a function's policy lets the API call it on behalf of this ARN of the API. */
  mayInvoke(functionId: string, sourceArn: string): boolean;
  nowMs(): number;
  /** What no function could do: go on answering. */
  live?: Pick<LiveFeed, 'follow'> | undefined;
}

const REFUSALS: Record<Exclude<Verdict['kind'], 'allowed'>, GatewayCode> = {
  unauthorized: 'unauthenticated',
  forbidden: 'forbidden',
  failed: 'internal',
};
const RETRY_SOON = { 'retry-after': '1' };

export function createHttpFront({ plan, invoke, mayInvoke, nowMs, live }: HttpFrontDeps): HttpFront {
  const route = createRouter(plan.routes);
  const authorize = createAuthorize({ api: plan, invoke, mayInvoke, nowMs });
  const throttle = createThrottle(nowMs);

  async function answer(
    call: HttpCall,
    match: RouteMatch,
    readBody: () => Promise<Buffer>,
  ): Promise<HttpReply> {
    const { requestId } = call;
    const body = await readBody();
    const busy = throttle(match.route);
    if (busy)
      return gatewayProblem('throttled', requestId, { 'retry-after': String(busy.retryAfterSeconds) });
    const { authorizer } = match.route;
    const verdict = authorizer ? await authorize(authorizer, match, call) : undefined;
    if (verdict && verdict.kind !== 'allowed') return gatewayProblem(REFUSALS[verdict.kind], requestId);
    const reply = await ask(call, match, body, verdict);
    if (!authorizer || !isStreamAsked(call) || reply.statusCode !== NO_STREAM) return reply;

    // The function has let the caller in; it only cannot go on answering.
    const tenant = tenantIn(verdict);
    const mayStay = async () => tenantIn(await authorize(authorizer, match, call)) === tenant;
    const stream = tenant === undefined ? undefined : live?.follow(tenant, mayStay);
    if (!stream) return reply;
    const headers = { ...reply.headers, 'content-type': EVENT_STREAM, connection: 'close' };
    return { statusCode: 200, headers, body: Buffer.alloc(0), stream };
  }

  async function ask(
    call: HttpCall,
    match: RouteMatch,
    body: Buffer,
    verdict: Extract<Verdict, { kind: 'allowed' }> | undefined,
  ): Promise<HttpReply> {
    const { requestId } = call;
    if (!mayInvoke(match.route.functionId, routeArn(plan, call.method, match.route.key)))
      return gatewayProblem('internal', requestId);
    const common = commonEvent(call, plan, match.route.key, match.pathParameters);
    const event = {
      ...common,
      requestContext: {
        ...common.requestContext,
        ...(verdict && { authorizer: { lambda: verdict.context } }),
      },
      ...encodeBody(body, call.headers),
    };
    const result = await withinTime(match.route.timeoutMs, (signal) =>
      invoke(match.route.functionId, event, signal),
    );
    if (result === 'late' || (!result.ok && BUSY.has(result.error.errorType)))
      return gatewayProblem('unavailable', requestId, RETRY_SOON);
    const reply = result.ok ? replyOf(result.payload) : undefined;
    return reply ?? gatewayProblem('internal', requestId);
  }

  return async (request, readBody) => {
    const call = readCall(request, plan.stage, nowMs());
    if (call === undefined) return gatewayProblem('bad-request', randomUUID());
    if (call === 'elsewhere') return gatewayProblem('route-not-found', randomUUID());
    const asked = preflight(plan.cors, call);
    if (asked) return asked;
    const match = route(call.method, call.path);
    const reply = match
      ? await answer(call, match, readBody)
      : gatewayProblem('route-not-found', call.requestId);
    const traced = { ...reply, headers: { ...reply.headers, 'apigw-requestid': call.requestId } };
    return withCors(plan.cors, call, traced);
  };
}

/** What the function says where nothing can be streamed: to readers of streams, "do not come back". */
const NO_STREAM = 204;

const isStreamAsked = ({ method, path, headers }: HttpCall): boolean =>
  method === 'GET' && path === LIVE_PATH && (headers.accept ?? '').includes(EVENT_STREAM);

const tenantIn = (verdict: Verdict | undefined): string | undefined => {
  const tenant = verdict?.kind === 'allowed' ? verdict.context.tenant : undefined;
  return typeof tenant === 'string' ? tenant : undefined;
};

/** What API Gateway names as its source: the route's path, with the method of the request. */
function routeArn({ apiId, stage }: HttpApiPlan, method: string, routeKey: string): string {
  const path = routeKey === '$default' ? '/$default' : routeKey.slice(routeKey.indexOf(' ') + 1);
  return arn('execute-api', `${apiId}/${stage}/${method}${path}`);
}

/** How the host says that a function has no place for another request. */
const BUSY = new Set(['TooManyRequestsException', 'ServiceException', 'AbortError']);

/** An integration that takes too long is given up; the function goes on, as in AWS. */
async function withinTime<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T | 'late'> {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => {
      resolve('late');
      abort.abort();
    }, ms);
  });
  try {
    return await Promise.race([work(abort.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}
