import type { TokenStore } from '../access-ports.ts';
import { decodeCursor, encodeCursor, type PageQuery } from '../contract/list-query.ts';
import type { TokenInput } from '../contract/token.ts';
import { type ApiToken, tokenText } from '../domain/api-token.ts';
import { SchedulerError } from '../domain/errors.ts';
import type { Principal } from '../domain/principal.ts';
import { type EpochMs, SECOND_MS } from '../domain/time.ts';
import type { Clock, Ids } from '../ports.ts';
import { hashOf } from './credentials/hash.ts';

export interface ManageTokensDeps {
  tokens: TokenStore;
  clock: Clock;
  ids: Ids;
}

/** The secret is in the answer and nowhere else: what is stored cannot bring it back. */
export async function makeToken(
  { tokens, clock, ids }: ManageTokensDeps,
  { tenant, actor }: Principal,
  input: TokenInput,
): Promise<{ made: ApiToken; text: string }> {
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
    createdBy: actor,
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
  throw new SchedulerError('validation-failed', 'The body is not valid: see errors', {
    errors: [{ path: 'expiresAt', message: 'is in the past' }],
  });
}

/** The oldest first. */
export async function listTokens(
  { tokens }: Pick<ManageTokensDeps, 'tokens'>,
  { tenant }: Principal,
  { limit, cursor }: PageQuery,
): Promise<{ items: ApiToken[]; nextCursor: string | null }> {
  const from = decodeCursor('tokens', cursor)?.tokens;
  const { entries, next } = await tokens.list({ tenant, limit, ...(from ? { from } : {}) });
  return { items: entries, nextCursor: next === undefined ? null : encodeCursor('tokens', { tokens: next }) };
}

/** Also one's own. From now on it is worth nothing. */
export async function revokeToken(
  { tokens }: Pick<ManageTokensDeps, 'tokens'>,
  { tenant }: Principal,
  id: string,
): Promise<void> {
  if (await tokens.remove(id, tenant)) return;
  throw new SchedulerError('not-found', `There is no token ${id}`, { resource: 'token', id });
}
