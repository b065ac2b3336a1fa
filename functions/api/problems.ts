import type { Problem } from '../../shared/contract/problem.ts';
import { type ErrorCode, type FieldProblem, SchedulerError } from '../../shared/domain/errors.ts';
import { MAX_LISTED_ERRORS } from '../../shared/domain/limits.ts';

/** Exhaustive: a new code does not compile without its status. */
export const STATUS: Record<ErrorCode, { status: number; title: string }> = {
  'malformed-json': { status: 400, title: 'Malformed JSON' },
  'precondition-invalid': { status: 400, title: 'Malformed header' },
  unauthenticated: { status: 401, title: 'Not authenticated' },
  forbidden: { status: 403, title: 'Not allowed' },
  'not-found': { status: 404, title: 'Not found' },
  'route-not-found': { status: 404, title: 'No such path' },
  'method-not-allowed': { status: 405, title: 'Method not allowed' },
  'already-exists': { status: 409, title: 'Already exists' },
  'state-conflict': { status: 409, title: 'Conflict with the present state' },
  'idempotency-conflict': { status: 409, title: 'Idempotency-Key used for another request' },
  'version-mismatch': { status: 412, title: 'Precondition failed' },
  'payload-too-large': { status: 413, title: 'Body too large' },
  'unsupported-media-type': { status: 415, title: 'Unsupported media type' },
  'validation-failed': { status: 422, title: 'Not valid' },
  'limit-reached': { status: 429, title: 'Limit of the tenant reached' },
  'backlog-full': { status: 429, title: 'Queue is full' },
  unavailable: { status: 503, title: 'Temporarily unavailable' },
};

export interface ProblemReply {
  problem: Problem;
  headers: Record<string, string>;
}

/** undefined: a fault of ours. Its details go to the log and not to the caller. */
export function toProblem(error: unknown, requestId: string): ProblemReply | undefined {
  if (!(error instanceof SchedulerError)) return undefined;
  const known: SchedulerError = error;
  const { status, title } = STATUS[known.code];
  const problem: Problem = {
    type: `urn:escapement:problem:${known.code}`,
    title,
    status,
    detail: known.message,
    code: known.code,
    requestId,
  };
  if (is(known, 'validation-failed')) problem.errors = listed(known.details.errors);
  return { problem, headers: headersOf(known) };
}

const MAX_PATH_CHARS = 256;

/** What a caller can make wrong is many times what anybody reads. */
function listed(errors: readonly FieldProblem[]): FieldProblem[] {
  const shown = errors
    .slice(0, MAX_LISTED_ERRORS)
    .map(({ path, message }) => ({ path: path.slice(0, MAX_PATH_CHARS), message }));
  const more = errors.length - shown.length;
  return more > 0 ? [...shown, { path: '', message: `and ${more} more` }] : shown;
}

export const internalProblem = (requestId: string): ProblemReply => ({
  problem: {
    type: 'urn:escapement:problem:internal',
    title: 'Internal error',
    status: 500,
    detail: 'Something went wrong here. The request id leads to the log entry.',
    code: 'internal',
    requestId,
  },
  headers: {},
});

function headersOf(error: SchedulerError): Record<string, string> {
  if (is(error, 'unauthenticated')) return { 'www-authenticate': 'Bearer' };
  if (is(error, 'method-not-allowed')) return { allow: error.details.allow.join(', ') };
  if (is(error, 'limit-reached')) return { 'retry-after': String(error.details.retryAfterSeconds) };
  if (is(error, 'backlog-full')) return { 'retry-after': String(error.details.retryAfterSeconds) };
  if (is(error, 'unavailable')) return { 'retry-after': String(error.details.retryAfterSeconds) };
  return {};
}

const is = <C extends ErrorCode>(error: SchedulerError, code: C): error is SchedulerError<C> =>
  error.code === code;
