import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { headerProblem } from '../../domain/http-header.ts';
import { jsonOrUndefined } from '../../domain/json.ts';
import { SECOND_MS } from '../../domain/time.ts';
import type { Clock } from '../../ports.ts';
import { perRegion } from './call.ts';

/** What a secret of Secrets Manager holds for HTTP targets. */
export interface TargetSecret {
  /** Standard Webhooks keys, base64 with or without `whsec_`; several while one takes the place of another. */
  signingKeys: string[];
  headers: Record<string, string>;
}

/** Its text stays out of every message. */
export class TargetSecretError extends Error {
  override name = 'SecretInvalid';
}

/** A changed secret is known this much later at the latest. */
const CACHED_MS = 60 * SECOND_MS;

/** 24 to 64 bytes, as the specification asks for. */
const KEY = /^(?:whsec_)?[A-Za-z0-9+/]{32,86}={0,2}$/;
const Key = z.string().regex(KEY);
const SecretSchema = z.strictObject({
  signingKey: z.union([Key.transform((key) => [key]), z.array(Key).min(1).max(4)]).optional(),
  headers: z
    .record(z.string(), z.string())
    .refine((headers) =>
      Object.entries(headers).every(([name, value]) => headerProblem(name, value, 'secret') === undefined),
    )
    .optional(),
});

export function parseTargetSecret(text: string): TargetSecret {
  const words = text.trim().split(/\s+/);
  if (words.every((word) => KEY.test(word))) return { signingKeys: words, headers: {} };
  const parsed = SecretSchema.safeParse(jsonOrUndefined(text));
  if (!parsed.success)
    throw new TargetSecretError(
      'The secret must be a signing key (base64 of 24 to 64 bytes), or JSON with {"signingKey"?, "headers"?}',
    );
  return { signingKeys: parsed.data.signingKey ?? [], headers: parsed.data.headers ?? {} };
}

export type ReadTargetSecret = (arn: string) => Promise<TargetSecret>;

/** While Secrets Manager is away the value read last goes on being valid; with none it rejects. */
export function makeTargetSecrets(clock: Pick<Clock, 'monotonicMs'>): ReadTargetSecret {
  const clientOf = perRegion((region) => new SecretsManagerClient({ region }));
  const known = new Map<string, { text: string; readMs: number }>();
  return async (arn) => {
    const cached = known.get(arn);
    const nowMs = clock.monotonicMs();
    if (cached && nowMs - cached.readMs < CACHED_MS) return parseTargetSecret(cached.text);
    try {
      const { SecretString: text = '' } = await clientOf(arn).send(
        new GetSecretValueCommand({ SecretId: arn }),
      );
      known.set(arn, { text, readMs: nowMs });
      return parseTargetSecret(text);
    } catch (error) {
      if (!cached || error instanceof TargetSecretError) throw error;
      return parseTargetSecret(cached.text);
    }
  };
}
