import {
  httpStatusOf,
  isNonRetryable,
  isThrottle,
  retryAfterSecondsOf,
} from '../shared/contract/handler-errors.ts';
import { MAX_ERROR_MESSAGE_CHARS } from '../shared/domain/limits.ts';
import { type Failure, MAX_ERROR_TYPE_CHARS } from './handler-messages.ts';

/** Whatever was thrown, as bounded data. Never throws: getters, proxies and `toString` may. */
export function describeError(thrown: unknown): Failure {
  const retryAfterSeconds = retryAfterSecondsOf(thrown);
  const httpStatus = httpStatusOf(thrown);
  return {
    errorType: bound(typeOf(thrown), MAX_ERROR_TYPE_CHARS),
    errorMessage: bound(messageOf(thrown), MAX_ERROR_MESSAGE_CHARS),
    nonRetryable: isNonRetryable(thrown),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    ...(httpStatus === undefined ? {} : { httpStatus }),
    ...(isThrottle(thrown) ? { throttled: true } : {}),
  };
}

/** Cuts to a number of characters, never inside a surrogate pair. */
export const bound = (text: string, maxChars: number): string =>
  (text.length > maxChars ? `${text.slice(0, maxChars - 1)}…` : text).toWellFormed();

function typeOf(thrown: unknown): string {
  const name = textAt(thrown, 'name');
  if (name && name !== 'Error') return name;
  // A subclass that did not set its name still has its class's.
  const className = textAt(property(thrown, 'constructor'), 'name');
  return className && className !== 'Object' && isObject(thrown) ? className : 'Error';
}

function messageOf(thrown: unknown): string {
  if (typeof thrown === 'string') return thrown;
  if (!isObject(thrown)) return `${String(thrown)} was thrown`;
  const message = textAt(thrown, 'message');
  if (message === undefined) return `An object was thrown: ${inspect(thrown)}`;
  // "fetch failed" and its like say only in their cause what happened.
  const cause = textAt(property(thrown, 'cause'), 'message');
  return cause ? `${message} (cause: ${cause})` : message || typeOf(thrown);
}

function inspect(thrown: object): string {
  try {
    return JSON.stringify(thrown) ?? Object.prototype.toString.call(thrown);
  } catch {
    return 'it cannot be shown';
  }
}

const isObject = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';

function property(value: unknown, key: string): unknown {
  if (!isObject(value)) return undefined;
  try {
    return Reflect.get(value, key);
  } catch {
    return undefined;
  }
}

function textAt(value: unknown, key: string): string | undefined {
  const text = property(value, key);
  return typeof text === 'string' ? text : undefined;
}
