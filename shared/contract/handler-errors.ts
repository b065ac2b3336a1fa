import { MAX_RETRY_DELAY_SECONDS } from '../domain/limits.ts';

/**
 * What handlers throw to say more than "it failed", and how that is read. Each is known by a registered symbol,
 * so a second copy of this module in a bundle does not matter.
 */
const NON_RETRYABLE = Symbol.for('escapement.non-retryable');
const RETRY_AFTER = Symbol.for('escapement.retry-after-seconds');
const HTTP_STATUS = Symbol.for('escapement.http-status');
const SNOOZE = Symbol.for('escapement.snooze');

/** Ends the run as dead at once: trying again would not help. */
export class NonRetryableError extends Error {
  readonly [NON_RETRYABLE] = true;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name || 'NonRetryableError';
  }
}

/** The next attempt starts this much later, whatever the task's policy says; more than 12 h is cut to 12 h. */
export class RetryAfterError extends Error {
  readonly [RETRY_AFTER]: number;

  constructor(seconds: number, message = `Try again in ${seconds} s`, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name || 'RetryAfterError';
    this[RETRY_AFTER] = boundedSeconds('RetryAfterError', seconds);
  }
}

/** What somebody else answered: retry rules can tell failures apart by the status. */
export class HttpError extends Error {
  readonly status: number;
  readonly [HTTP_STATUS]: number;
  readonly [RETRY_AFTER]?: number;

  /** `retryAfterSeconds`: when the next attempt starts, as of a Retry-After header. */
  constructor(
    status: number,
    message = `HTTP ${status}`,
    options: ErrorOptions & { retryAfterSeconds?: number } = {},
  ) {
    super(message, options);
    if (!isHttpStatus(status)) throw new RangeError(`HttpError: status must be 100 to 599, got ${status}`);
    this.name = new.target.name || 'HttpError';
    this.status = status;
    this[HTTP_STATUS] = status;
    if (options.retryAfterSeconds !== undefined)
      this[RETRY_AFTER] = boundedSeconds('HttpError', options.retryAfterSeconds);
  }

  /** Of an answer that `fetch` gave, with its Retry-After. */
  static from(answer: Pick<Response, 'status' | 'statusText' | 'headers'>, message?: string): HttpError {
    const { status, statusText, headers } = answer;
    const seconds = retryAfterSeconds(headers.get('retry-after'), headers.get('date'));
    return new HttpError(
      status,
      message ?? `HTTP ${status} ${statusText}`.trimEnd(),
      seconds === undefined ? {} : { retryAfterSeconds: seconds },
    );
  }
}

/**
 * Puts the run off, thrown or returned: it runs again so many seconds later, nothing has failed and no attempt is
 * spent. For what is not ready yet. More than 12 h is cut to 12 h, and after 1,000 times the run is dead.
 */
export class SnoozeError extends Error {
  readonly [SNOOZE]: number;

  constructor(seconds: number, reason = 'not ready yet', options?: ErrorOptions) {
    super(reason, options);
    this.name = new.target.name || 'SnoozeError';
    this[SNOOZE] = boundedSeconds('SnoozeError', seconds);
  }
}

export const isNonRetryable = (error: unknown): boolean => markOf(error, NON_RETRYABLE) === true;

export const retryAfterSecondsOf = (error: unknown): number | undefined => secondsAt(error, RETRY_AFTER);

/** Also of errors that others make: `status`, `statusCode`, or the metadata of an AWS SDK. */
export const httpStatusOf = (error: unknown): number | undefined =>
  [
    markOf(error, HTTP_STATUS),
    markOf(error, 'status'),
    markOf(error, 'statusCode'),
    markOf(markOf(error, '$metadata'), 'httpStatusCode'),
  ].find(isHttpStatus);

/** Names that AWS services give to throttles besides those that end in "ThrottledException" or the like. */
const THROTTLES = /^(Throttl|TooManyRequests|RequestLimitExceeded|ProvisionedThroughputExceeded|SlowDown$)/;

export const isThrottle = (error: unknown): boolean => {
  if (httpStatusOf(error) === 429 || markOf(markOf(error, '$retryable'), 'throttling') === true) return true;
  const name = markOf(error, 'name');
  return typeof name === 'string' && THROTTLES.test(name);
};

export const snoozeOf = (value: unknown): { seconds: number; reason: string } | undefined => {
  const seconds = secondsAt(value, SNOOZE);
  if (seconds === undefined) return undefined;
  const reason = markOf(value, 'message');
  return { seconds, reason: typeof reason === 'string' ? reason : '' };
};

/** A Retry-After header: seconds, or an instant, which is taken relative to the answer's own Date. */
export function retryAfterSeconds(header: string | null, date: string | null): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d+$/.test(text)) return Number(text);
  const waitMs = Date.parse(text) - Date.parse(date ?? '');
  return Number.isNaN(waitMs) ? undefined : Math.max(0, Math.ceil(waitMs / 1_000));
}

const isHttpStatus = (status: unknown): status is number =>
  typeof status === 'number' && Number.isInteger(status) && status >= 100 && status <= 599;

function boundedSeconds(what: string, seconds: number): number {
  if (!(seconds >= 0)) throw new RangeError(`${what}: seconds must be ≥ 0, got ${seconds}`);
  return Math.min(Math.ceil(seconds), MAX_RETRY_DELAY_SECONDS);
}

function secondsAt(error: unknown, mark: symbol): number | undefined {
  const seconds = markOf(error, mark);
  return typeof seconds === 'number' && seconds >= 0 ? Math.min(seconds, MAX_RETRY_DELAY_SECONDS) : undefined;
}

/** Anything can be thrown or returned, proxies with hostile traps included. */
export function markOf(value: unknown, key: PropertyKey): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  try {
    return Reflect.get(value, key);
  } catch {
    return undefined;
  }
}
