import type { EndReason } from './execution.ts';

/** What a failed attempt leaves behind. */
export interface Failure {
  cause: 'error' | 'timedOut' | 'crashed' | 'aborted';
  errorType: string;
  errorMessage: string;
  nonRetryable: boolean;
}

export function deathReason(failure: Failure): EndReason {
  if (failure.nonRetryable) return 'nonRetryable';
  if (failure.cause === 'timedOut') return 'timedOut';
  return failure.cause === 'crashed' ? 'crashed' : 'exhausted';
}
