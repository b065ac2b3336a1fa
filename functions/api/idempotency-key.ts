import { SchedulerError } from '../../shared/domain/errors.ts';
import type { RawRequest } from './route.ts';

const KEY = /^[\x21-\x7e]{1,255}$/;

export function readIdempotencyKey(headers: RawRequest['headers']): string | undefined {
  const value = headers['idempotency-key'];
  if (value === undefined || KEY.test(value)) return value;
  const message = 'Idempotency-Key must be 1 to 255 visible ASCII characters';
  throw new SchedulerError('precondition-invalid', message, { header: 'Idempotency-Key', value });
}
