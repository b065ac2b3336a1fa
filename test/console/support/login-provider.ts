import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { type IdentityProvider, jwt, openIdentityProvider, rsaKey } from '../../support/identity-provider.ts';

export const CLIENT_ID = 'console';
const KEY = rsaKey('k1');

export interface LoginProvider extends IdentityProvider {
  /** The next login is refused, as when somebody closes the form. */
  refuseNext(): void;
}

/** A provider at which people log in by authorization code with PKCE: whoever comes is the person with these claims. */
export async function openLoginProvider(claims: object): Promise<LoginProvider> {
  const challenges = new Map<string, string>();
  let refuses = false;

  function authorize(query: URLSearchParams, response: ServerResponse): void {
    const back = new URL(query.get('redirect_uri') ?? '');
    const isRight =
      query.get('client_id') === CLIENT_ID &&
      query.get('response_type') === 'code' &&
      query.get('code_challenge_method') === 'S256';
    const code = randomUUID();
    challenges.set(code, query.get('code_challenge') ?? '');
    const result = refuses || !isRight ? { error: 'access_denied' } : { code };
    refuses = false;
    for (const [name, value] of Object.entries({ ...result, state: query.get('state') ?? '' }))
      back.searchParams.set(name, value);
    response.writeHead(302, { location: back.href }).end();
  }

  async function token(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = new URLSearchParams(await text(request));
    const code = form.get('code') ?? '';
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const isRight = challenges.get(code) === challenge;
    challenges.delete(code);
    const now = Math.floor(Date.now() / 1_000);
    const body = isRight
      ? {
          access_token: 'opaque',
          token_type: 'Bearer',
          expires_in: 600,
          id_token: jwt({ iss: provider.issuer, aud: CLIENT_ID, iat: now, exp: now + 600, ...claims }, KEY),
        }
      : { error: 'invalid_grant' };
    response
      .writeHead(isRight ? 200 : 400, {
        'content-type': 'application/json',
        'access-control-allow-origin': '*',
      })
      .end(JSON.stringify(body));
  }

  const provider = await openIdentityProvider(KEY, {
    discovery: (issuer) => ({
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
    }),
    answer(request, response) {
      const { pathname, searchParams } = new URL(request.url ?? '', 'https://localhost');
      if (pathname === '/authorize') authorize(searchParams, response);
      else if (pathname === '/token') void token(request, response);
      else return false;
      return true;
    },
  });
  return Object.assign(provider, {
    refuseNext: () => {
      refuses = true;
    },
  });
}
