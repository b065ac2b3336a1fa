import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Reply } from './route.ts';

/** Answers hold live data of one caller, and nothing in them is meant to be run or framed. */
export const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

export function respond(
  { status, body, headers = {} }: Reply,
  request: { requestId: string; isHead: boolean },
): APIGatewayProxyStructuredResultV2 {
  const contentType = headers['content-type'] ?? 'application/json';
  const all = { ...SECURITY_HEADERS, 'x-request-id': request.requestId, ...headers };
  if (body === undefined) return { statusCode: status, headers: all };
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return {
    statusCode: status,
    headers: { ...all, 'content-type': contentType },
    ...(request.isHead ? {} : { body: text }),
  };
}
