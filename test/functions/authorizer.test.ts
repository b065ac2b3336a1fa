import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeAuthorizer } from '../../functions/authorizer-handler.ts';
import { makeAdminTokenSource } from '../../shared/adapters/secrets/admin-token.ts';
import type { Log } from '../../shared/ports.ts';
import { adminVerifier } from '../../shared/usecases/authenticate.ts';
import { makeHandClock } from '../support/memory-clock.ts';

const secrets = mockClient(SecretsManagerClient);
beforeEach(() => {
  secrets.reset();
  stores({ id: 'admin', secret: 'correct-horse-battery' });
});
afterEach(() => vi.restoreAllMocks());
const stores = (value: unknown) =>
  secrets.on(GetSecretValueCommand).resolves({ SecretString: JSON.stringify(value) });

const silent: Log = { debug() {}, info() {}, warn() {}, error() {} };
const TOKEN = 'esc_admin_correct-horse-battery';

function makeWorld() {
  const clock = makeHandClock(0);
  const source = makeAdminTokenSource(new SecretsManagerClient({}), 'arn', clock);
  const authorize = makeAuthorizer({ verifiers: [adminVerifier(source)], log: silent });
  const ask = async (authorization?: string, name = 'authorization') =>
    (await authorize({ headers: authorization === undefined ? {} : { [name]: authorization } })).context;
  return { clock, authorize, ask };
}
const ADMIN = { authenticated: 'true', tenant: 'root', role: 'admin', actor: 'token:admin' };

describe('the authorizer', () => {
  it('names the bearer of the admin token', async () => {
    const { ask } = makeWorld();
    expect(await ask(`Bearer ${TOKEN}`)).toEqual(ADMIN);
    expect(await ask(`bearer  ${TOKEN}`, 'Authorization')).toEqual(ADMIN);
  });
  it.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    TOKEN,
    `Basic ${TOKEN}`,
    `Bearer ${TOKEN}x`,
    `Bearer ${TOKEN.slice(0, -1)}`,
    `Bearer ${TOKEN} ${TOKEN}`,
    `Bearer ${TOKEN},Bearer x`,
    `Bearer ${'x'.repeat(5_000)}`,
    'Bearer esc_admin_',
  ])('lets everybody else pass as nobody: %j', async (authorization) => {
    const { authorize, ask } = makeWorld();
    expect(await ask(authorization)).toEqual({ authenticated: 'false' });
    expect((await authorize({})).isAuthorized).toBe(true);
  });
  it('takes a whole token of the user’s own', async () => {
    stores({ token: 'my-token' });
    expect(await makeWorld().ask('Bearer my-token')).toEqual(ADMIN);
  });
  it('reads the secret once a minute, and so knows a rotated one', async () => {
    const { ask, clock } = makeWorld();
    await ask(`Bearer ${TOKEN}`);
    stores({ id: 'admin', secret: 'another-one-entirely' });
    await clock.advance(59_000);
    expect(await ask(`Bearer ${TOKEN}`)).toEqual(ADMIN);
    expect(secrets.commandCalls(GetSecretValueCommand)).toHaveLength(1);
    await clock.advance(2_000);
    expect(await ask(`Bearer ${TOKEN}`)).toEqual({ authenticated: 'false' });
    expect(await ask('Bearer esc_admin_another-one-entirely')).toEqual(ADMIN);
  });
  it('goes on with what it knows while Secrets Manager is away, and says so when it knows nothing', async () => {
    const { ask, clock } = makeWorld();
    await ask(`Bearer ${TOKEN}`);
    secrets.on(GetSecretValueCommand).rejects(new Error('away'));
    await clock.advance(61_000);
    expect(await ask(`Bearer ${TOKEN}`)).toEqual(ADMIN);
    expect(await makeWorld().ask(`Bearer ${TOKEN}`)).toEqual({ authenticated: 'false', unavailable: 'true' });
  });
  it('never lets a secret that is none become a token', async () => {
    stores({ id: 'admin' });
    expect(await makeWorld().ask('Bearer esc_admin_undefined')).toMatchObject({ authenticated: 'false' });
  });
});
