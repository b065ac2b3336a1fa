import { SECURITY_HEADERS } from '../../../functions/api/respond.ts';
import type { Problem } from '../../../shared/contract/problem.ts';
import type { HttpReply } from './response.ts';

/** What is answered before a function is asked, or in place of one. */
const REFUSALS = {
  'bad-request': {
    status: 400,
    title: 'Bad request',
    detail: 'This is no HTTP request that can be understood',
  },
  unauthenticated: {
    status: 401,
    title: 'Not authenticated',
    detail: 'A valid credential is needed: Authorization: Bearer <token>',
  },
  forbidden: { status: 403, title: 'Not allowed', detail: 'The authorizer does not let this request pass' },
  'route-not-found': { status: 404, title: 'No such path', detail: 'There is nothing at this path' },
  'request-timeout': {
    status: 408,
    title: 'Request took too long',
    detail: 'The request took too long to arrive',
  },
  'payload-too-large': {
    status: 413,
    title: 'Body too large',
    detail: 'The body may have 10 MiB at most, and what the endpoint allows',
  },
  throttled: {
    status: 429,
    title: 'Too many requests',
    detail: 'More requests come than the API is set to take; try again later',
  },
  'headers-too-large': {
    status: 431,
    title: 'Headers too large',
    detail: 'Request line and headers may have 10,240 bytes at most',
  },
  internal: {
    status: 500,
    title: 'Internal error',
    detail: 'Something went wrong here. The log of the function says what.',
  },
  unavailable: {
    status: 503,
    title: 'Temporarily unavailable',
    detail: 'The function is busy, took too long, or has not started yet',
  },
} as const;
export type GatewayCode = keyof typeof REFUSALS;

/**
 * In the form of every other error. API Gateway itself says `{ "message" }` here: the answers of an HTTP API cannot
 * be shaped.
 */
export function gatewayProblem(
  code: GatewayCode,
  requestId: string,
  headers: Record<string, string> = {},
): HttpReply {
  const { status, title, detail } = REFUSALS[code];
  const type = `urn:escapement:problem:${code}`;
  const problem: Problem = { type, title, status, detail, code, requestId };
  return {
    statusCode: status,
    headers: {
      ...SECURITY_HEADERS,
      'content-type': 'application/problem+json',
      'x-request-id': requestId,
      ...(code === 'unauthenticated' && { 'www-authenticate': 'Bearer' }),
      ...headers,
    },
    body: Buffer.from(JSON.stringify(problem)),
  };
}
