import { httpStatusOf, isThrottle } from '../../contract/handler-errors.ts';
import { MAX_ERROR_MESSAGE_CHARS } from '../../domain/limits.ts';
import { SECOND_MS } from '../../domain/time.ts';
import type { HandlerRequest, HandlerResult } from '../../ports.ts';
import { isNotNow } from '../aws-errors.ts';

export type Failed = Extract<HandlerResult, { kind: 'failed' }>;

/** Worth another attempt unless it says otherwise. */
export const failed = (errorType: string, text: string, over: Partial<Failed> = {}): Failed => ({
  kind: 'failed',
  cause: 'error',
  errorType,
  errorMessage: text.slice(0, MAX_ERROR_MESSAGE_CHARS).toWellFormed(),
  nonRetryable: false,
  ...over,
});

export const hopeless = (errorType: string, text: string): Failed =>
  failed(errorType, text, { nonRetryable: true });

export const timedOut = ({ timeoutMs }: Pick<HandlerRequest, 'timeoutMs'>): Failed => {
  const seconds = Number((Math.max(timeoutMs, 0) / SECOND_MS).toFixed(1));
  return failed('TimeoutError', `Not done within ${seconds} s`, { cause: 'timedOut' });
};

export const aborted = (): Failed => failed('AbortError', 'Stopped on request', { cause: 'aborted' });

/** Refusals that time may heal: timed out, in the middle of a change, too many. */
const PASSING = new Set([408, 409, 429]);

/** What a service of AWS refused outright (not there, not allowed, malformed) it will refuse again. */
export function awsFailure(error: unknown): Failed {
  if (!(error instanceof Error)) return failed('Error', String(error));
  const status = httpStatusOf(error);
  const refused = status !== undefined && status >= 400 && status < 500 && !PASSING.has(status);
  return failed(error.name, error.message, {
    ...(refused && !isNotNow(error) ? { nonRetryable: true, unlessRuled: true } : {}),
    ...(status === undefined ? {} : { httpStatus: status }),
    ...(isThrottle(error) ? { throttled: true } : {}),
  });
}
