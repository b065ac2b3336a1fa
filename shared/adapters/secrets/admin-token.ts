import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { jsonOrUndefined } from '../../domain/json.ts';
import { SECOND_MS } from '../../domain/time.ts';
import type { Clock } from '../../ports.ts';

/** A rotated secret is known this much later at the latest. */
const CACHED_MS = 60 * SECOND_MS;

const SecretSchema = z.union([
  z.object({ token: z.string().min(1), id: z.string().min(1).default('admin') }),
  z
    .object({ id: z.string().min(1), secret: z.string().min(1) })
    .transform(({ id, secret }) => ({ id, token: `esc_${id}_${secret}` })),
]);
type AdminToken = z.output<typeof SecretSchema>;

/**
 * The administrator's token out of its secret. While Secrets Manager is away the one read last goes on being
 * valid; with none to go by it rejects.
 */
export function makeAdminTokenSource(
  client: SecretsManagerClient,
  secretArn: string,
  clock: Pick<Clock, 'monotonicMs'>,
): () => Promise<AdminToken> {
  let known: { token: AdminToken; readMs: number } | undefined;
  return async () => {
    const nowMs = clock.monotonicMs();
    if (known && nowMs - known.readMs < CACHED_MS) return known.token;
    try {
      known = { token: await read(client, secretArn), readMs: nowMs };
    } catch (error) {
      if (!known) throw error;
    }
    return known.token;
  };
}

async function read(client: SecretsManagerClient, secretArn: string): Promise<AdminToken> {
  const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: secretArn }));
  const parsed = SecretSchema.safeParse(jsonOrUndefined(SecretString));
  // The value stays out of the message, whatever it is.
  if (!parsed.success) throw new Error('The admin secret must be JSON with {"id","secret"} or {"token"}');
  return parsed.data;
}
