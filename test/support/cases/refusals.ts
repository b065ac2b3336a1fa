import type { Contract, DocumentedOperation } from '../openapi.ts';
import type { CaseRequest, Role } from './case.ts';

/** What every operation refuses alike, made of a request that it takes. */

export interface Refusal {
  status: number;
  request: CaseRequest;
  /** In place of the operation's own. */
  method?: string;
  /** In place of a body in JSON. */
  text?: string;
  /** The answer comes once so many have been sent. */
  times?: number;
}

const MAX_BODY_BYTES = 256 * 1024;
const NOWHERE: Readonly<Record<string, string>> = { name: 'nowhere', id: 'nothing', backfillId: 'nothing' };
/** Tenants besides root: of one that may send a request a minute, and of one without limits. */
export interface OtherTenants {
  limited: string;
  another: string;
}

const LOWER: Readonly<Record<string, Role>> = {
  operator: 'viewer',
  admin: 'operator',
  'admin of root': 'admin',
};

export const roleOf = ({ security }: DocumentedOperation): string | undefined => security[0]?.token?.[0];

export function refusalsOf(
  { operations, isOurs }: Contract,
  operation: DocumentedOperation,
  taken: CaseRequest,
  tenants: OtherTenants,
): Refusal[] {
  const needed = roleOf(operation);
  const found: Refusal[] = [];
  const add = (status: number, change: CaseRequest, more: Omit<Refusal, 'status' | 'request'> = {}) => {
    if (isOurs(operation, status)) found.push({ status, request: { ...taken, ...change }, ...more });
  };

  const lower = LOWER[needed ?? ''];
  if (lower) add(403, { role: lower, ...(lower === 'admin' && { tenant: tenants.another }) });
  if (operation.parameters.some(({ in: place }) => place === 'path')) add(404, { params: NOWHERE });
  const methods = operations.filter(({ path }) => path === operation.path).map(({ method }) => method);
  const other = ['DELETE', 'PATCH', 'PUT', 'POST'].find((method) => !methods.includes(method));
  if (other) add(405, {}, { method: other });
  if (operation.parameters.some(({ name }) => name === 'If-Match'))
    add(412, { headers: { ...taken.headers, 'If-Match': '"999999"' } });
  if (operation.method !== 'GET') {
    add(400, {}, { text: '{"name":' });
    add(413, {}, { text: JSON.stringify({ name: 'x'.repeat(MAX_BODY_BYTES) }) });
    add(415, { headers: { ...taken.headers, 'content-type': 'text/plain' } }, { text: '{}' });
  }
  if (needed === undefined) {
    // Whoever comes with a token for one thing comes without a credential.
    add(401, { body: { ...Object(taken.body), token: 'guessed' } });
    add(422, { body: {} });
    return found;
  }
  add(401, { role: null });
  add(422, { query: { ...taken.query, unknown: '1' } });
  if (operation.requestBody) add(422, { body: { unknown: 1 } });
  add(429, { role: 'admin', tenant: tenants.limited }, { times: 2 });
  return found;
}
