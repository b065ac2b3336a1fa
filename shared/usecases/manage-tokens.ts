import type { TenantStore, TokenStore } from '../access-ports.ts';
import { decodeCursor, encodeCursor } from '../contract/list-query.ts';
import type { TokenInput, TokenListQuery } from '../contract/token.ts';
import { type ApiToken, parseToken, tokenText } from '../domain/api-token.ts';
import { SchedulerError } from '../domain/errors.ts';
import { type Principal, ROOT } from '../domain/principal.ts';
import { type EpochMs, SECOND_MS } from '../domain/time.ts';
import type { Clock, Ids } from '../ports.ts';
import { hashOf } from './credentials/hash.ts';

export interface ManageTokensDeps {
  tokens: TokenStore;
  tenants: TenantStore;
  clock: Clock;
  ids: Ids;
}

/** The secret is in the answer and nowhere else: what is stored cannot bring it back. */
export async function makeToken(
  { tokens, tenants, clock, ids }: ManageTokensDeps,
  principal: Principal,
  input: TokenInput,
): Promise<{ made: ApiToken; text: string }> {
  const tenant = tenantOf(principal, input.tenant);
  if (tenant !== principal.tenant && tenant !== ROOT && !(await tenants.read(tenant)))
    throw invalid('tenant', 'there is no such tenant');
  const nowMs = clock.nowMs();
  const expiresAt = expiryOf(input, nowMs);
  const id = ids.ulid(nowMs);
  // In hex, so that whatever copies it takes it as one word.
  const secret = hashOf(ids.nonce());
  const made: ApiToken = {
    id,
    tenant,
    role: input.role,
    ...(input.name !== undefined && { name: input.name }),
    hash: hashOf(secret),
    createdAt: nowMs,
    createdBy: principal.actor,
    ...(expiresAt !== undefined && { expiresAt }),
  };
  await tokens.insert(made);
  return { made, text: tokenText(id, secret) };
}

function expiryOf({ expiresAt, expiresInSeconds }: TokenInput, nowMs: EpochMs): EpochMs | undefined {
  if (expiresInSeconds !== undefined) return nowMs + expiresInSeconds * SECOND_MS;
  if (expiresAt === undefined) return undefined;
  const at = Date.parse(expiresAt);
  if (at > nowMs) return at;
  throw invalid('expiresAt', 'is in the past');
}

const invalid = (path: string, message: string) =>
  new SchedulerError('validation-failed', 'The body is not valid: see errors', {
    errors: [{ path, message }],
  });

/** The admins of root look after the others. */
function tenantOf({ tenant }: Principal, asked = tenant): string {
  if (asked === tenant || tenant === ROOT) return asked;
  throw new SchedulerError('forbidden', `This needs an admin of the tenant ${ROOT}`, { required: ROOT });
}

/** The oldest first. */
export async function listTokens(
  { tokens }: Pick<ManageTokensDeps, 'tokens'>,
  principal: Principal,
  { limit, cursor, ...asked }: TokenListQuery,
): Promise<{ items: ApiToken[]; nextCursor: string | null }> {
  const tenant = tenantOf(principal, asked.tenant);
  const from = decodeCursor('tokens', cursor)?.tokens;
  const { entries, next } = await tokens.list({ tenant, limit, ...(from ? { from } : {}) });
  return { items: entries, nextCursor: next === undefined ? null : encodeCursor('tokens', { tokens: next }) };
}

/** Also one's own; root also that of another tenant. From now on it is worth nothing. */
export async function revokeToken(
  { tokens }: Pick<ManageTokensDeps, 'tokens'>,
  { tenant }: Principal,
  id: string,
): Promise<void> {
  const found = tenant === ROOT && parseToken(tokenText(id, '-')) ? await tokens.read(id) : undefined;
  if (await tokens.remove(id, found?.tenant ?? tenant)) return;
  throw new SchedulerError('not-found', `There is no token ${id}`, { resource: 'token', id });
}
