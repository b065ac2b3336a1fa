import { createHash, timingSafeEqual } from 'node:crypto';
import type { Principal } from '../domain/principal.ts';

/** One kind of credential. undefined: not of this kind, or not valid. Rejects when it cannot tell. */
export type Verifier = (token: string) => Promise<Principal | undefined>;

const BEARER = /^Bearer +([\x21-\x7e]{1,4096})$/i;

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
    return sameSecret(given, token) ? { tenant: 'root', role: 'admin', actor: `token:${id}` } : undefined;
  };

/** Hashes have one length and tell nothing of what they are made of, so neither does the time that this takes. */
const sameSecret = (a: string, b: string): boolean => timingSafeEqual(sha256(a), sha256(b));
const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
