import { JwtVerifier } from 'aws-jwt-verify';
import { FetchError, JwtBaseError } from 'aws-jwt-verify/error';
import type { JwksCache } from 'aws-jwt-verify/jwk';

export interface Issuer {
  issuer: string;
  audiences: readonly string[];
  /** Absent: where issuers keep it, under /.well-known/jwks.json. */
  jwksUri?: string | undefined;
}

/**
 * The claims of a JWT that this issuer signed for one of these audiences, and that is valid now; undefined for any
 * other. Keys are fetched once, and again when a token names a new one. Rejects while they cannot be fetched.
 */
export function makeJwtClaims(
  { issuer, audiences, jwksUri }: Issuer,
  jwksCache?: JwksCache,
): (token: string) => Promise<Record<string, unknown> | undefined> {
  const settings = { issuer, audience: [...audiences], ...(jwksUri !== undefined && { jwksUri }) };
  const verifier = JwtVerifier.create(settings, ...(jwksCache ? [{ jwksCache }] : []));
  return async (token) => {
    try {
      return { ...(await verifier.verify(token)) };
    } catch (error) {
      if (error instanceof FetchError || !(error instanceof JwtBaseError)) throw error;
      return undefined;
    }
  };
}
