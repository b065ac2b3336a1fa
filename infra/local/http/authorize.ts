import * as z from 'zod';
import type { InvocationResult } from '../lambda/protocol.ts';
import type { AuthorizerPlan } from '../template/plan-http.ts';
import { arn } from '../template/resource-types.ts';
import { type ApiIdentity, commonEvent, type HttpCall } from './request.ts';
import type { RouteMatch } from './routes.ts';

/** The verdict of a Lambda authorizer with payload format 2.0 and simple responses, as an HTTP API reads it. */
export type Verdict =
  | { kind: 'allowed'; context: Record<string, unknown> }
  /** 401: an identity source is missing. */
  | { kind: 'unauthorized' }
  /** 403 */
  | { kind: 'forbidden' }
  /** 500: the authorizer failed or said something else. */
  | { kind: 'failed' };

export type Authorize = (authorizer: AuthorizerPlan, match: RouteMatch, call: HttpCall) => Promise<Verdict>;

const SimpleSchema = z.object({
  isAuthorized: z.boolean(),
  context: z.record(z.string(), z.unknown()).nullish(),
});
const MAX_CACHED = 1_000;

export function createAuthorize(deps: {
  api: ApiIdentity;
  invoke(functionId: string, event: unknown): Promise<InvocationResult>;
  mayInvoke(functionId: string, sourceArn: string): boolean;
  nowMs(): number;
}): Authorize {
  const { api, invoke, mayInvoke, nowMs } = deps;
  const cache = new Map<string, { verdict: Verdict; until: number }>();

  return async (authorizer, match, call) => {
    const sources = authorizer.identitySources.map((source) => identityOf(source, match, call, api));
    const present = sources.filter((value) => value !== undefined);
    if (present.length < sources.length) return { kind: 'unauthorized' };

    // Without an identity source there is nothing to remember a verdict by.
    const cacheable = authorizer.cacheSeconds > 0 && sources.length > 0;
    const key = JSON.stringify([authorizer.id, ...sources]);
    const known = cacheable ? cache.get(key) : undefined;
    if (known && known.until > nowMs()) return known.verdict;

    if (!mayInvoke(authorizer.functionId, arn('execute-api', `${api.apiId}/authorizers/${authorizer.id}`)))
      return { kind: 'failed' };
    const { key: routeKey } = match.route;
    const event = {
      ...commonEvent(call, api, routeKey, match.pathParameters),
      type: 'REQUEST',
      routeArn: arn('execute-api', `${api.apiId}/${api.stage}/${call.method}${call.path}`),
      identitySource: present.length > 0 ? present : null,
    };
    const verdict = verdictOf(await invoke(authorizer.functionId, event));
    if (cacheable && verdict.kind !== 'failed') {
      if (cache.size >= MAX_CACHED) cache.clear();
      cache.set(key, { verdict, until: nowMs() + authorizer.cacheSeconds * 1000 });
    }
    return verdict;
  };
}

function verdictOf(result: InvocationResult): Verdict {
  if (!result.ok) {
    // This very message is how a function says 401.
    return result.error.errorMessage === 'Unauthorized' ? { kind: 'unauthorized' } : { kind: 'failed' };
  }
  const parsed = SimpleSchema.safeParse(JSON.parse(result.payload));
  if (!parsed.success) return { kind: 'failed' };
  if (!parsed.data.isAuthorized) return { kind: 'forbidden' };
  return { kind: 'allowed', context: parsed.data.context ?? {} };
}

/** $request.header.X, $request.querystring.X, $context.X.Y, $stageVariables.X; undefined when absent or empty. */
function identityOf(source: string, match: RouteMatch, call: HttpCall, api: ApiIdentity): string | undefined {
  const header = /^\$request\.header\.(.+)$/i.exec(source)?.[1];
  if (header !== undefined) return call.headers[header.toLowerCase()] || undefined;
  const query = /^\$request\.querystring\.(.+)$/i.exec(source)?.[1];
  if (query !== undefined) return call.queryStringParameters?.[query] || undefined;
  const variable = /^\$stageVariables\.(.+)$/.exec(source)?.[1];
  if (variable !== undefined) return api.stageVariables?.[variable] || undefined;
  const path = /^\$context\.(.+)$/.exec(source)?.[1];
  if (path === undefined) return undefined;
  let value: unknown = commonEvent(call, api, match.route.key, match.pathParameters).requestContext;
  for (const name of path.split('.')) {
    value = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  }
  return typeof value === 'string' && value !== '' ? value : undefined;
}
