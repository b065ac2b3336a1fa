import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { FetchError } from 'aws-jwt-verify/error';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeAuthorizer } from '../../functions/authorizer-handler.ts';
import { makeJwtClaims } from '../../shared/adapters/oidc/jwt-claims.ts';
import type { ClaimRules } from '../../shared/contract/oidc.ts';
import { oidcVerifier } from '../../shared/usecases/authenticate.ts';
import { principalOfClaims } from '../../shared/usecases/credentials/principal-of-claims.ts';
import { makeHandClock } from '../support/memory-clock.ts';

const ISSUER = 'https://id.example.com';
const RULES: ClaimRules = {
  tenantClaim: 'tenant',
  roleClaim: 'role',
  roles: { viewer: 'viewer', operator: 'operator', admin: 'admin' },
};
const makeKey = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
const [OURS, FOREIGN] = [makeKey(), makeKey()];

const part = (value: object | string) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const now = () => Math.floor(Date.now() / 1_000);
const CLAIMS = { iss: ISSUER, aud: 'jobs', sub: 'ada', tenant: 'acme', role: 'operator' };

function jwt(over: object = {}, { header = {}, key = OURS.privateKey } = {}): string {
  const body = { ...CLAIMS, iat: now(), exp: now() + 600, ...over };
  const signed = `${part({ alg: 'RS256', typ: 'JWT', kid: 'k1', ...header })}.${part(body)}`;
  return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), createPrivateKey(key.export({ type: 'pkcs8', format: 'pem' }))).toString('base64url')}`;
}

/** An issuer that serves its description and its keys, or does not answer. */
function makeWorld({ rules = RULES, describes = ISSUER, jwksUri }: WorldOptions = {}) {
  const issuer = { away: false, keys: { k1: OURS } as Record<string, typeof OURS> };
  const fetched: string[] = [];
  const pages: Record<string, () => object> = {
    [`${ISSUER}/.well-known/openid-configuration`]: () => ({ issuer: describes, jwks_uri: `${ISSUER}/keys` }),
    [`${ISSUER}/keys`]: () => ({
      keys: Object.entries(issuer.keys).map(([kid, { publicKey }]) => ({
        ...publicKey.export({ format: 'jwk' }),
        kid,
        alg: 'RS256',
        use: 'sig',
      })),
    }),
  };
  const fetcher = {
    fetch: async (uri: string) => {
      fetched.push(uri.slice(ISSUER.length));
      const page = pages[uri];
      if (issuer.away || !page) throw new FetchError(uri, 'away');
      const bytes = new TextEncoder().encode(JSON.stringify(page()));
      return bytes.buffer.slice(0, bytes.byteLength);
    },
  };
  const clock = makeHandClock(0);
  const warnings: unknown[] = [];
  const errors: unknown[] = [];
  const log = {
    debug() {},
    info() {},
    warn: (...line: unknown[]) => void warnings.push(line),
    error: (...line: unknown[]) => void errors.push(line),
  };
  const claims = makeJwtClaims(
    { issuer: ISSUER, audiences: ['jobs', 'ops'], jwksUri },
    { clock, log, fetcher },
  );
  const authorize = makeAuthorizer({ verifiers: [oidcVerifier(claims, rules)], log });
  const who = async (token: string) =>
    (await authorize({ headers: { authorization: `Bearer ${token}` } })).context;
  return { who, issuer, fetched, clock, warnings, errors };
}
interface WorldOptions {
  rules?: ClaimRules;
  describes?: string;
  jwksUri?: string;
}
const MINUTE_MS = 60_000;
const NOBODY = { authenticated: 'false' };
const ADA = { authenticated: 'true', tenant: 'acme', role: 'operator', actor: 'oidc:ada' };

describe('a JWT of the configured issuer', () => {
  it('lets in as tenant and role that its claims name, and keys are fetched once', async () => {
    const { who, fetched } = makeWorld();
    expect(await who(jwt())).toEqual(ADA);
    expect(await who(jwt({ aud: ['else', 'ops'] }))).toEqual(ADA);
    expect(fetched).toEqual(['/.well-known/openid-configuration', '/keys']);
  });

  it('is checked by the keys that the configuration names, without a question to the issuer', async () => {
    const { who, fetched } = makeWorld({ jwksUri: `${ISSUER}/keys`, describes: 'https://other.example.com' });
    expect(await who(jwt())).toEqual(ADA);
    expect(fetched).toEqual(['/keys']);
  });

  it('is not checked by the keys of an issuer that says to be another', async () => {
    const { who, errors } = makeWorld({ describes: 'https://other.example.com' });
    expect(await who(jwt())).toEqual({ ...NOBODY, unavailable: 'true' });
    expect(errors).toHaveLength(1);
  });

  it.each<[string, () => string]>([
    ['has expired', () => jwt({ exp: now() - 60 })],
    ['is not valid yet', () => jwt({ nbf: now() + 600 })],
    ['is of another issuer', () => jwt({ iss: 'https://other.example.com' })],
    ['is meant for somebody else', () => jwt({ aud: 'others' })],
    ['is meant for nobody', () => jwt({ aud: undefined })],
    ['is signed by another key', () => jwt({}, { key: FOREIGN.privateKey })],
    ['names a key that there is not', () => jwt({}, { header: { kid: 'k2' } })],
    ['is not signed', () => `${part({ alg: 'none', kid: 'k1' })}.${part({ ...CLAIMS, exp: now() + 60 })}.`],
    ['claims another algorithm', () => jwt({}, { header: { alg: 'HS256' } })],
    [
      'was changed',
      () => jwt().replace(/\.[^.]+\./, `.${part({ ...CLAIMS, role: 'admin', exp: now() + 60 })}.`),
    ],
    ['is none', () => 'a.b.c'],
    ['is no JSON', () => `${part('x')}.${part('y')}.${part('z')}`],
    ['names no tenant', () => jwt({ tenant: undefined })],
    ['names a tenant that cannot be', () => jwt({ tenant: 'a#b' })],
    ['names no role', () => jwt({ role: undefined })],
    ['names an unknown role', () => jwt({ role: 'constructor' })],
    ['names no subject', () => jwt({ sub: undefined })],
  ])('lets nobody in that %s', async (_, token) => {
    expect(await makeWorld().who(token())).toEqual(NOBODY);
  });

  it('cannot be checked while keys cannot be fetched, which is said', async () => {
    const { who, issuer, errors } = makeWorld();
    issuer.away = true;
    expect(await who(jwt())).toEqual({ ...NOBODY, unavailable: 'true' });
    expect(JSON.stringify(errors)).toContain('credentials cannot be checked');
    issuer.away = false;
    expect(await who(jwt())).toEqual(ADA);
  });

  it('goes on being checked by the keys that are known while the issuer is away', async () => {
    const { who, issuer, clock, warnings, fetched } = makeWorld();
    await who(jwt());
    issuer.away = true;
    await clock.advance(15 * MINUTE_MS);
    expect(await who(jwt())).toEqual(ADA);
    expect(JSON.stringify(warnings)).toContain('the ones known go on');
    const asked = fetched.length;
    expect(await who(jwt())).toEqual(ADA);
    expect(fetched).toHaveLength(asked);
    expect(await who(jwt({}, { header: { kid: 'k2' } }))).toEqual({ ...NOBODY, unavailable: 'true' });
  });

  it('may be signed by a new key at once, and by one that was taken back no longer than a quarter of an hour', async () => {
    const { who, issuer, clock } = makeWorld();
    const byNew = () => jwt({}, { header: { kid: 'k2' }, key: FOREIGN.privateKey });
    expect(await who(jwt())).toEqual(ADA);
    issuer.keys = { k1: OURS, k2: FOREIGN };
    expect(await who(byNew())).toEqual(ADA);
    issuer.keys = { k2: FOREIGN };
    await clock.advance(15 * MINUTE_MS);
    expect(await who(jwt())).toEqual(NOBODY);
    expect(await who(byNew())).toEqual(ADA);
  });
});

describe('claims', () => {
  const of = (claims: object, rules: Partial<ClaimRules> = {}) =>
    principalOfClaims({ sub: 'ada', tenant: 'acme', role: 'viewer', ...claims }, { ...RULES, ...rules });

  it('may stand under a name with dots, or inside of others', () => {
    const rules = { tenantClaim: 'https://example.com/org', roleClaim: 'realm_access.roles' };
    const claims = {
      'https://example.com/org': 'b',
      realm_access: { roles: ['x', 'viewer', 'admin', 'operator'] },
    };
    expect(of(claims, rules)).toEqual({ tenant: 'b', role: 'admin', actor: 'oidc:ada' });
  });

  it('that are missing may be given by the configuration: the tenant, never the role', () => {
    expect(of({ tenant: undefined }, { tenant: 'root' })).toMatchObject({ tenant: 'root' });
    expect(of({ tenant: 7 }, { tenant: 'root' })).toBeUndefined();
    expect(of({ role: undefined }, { tenant: 'root' })).toBeUndefined();
  });

  it('count only as what the configuration says that they mean', () => {
    const rules = { roles: { platform: 'admin' } } as const;
    expect(of({ role: 'admin' }, rules)).toBeUndefined();
    expect(of({ role: 'platform' }, rules)).toMatchObject({ role: 'admin' });
  });

  it('of any kind never give more than the rules hold', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue(), (rest, role) => {
        const rules = { roles: { a: 'viewer', b: 'operator' } } as const;
        expect(of({ ...rest, role }, rules)?.role).not.toBe('admin');
      }),
    );
  });
});
