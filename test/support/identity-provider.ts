import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selfSigned } from './self-signed.ts';

/** An OpenID Connect issuer on this machine, over TLS, with keys that can be turned and an outage that can be had. */
export interface IdentityProvider {
  issuer: string;
  /** For NODE_EXTRA_CA_CERTS. */
  certificateFile: string;
  /** What it was asked for. */
  asked: string[];
  /** Refuses connections' requests from now on, or answers again. */
  away(isAway: boolean): void;
  /** Serves this key from now on, and no other if `only`. */
  turn(key: SigningKey, only?: boolean): void;
  close(): Promise<void>;
}

export interface SigningKey {
  kid: string;
  alg: 'RS256' | 'ES256';
  publicKey: KeyObject;
  privateKey: KeyObject;
}

export const rsaKey = (kid: string): SigningKey => ({
  kid,
  alg: 'RS256',
  ...generateKeyPairSync('rsa', { modulusLength: 2048 }),
});
export const ecKey = (kid: string): SigningKey => ({
  kid,
  alg: 'ES256',
  ...generateKeyPairSync('ec', { namedCurve: 'P-256' }),
});

/** What a provider has besides its keys, where people log in at it. */
export interface LoginEndpoints {
  /** Added to what discovery says. */
  discovery(issuer: string): object;
  /** False: it is none of theirs. */
  answer(request: IncomingMessage, response: ServerResponse): boolean;
}

export async function openIdentityProvider(
  first: SigningKey,
  login?: LoginEndpoints,
): Promise<IdentityProvider> {
  const folder = mkdtempSync(join(tmpdir(), 'escapement-issuer-'));
  const tls = selfSigned('localhost');
  const certificateFile = join(folder, 'ca.pem');
  writeFileSync(certificateFile, tls.cert);
  let keys = [first];
  let isAway = false;
  const asked: string[] = [];
  const server = createServer(tls, (request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    if (isAway) return void request.socket.destroy();
    if (login?.answer(request, response)) return;
    const page = pages[path];
    response.writeHead(page ? 200 : 404, {
      'content-type': 'application/json',
      'access-control-allow-origin': '*',
      connection: 'close',
    });
    response.end(JSON.stringify(page?.() ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const address = server.address();
  const issuer = `https://localhost:${typeof address === 'object' ? address?.port : ''}`;
  const pages: Record<string, () => object> = {
    '/.well-known/openid-configuration': () => ({
      issuer,
      jwks_uri: `${issuer}/oauth/keys`,
      ...login?.discovery(issuer),
    }),
    '/oauth/keys': () => ({
      keys: keys.map(({ kid, alg, publicKey }) => ({
        ...publicKey.export({ format: 'jwk' }),
        kid,
        alg,
        use: 'sig',
      })),
    }),
  };
  return {
    issuer,
    certificateFile,
    asked,
    away: (now) => {
      isAway = now;
    },
    turn: (key, only = false) => {
      keys = only ? [key] : [...keys, key];
    },
    close: async () => {
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A JWT, signed as its header says or as somebody would who means no good. */
export function jwt(
  claims: object,
  { kid, alg, privateKey, publicKey }: SigningKey,
  by: 'key' | 'nobody' | 'public key as a password' = 'key',
): string {
  const header = { key: alg, nobody: 'none', 'public key as a password': 'HS256' }[by];
  const signed = `${part({ alg: header, typ: 'JWT', kid })}.${part(claims)}`;
  if (by === 'nobody') return `${signed}.`;
  if (by === 'key') {
    const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' });
    return `${signed}.${signature.toString('base64url')}`;
  }
  const password = publicKey.export({ type: 'spki', format: 'pem' });
  return `${signed}.${createHmac('sha256', password).update(signed).digest('base64url')}`;
}
