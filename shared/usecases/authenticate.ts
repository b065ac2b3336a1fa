import { timingSafeEqual } from 'node:crypto';
import type { TokenStore } from '../access-ports.ts';
import type { ClaimRules } from '../contract/oidc.ts';
import { parseToken } from '../domain/api-token.ts';
import { TOKEN_USE_STEP_MS } from '../domain/limits.ts';
import { type Principal, ROOT } from '../domain/principal.ts';
import type { Clock, Log } from '../ports.ts';
import { hashOf } from './credentials/hash.ts';
import { principalOfClaims } from './credentials/principal-of-claims.ts';

/** One kind of credential. undefined: not of this kind, or not valid. Rejects when it cannot tell. */
export type Verifier = (token: string) => Promise<Principal | undefined>;

const BEARER = /^Bearer +([\x21-\x7e]{1,8192})$/i;

/** Who sends this Authorization header; undefined for nobody that we know. */
export async function authenticate(
  verifiers: readonly Verifier[],
  authorization: string | undefined,
): Promise<Principal | undefined> {
  const token = BEARER.exec(authorization?.trim() ?? '')?.[1];
  if (token === undefined) return undefined;
  for (const verify of verifiers) {
    const principal = await verify(token);
    if (principal) return principal;
  }
  return undefined;
}

export interface AdminToken {
  id: string;
  token: string;
}

/** The token that a deployment is born with: admin of the tenant `root`. */
export const adminVerifier =
  (current: () => Promise<AdminToken>): Verifier =>
  async (given) => {
    const { id, token } = await current();
    return sameSecret(given, token) ? { tenant: ROOT, role: 'admin', actor: `token:${id}` } : undefined;
  };

interface TokenDeps {
  tokens: Pick<TokenStore, 'read' | 'used'>;
  clock: Pick<Clock, 'nowMs'>;
  log: Log;
}

const NO_HASH = '0'.repeat(64);

/** API tokens. Read anew for every request: one that is revoked is worth nothing from then on. */
export const tokenVerifier =
  ({ tokens, clock, log }: TokenDeps): Verifier =>
  async (given) => {
    const { id, secret } = parseToken(given) ?? {};
    if (id === undefined || secret === undefined) return undefined;
    const token = await tokens.read(id);
    const nowMs = clock.nowMs();
    // Compared in any case: an id that there is not is no faster than a wrong secret.
    const isIts = timingSafeEqual(Buffer.from(token?.hash ?? NO_HASH), Buffer.from(hashOf(secret)));
    if (!token || !isIts) return undefined;
    if (token.expiresAt !== undefined && token.expiresAt <= nowMs) return undefined;
    const unlessSince = nowMs - TOKEN_USE_STEP_MS;
    if ((token.lastUsedAt ?? 0) <= unlessSince) {
      // Good to know, and no reason to turn anybody away.
      await tokens.used(id, nowMs, unlessSince).catch((error) => {
        log.warn('use of a token not written down', { token: id, error: String(error) });
      });
    }
    return { tenant: token.tenant, role: token.role, actor: `token:${id}` };
  };

const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** Tokens of an identity provider: who signed it is checked by `claimsOf`, who that is by the rules. */
export const oidcVerifier =
  (claimsOf: (token: string) => Promise<Record<string, unknown> | undefined>, rules: ClaimRules): Verifier =>
  async (given) => {
    const claims = JWT.test(given) ? await claimsOf(given) : undefined;
    return claims && principalOfClaims(claims, rules);
  };

/** Hashes have one length and tell nothing of what they are made of, so neither does the time that this takes. */
const sameSecret = (a: string, b: string): boolean =>
  timingSafeEqual(Buffer.from(hashOf(a)), Buffer.from(hashOf(b)));
