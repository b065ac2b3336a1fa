import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { makeTokenStore } from '../shared/adapters/dynamodb/token-store.ts';
import { makeJwtClaims } from '../shared/adapters/oidc/jwt-claims.ts';
import { makeAdminTokenSource } from '../shared/adapters/secrets/admin-token.ts';
import { systemClock } from '../shared/adapters/system/clock.ts';
import { makeLog } from '../shared/adapters/system/log.ts';
import { adminVerifier, oidcVerifier, tokenVerifier } from '../shared/usecases/authenticate.ts';
import { readEnv } from './env.ts';
import { logger, table } from './runtime.ts';

export function authorizerRuntime() {
  const env = readEnv(['ESCAPEMENT_TABLE', 'ESCAPEMENT_ADMIN_TOKEN_SECRET_ARN', 'ESCAPEMENT_OIDC']);
  const adminToken = makeAdminTokenSource(
    new SecretsManagerClient({}),
    env.ESCAPEMENT_ADMIN_TOKEN_SECRET_ARN,
    systemClock,
  );
  const log = makeLog(logger);
  const tokens = makeTokenStore(table(env.ESCAPEMENT_TABLE));
  // A token of ours is found without the administrator's secret, and that one without the table.
  const oidc = env.ESCAPEMENT_OIDC;
  const verifiers = [
    tokenVerifier({ tokens, clock: systemClock, log }),
    ...(oidc ? [oidcVerifier(makeJwtClaims(oidc, { clock: systemClock, log }), oidc)] : []),
    adminVerifier(adminToken),
  ];
  return { log, verifiers };
}
