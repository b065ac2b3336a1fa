import { MAX_ERROR_MESSAGE_CHARS } from '../shared/domain/limits.ts';
import { SECOND_MS } from '../shared/domain/time.ts';
import type { HandlerRequest, HandlerResult } from '../shared/ports.ts';
import { bound, describeError } from './describe-error.ts';
import type { Outcome, StopCause } from './handler-messages.ts';
import type { Gone } from './handler-thread-handle.ts';

/** How each way that a run can end is reported. */
export function ended(outcome: Outcome): HandlerResult {
  if (outcome.kind === 'success') return { kind: 'success', result: JSON.parse(outcome.json) };
  if (outcome.kind === 'failed') return { kind: 'failed', cause: 'error', ...outcome.failure };
  return outcome;
}

export const stopped = (cause: StopCause, { timeoutMs }: HandlerRequest): HandlerResult => {
  if (cause === 'aborted') return failed(cause, 'AbortError', 'Stopped on request');
  if (cause === 'silent')
    return failed('timedOut', 'HeartbeatTimeout', "No heartbeat within the task's heartbeatSeconds");
  const seconds = (Math.max(timeoutMs, 0) / SECOND_MS).toFixed(1);
  return failed(cause, 'TimeoutError', `Not done within ${Number(seconds)} s`);
};

export const crashed = ({ reason, outOfMemory }: Gone): HandlerResult =>
  outOfMemory
    ? failed(
        'crashed',
        'OutOfMemory',
        "The handler used up the heap of its thread, half of the function's memory",
      )
    : failed('crashed', 'HandlerCrashed', `The handler's thread ended before the handler did: ${reason}`);

export const uncloneable = (error: unknown): HandlerResult => {
  const text = `The payload is not plain JSON: ${describeError(error).errorMessage}`;
  return { ...failed('error', 'PayloadInvalid', text), nonRetryable: true };
};

type Failed = Extract<HandlerResult, { kind: 'failed' }>;

const failed = (cause: Failed['cause'], errorType: string, text: string): Failed => {
  const errorMessage = bound(text, MAX_ERROR_MESSAGE_CHARS);
  return { kind: 'failed', cause, errorType, errorMessage, nonRetryable: false };
};
