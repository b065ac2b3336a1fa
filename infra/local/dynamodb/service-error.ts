/** A refusal in the words of the DynamoDB service. dynalite throws errors of the same shape. */
export class ServiceError extends Error {
  readonly statusCode: number;
  readonly body: Record<string, unknown>;

  constructor(type: string, message: string, extra: Record<string, unknown> = {}, statusCode = 400) {
    super(message);
    this.name = 'ServiceError';
    this.statusCode = statusCode;
    this.body = { __type: type, message, ...extra };
  }
}

const MODEL = 'com.amazonaws.dynamodb.v20120810#';

export const modelError = (code: string, message: string, extra?: Record<string, unknown>): ServiceError =>
  new ServiceError(MODEL + code, message, extra);

export const validationError = (message: string): ServiceError =>
  new ServiceError('com.amazon.coral.validate#ValidationException', message);

export const invalidParameter = (detail: string): ServiceError =>
  validationError(`One or more parameter values were invalid: ${detail}`);

export const internalError = (): ServiceError =>
  new ServiceError(`${MODEL}InternalServerError`, 'The embedded engine failed; see its log', {}, 500);

export interface Refusal {
  statusCode: number;
  body: Record<string, unknown>;
}

/** True for our refusals and for dynalite's; anything else is a fault of the engine. */
export function isRefusal(error: unknown): error is Error & Refusal {
  return (
    error instanceof Error &&
    'statusCode' in error &&
    typeof error.statusCode === 'number' &&
    'body' in error &&
    typeof error.body === 'object'
  );
}

/** dynalite's checks return their error instead of throwing it. */
export function throwIf(refusal: Error | null | undefined): void {
  if (refusal) throw refusal;
}
