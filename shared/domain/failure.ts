import type { AttemptRecord, EndReason } from './execution.ts';

/** What a failed attempt leaves behind. */
export interface Failure {
  /** What happened: thrown, over its time, its process or thread vanished, or stopped on request. */
  cause: 'error' | 'timedOut' | 'crashed' | 'aborted';
  errorType: string;
  errorMessage: string;
  nonRetryable: boolean;
  /** nonRetryable was concluded, not said: a retry rule of the task may say otherwise. */
  unlessRuled?: true;
  /** What the other side answered, when the error carries it. */
  httpStatus?: number;
  /** The other side said "too many requests", with HTTP 429 or in the words of an AWS service. */
  throttled?: boolean;
  /** When the next attempt is to begin, whatever strategy applies. */
  retryAfterSeconds?: number;
}

export function deathReason(failure: Failure): EndReason {
  if (failure.nonRetryable) return 'nonRetryable';
  if (failure.cause === 'timedOut') return 'timedOut';
  return failure.cause === 'crashed' ? 'crashed' : 'exhausted';
}

/** As an attempt writes it down; a plain error needs no word. */
export const causeOf = ({ cause, throttled }: Failure): AttemptRecord['cause'] => {
  if (cause !== 'error') return cause;
  return throttled ? 'throttled' : undefined;
};
