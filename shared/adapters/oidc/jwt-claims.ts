import { JwtVerifier } from 'aws-jwt-verify';
import { FetchError, JwtBaseError } from 'aws-jwt-verify/error';
import { type Fetcher, SimpleFetcher } from 'aws-jwt-verify/https';
import { SimpleJwksCache } from 'aws-jwt-verify/jwk';
import * as z from 'zod';
import { jsonOrUndefined } from '../../domain/json.ts';
import { MINUTE_MS, SECOND_MS } from '../../domain/time.ts';
import type { Clock, Log } from '../../ports.ts';

export interface Issuer {
  issuer: string;
  audiences: readonly string[];
  /** Absent: where the issuer's own description says (OpenID Connect Discovery). */
  jwksUri?: string | undefined;
}
export interface JwtClaimsDeps {
  clock: Pick<Clock, 'monotonicMs'>;
  log: Log;
  fetcher?: Fetcher;
}

/** A key that the issuer has taken back lets nobody in any more after so long. */
const KEYS_KNOWN_MS = 15 * MINUTE_MS;
/** Whoever is away is not asked with every request. */
const ASK_AGAIN_MS = 30 * SECOND_MS;
/** The clocks of two hosts are never the same. */
const GRACE_SECONDS = 5;

/**
 * The claims of a JWT that this issuer signed for one of these audiences, and that is valid now; undefined for any
 * other. Keys are fetched at the first token, when one names a new key, and every quarter of an hour; while the issuer
 * is away the ones known go on. Rejects as long as there are none.
 */
export function makeJwtClaims(
  { issuer, audiences, jwksUri }: Issuer,
  { clock, log, fetcher = new SimpleFetcher() }: JwtClaimsDeps,
): (token: string) => Promise<Record<string, unknown> | undefined> {
  const jwksCache = new SimpleJwksCache({ fetcher });
  let known: { verifier: ReturnType<typeof verifierFor>; untilMs: number } | undefined;

  const verifierFor = (uri: string) =>
    JwtVerifier.create(
      { issuer, audience: [...audiences], jwksUri: uri, graceSeconds: GRACE_SECONDS },
      { jwksCache },
    );

  async function read() {
    const uri = jwksUri ?? (await discovered(fetcher, issuer));
    await jwksCache.getJwks(uri);
    return { verifier: verifierFor(uri), untilMs: clock.monotonicMs() + KEYS_KNOWN_MS };
  }

  async function current() {
    if (known && clock.monotonicMs() < known.untilMs) return known.verifier;
    try {
      known = await read();
    } catch (error) {
      if (!known) throw error;
      log.warn('the keys of the identity provider are not to be had; the ones known go on', {
        issuer,
        error: String(error),
      });
      known.untilMs = clock.monotonicMs() + ASK_AGAIN_MS;
    }
    return known.verifier;
  }

  return async (token) => {
    const verifier = await current();
    try {
      return { ...(await verifier.verify(token)) };
    } catch (error) {
      if (error instanceof FetchError || !(error instanceof JwtBaseError)) throw error;
      return undefined;
    }
  };
}

const DescriptionSchema = z.object({ issuer: z.string(), jwks_uri: z.url({ protocol: /^https$/ }) });

/** Where the issuer says that its keys are. It must be the one that we asked, or anybody's keys would do. */
async function discovered(fetcher: Fetcher, issuer: string): Promise<string> {
  const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const text = new TextDecoder().decode(await fetcher.fetch(address));
  const description = DescriptionSchema.safeParse(jsonOrUndefined(text));
  if (description.success && description.data.issuer === issuer) return description.data.jwks_uri;
  throw new Error(`${address} does not describe ${issuer}`);
}
