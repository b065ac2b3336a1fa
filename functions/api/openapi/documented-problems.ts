import type { ErrorCode } from '../../../shared/domain/errors.ts';
import { STATUS } from '../problems.ts';
import type { Route } from '../route.ts';

/** What a line of the table can refuse with: most of it follows from what the line says of itself. */
export function problemCodes(route: Route): ErrorCode[] {
  const codes = new Set<ErrorCode>(['method-not-allowed', ...(route.refuses ?? [])]);
  const add = (...more: ErrorCode[]) => more.forEach((code) => void codes.add(code));
  const { role, method, path, headers = {} } = route;
  if (role !== 'none') add('unauthenticated', 'validation-failed', 'unavailable');
  if (role !== 'none' && role !== 'token') add('limit-reached');
  if (role === 'operator' || role === 'admin' || role === 'root') add('forbidden');
  if (method !== 'GET') add('malformed-json', 'payload-too-large', 'unsupported-media-type');
  if (path.includes('{') && method !== 'PUT' && role !== 'token') add('not-found');
  if ('If-Match' in headers) add('version-mismatch', 'precondition-invalid');
  if ('Idempotency-Key' in headers) add('idempotency-conflict', 'precondition-invalid');
  return [...codes].sort((a, b) => STATUS[a].status - STATUS[b].status || (a < b ? -1 : 1));
}

/** What an example of each says. */
export const EXAMPLE_DETAILS: Record<ErrorCode, string> = {
  'malformed-json': 'The body is not usable JSON: Unexpected end of JSON input',
  'precondition-invalid': 'If-Match must be "*" or a list of quoted versions',
  unauthenticated: 'A valid credential is needed: Authorization: Bearer <token>',
  forbidden: 'This needs the role operator; yours is viewer',
  'not-found': 'There is no task nightly-report',
  'route-not-found': 'There is nothing at /v1/nothing',
  'method-not-allowed': 'PATCH is not possible here; GET, HEAD, POST are',
  'already-exists': 'There is a task nightly-report already',
  'state-conflict': 'The execution has ended already (success)',
  'idempotency-conflict': 'This Idempotency-Key came with another request within the last 24 hours',
  'version-mismatch': 'The precondition does not hold: it is at version 4',
  'payload-too-large': 'The body may have 262144 bytes at most',
  'unsupported-media-type': 'Send the body as application/json, in UTF-8',
  'validation-failed': 'The request is not valid: see errors',
  'limit-reached': 'The tenant has sent its 600 requests of this minute',
  'backlog-full': 'Queue default has 1000 waiting messages and takes no more than 1000; try again later',
  unavailable: 'Credentials cannot be checked at the moment',
};
