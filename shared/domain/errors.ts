import { TASK_LIMIT_RETRY_SECONDS } from './limits.ts';

/**
 * Expected outcomes (a lost race, not due yet) are return values. What is thrown on purpose is one of these:
 * a closed list of codes, each with its own details; the HTTP edge maps every code to a status.
 */
export interface FieldProblem {
  /** `schedule.expressions[0]` */
  path: string;
  message: string;
}

export interface ErrorDetails {
  'validation-failed': { errors: FieldProblem[] };
  'not-found': { resource: string; id: string };
  'already-exists': { resource: string; id: string };
  'version-mismatch': { expected: number; actual: number };
  'state-conflict': { resource: string; id: string; status: string; action: string };
  'precondition-invalid': { header: string; value: string };
  'malformed-json': { reason: string };
  'payload-too-large': { limitBytes: number };
  'unsupported-media-type': { contentType: string };
  'method-not-allowed': { allow: string[] };
  'route-not-found': { path: string };
  unauthenticated: { reason: string };
  forbidden: { required: string };
  'idempotency-conflict': { key: string };
  /** What the tenant may have it has already. */
  'limit-reached': { limit: 'maxTasks' | 'ratePerMinute'; retryAfterSeconds: number };
  /** As many messages wait as the queue may have. */
  'backlog-full': { queue: string; limit: number; retryAfterSeconds: number };
  /** The store or a queue is throttling or away; retrying later is right. */
  unavailable: { retryAfterSeconds: number; service: string };
}
export type ErrorCode = keyof ErrorDetails;

export class SchedulerError<C extends ErrorCode = ErrorCode> extends Error {
  readonly code: C;
  readonly details: ErrorDetails[C];

  constructor(code: C, message: string, details: ErrorDetails[C], cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'SchedulerError';
    this.code = code;
    this.details = details;
  }
}

export const isCode = <C extends ErrorCode>(error: unknown, code: C): error is SchedulerError<C> =>
  error instanceof SchedulerError && error.code === code;

export const tooManyTasks = () =>
  new SchedulerError('limit-reached', 'The tenant has as many tasks as it may have: delete one first', {
    limit: 'maxTasks',
    retryAfterSeconds: TASK_LIMIT_RETRY_SECONDS,
  });

/** For where there is no room for a document; `whole` is what the problems without a path are about. */
export const inOneLine = (message: string, errors: FieldProblem[], whole: string): string =>
  `${message}: ${errors.map((problem) => `${problem.path || whole}: ${problem.message}`).join('; ')}`;
