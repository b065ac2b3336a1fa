import { SchedulerError } from '../domain/errors.ts';

/** Names that the services give to "not now"; anything of status 429 or 5xx counts as well. */
const NOT_NOW = new Set([
  'InternalFailure',
  'InternalServerError',
  'KmsThrottled',
  'OverLimit',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestTimeout',
  'RequestTimeoutException',
  'ServiceUnavailable',
  'Throttling',
  'ThrottlingError',
  'ThrottlingException',
  'TimeoutError',
  'TooManyRequestsException',
  'TransactionInProgressException',
]);
const NETWORK = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);
const RETRY_AFTER_SECONDS = 2;

export type Service = 'dynamodb' | 'sqs' | 'eventbridge';

export const unavailable = (service: Service, cause?: unknown): SchedulerError<'unavailable'> =>
  new SchedulerError(
    'unavailable',
    `${service} is throttling or away`,
    { retryAfterSeconds: RETRY_AFTER_SECONDS, service },
    cause,
  );

/** The one place where failures of the SDK get a meaning: what passes by itself becomes `unavailable`. */
export async function translated<T>(service: Service, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw isNotNow(error) ? unavailable(service, error) : error;
  }
}

/** A service's error code by its short name: also `code`s of entries and reasons inside a reply. */
export const isNotNowCode = (code: string | undefined): boolean => code !== undefined && NOT_NOW.has(code);

export function isNotNow(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (isNotNowCode(error.name)) return true;
  if ('code' in error && typeof error.code === 'string' && NETWORK.has(error.code)) return true;
  const status = statusOf(error);
  return status === 429 || (status !== undefined && status >= 500);
}

function statusOf(error: Error): number | undefined {
  if (!('$metadata' in error) || typeof error.$metadata !== 'object' || error.$metadata === null)
    return undefined;
  const { $metadata: metadata } = error;
  return 'httpStatusCode' in metadata && typeof metadata.httpStatusCode === 'number'
    ? metadata.httpStatusCode
    : undefined;
}
