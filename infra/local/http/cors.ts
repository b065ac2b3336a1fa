import type { CorsPlan } from '../template/plan-http.ts';
import type { HttpCall } from './request.ts';
import type { HttpReply } from './response.ts';

const NEVER_FROM_FUNCTION = /^access-control-/;

/** Answer to a preflight request, or undefined when this is none. */
export function preflight(cors: CorsPlan | undefined, call: HttpCall): HttpReply | undefined {
  if (!cors || call.method !== 'OPTIONS') return undefined;
  if (!call.headers.origin || !call.headers['access-control-request-method']) return undefined;
  const headers: Record<string, string> = originHeaders(cors, call);
  if ('access-control-allow-origin' in headers) {
    if (cors.AllowMethods.length > 0) headers['access-control-allow-methods'] = cors.AllowMethods.join(',');
    if (cors.AllowHeaders.length > 0) headers['access-control-allow-headers'] = cors.AllowHeaders.join(',');
    if (cors.MaxAge !== undefined) headers['access-control-max-age'] = String(cors.MaxAge);
  }
  return { statusCode: 204, headers, body: Buffer.alloc(0) };
}

/** With CORS configured, API Gateway's headers replace whatever the function says about it. */
export function withCors(cors: CorsPlan | undefined, call: HttpCall, reply: HttpReply): HttpReply {
  if (!cors) return reply;
  const own = Object.entries(reply.headers).filter(([name]) => !NEVER_FROM_FUNCTION.test(name));
  const headers: Record<string, string> = originHeaders(cors, call);
  if ('access-control-allow-origin' in headers && cors.ExposeHeaders.length > 0) {
    headers['access-control-expose-headers'] = cors.ExposeHeaders.join(',');
  }
  return { ...reply, headers: { ...Object.fromEntries(own), ...headers } };
}

function originHeaders(cors: CorsPlan, call: HttpCall): Record<string, string> {
  const origin = call.headers.origin;
  if (origin === undefined) return {};
  const any = cors.AllowOrigins.includes('*');
  if (!any && !cors.AllowOrigins.includes(origin)) return {};
  return {
    'access-control-allow-origin': any ? '*' : origin,
    ...(!any && { vary: 'origin' }),
    ...(cors.AllowCredentials && { 'access-control-allow-credentials': 'true' }),
  };
}
