import type { Problem } from '../contract/problem.ts';

/** The API said no. `code` is the stable name of what went wrong; `errors` names every field that is wrong. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  /** HTTP status. */
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors: readonly { path: string; message: string }[];
  /** Names the request in the deployment's logs; empty when what answered was not the API. */
  readonly requestId: string;
  /** How long to wait before trying again, when the API said so. */
  readonly retryAfterSeconds: number | undefined;

  constructor(problem: Problem, retryAfterSeconds?: number) {
    const errors = problem.errors ?? [];
    super([problem.detail, ...errors.map(({ path, message }) => `${path}: ${message}`)].join('\n  '));
    this.status = problem.status;
    this.code = problem.code;
    this.detail = problem.detail;
    this.errors = errors;
    this.requestId = problem.requestId;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** There was no answer: the address is wrong, the network is down, or time ran out. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
}

/** What a proxy, a gateway or a stranger sends instead of a problem document is made one, so that callers know one form. */
export function problemOf(status: number, body: unknown): Problem {
  if (isProblem(body)) return body;
  const message = typeof body === 'object' && body !== null && 'message' in body ? body.message : undefined;
  return {
    type: 'about:blank',
    title: 'Unexpected answer',
    status,
    detail: `HTTP ${status} without a problem document${typeof message === 'string' ? `: ${message}` : ''}`,
    code: `http-${status}`,
    requestId: '',
  };
}

const isProblem = (body: unknown): body is Problem =>
  typeof body === 'object' &&
  body !== null &&
  'code' in body &&
  typeof body.code === 'string' &&
  'detail' in body &&
  typeof body.detail === 'string' &&
  'status' in body &&
  typeof body.status === 'number';
