import { Webhook } from 'standardwebhooks';
import { isLoopbackTarget, secretArnOf } from '../../domain/allowed-targets.ts';
import type { HttpTarget } from '../../domain/target.ts';
import type { Clock } from '../../ports.ts';
import type { Send, TargetCall } from './call.ts';
import { failed, hopeless } from './failure.ts';
import { judged } from './http-answer.ts';
import { AddressRefusedError, exchange, type HttpReply, type Resolve } from './http-exchange.ts';
import { redactor } from './redact.ts';
import { type ReadTargetSecret, type TargetSecret, TargetSecretError } from './target-secret.ts';

const MAX_BODY_BYTES = 16 * 1024;

export interface HttpTargetOptions {
  clock: Pick<Clock, 'nowMs'>;
  secrets: ReadTargetSecret;
  /** Of the key that signs for targets which bring none of their own. */
  signingSecretArn: string;
  userAgent: string;
  resolve?: Resolve;
  ca?: string;
}

/** Sends the envelope as a webhook: standardwebhooks.com says how it is signed, docs/targets.md what an answer means. */
export function makeHttpTarget(options: HttpTargetOptions): Send<HttpTarget> {
  return async (target, call) => {
    const secret = await secretOf(target, call, options).catch((error: unknown) => {
      if (error instanceof TargetSecretError) return hopeless(error.name, error.message);
      throw error;
    });
    if ('kind' in secret) return secret;
    const redact = redactor([...Object.values(secret.headers), ...secret.signingKeys]);
    const reply = await send(target, call, secret, options).catch((error: unknown) => {
      if (error instanceof AddressRefusedError) return hopeless(error.name, error.message);
      return failed('ConnectionError', redact(reasonOf(error)));
    });
    return 'kind' in reply ? reply : judged(target, reply, options.clock.nowMs(), redact);
  };
}

/** The target's own secret, with the deployment's key where it brings none. */
async function secretOf(
  { secretId }: HttpTarget,
  { allowed }: TargetCall,
  { secrets, signingSecretArn }: HttpTargetOptions,
): Promise<TargetSecret> {
  const arn = secretId === undefined ? undefined : secretArnOf(secretId, allowed);
  const own = arn === undefined ? undefined : await secrets(arn);
  const signingKeys = own?.signingKeys.length
    ? own.signingKeys
    : (await secrets(signingSecretArn)).signingKeys;
  return { signingKeys, headers: own?.headers ?? {} };
}

function send(
  target: HttpTarget,
  { request, body: envelope, allowed, signal }: TargetCall,
  secret: TargetSecret,
  { clock, userAgent, resolve, ca }: HttpTargetOptions,
): Promise<HttpReply> {
  const url = new URL(target.url);
  const body = target.method === 'GET' ? '' : envelope;
  const headers = {
    'user-agent': userAgent,
    ...lowerCased(target.headers),
    ...lowerCased(secret.headers),
    // As it comes: what unpacks to a gigabyte is nobody's answer.
    'accept-encoding': 'identity',
    ...(target.method === 'GET'
      ? {}
      : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
    ...signature(request.execution.idempotencyKey, new Date(clock.nowMs()), body, secret.signingKeys),
  };
  const allowance = { private: allowed.http.allowPrivate, loopback: isLoopbackTarget(url, allowed) };
  return exchange(
    { url, method: target.method, headers, body: body === '' ? undefined : body },
    { allowance, signal, maxBodyBytes: MAX_BODY_BYTES, resolve, ca },
  );
}

function signature(id: string, at: Date, body: string, keys: string[]): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': keys.map((key) => new Webhook(key).sign(id, at, body)).join(' '),
  };
}

const lowerCased = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/** Node says of a connection that several addresses refused it, but in an error of errors. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
