import { GATEWAY_PROBLEMS, type GatewayCode } from '../../../functions/api/gateway-problems.ts';
import { SECURITY_HEADERS } from '../../../functions/api/respond.ts';
import type { Problem } from '../../../shared/contract/problem.ts';
import type { HttpReply } from './response.ts';

/** In the form of every other error of the API. */
export function gatewayProblem(
  code: GatewayCode,
  requestId: string,
  headers: Record<string, string> = {},
): HttpReply {
  const { status, title, detail } = GATEWAY_PROBLEMS[code];
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
