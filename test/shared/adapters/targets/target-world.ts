import type { Resolve } from '../../../../shared/adapters/targets/http-exchange.ts';
import { makeHttpTarget } from '../../../../shared/adapters/targets/http-target.ts';
import { makeSenders } from '../../../../shared/adapters/targets/senders.ts';
import { makeTargetRunner } from '../../../../shared/adapters/targets/target-runner.ts';
import { parseTargetSecret } from '../../../../shared/adapters/targets/target-secret.ts';
import { type AllowedTargets, NO_TARGETS } from '../../../../shared/domain/allowed-targets.ts';
import type { HttpTarget, Target } from '../../../../shared/domain/target.ts';
import type { HandlerRequest, HandlerResult } from '../../../../shared/ports.ts';

export const NOW_MS = Date.UTC(2026, 10, 21, 9, 0, 0, 250);
export const SIGNING_SECRET = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:signing-AbCdEf';
export const OWN_SECRET = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:own-AbCdEf';
export const SIGNING_KEY = Buffer.alloc(33, 'deployment').toString('base64');

export const execution: HandlerRequest['execution'] = {
  id: 'job~001795251600000',
  idempotencyKey: 'job/2026-11-21T09:00:00.000Z',
  taskId: 'job',
  taskName: 'Job',
  tenant: 'root',
  attempt: 2,
  maxAttempts: 6,
  scheduledAt: '2026-11-21T09:00:00.000Z',
  trigger: 'schedule',
  queue: 'default',
};
export const request = (over: Partial<HandlerRequest> = {}): HandlerRequest => ({
  handler: 'target:http',
  payload: { to: 'a@b.c' },
  task: { id: 'job', name: 'Job', handler: 'target:http', queue: 'default', tags: [], timeoutSeconds: 60 },
  execution,
  timeoutMs: 20_000,
  ...over,
});

export interface HttpWorldOptions {
  hosts?: string[];
  loopback?: boolean;
  allowPrivate?: boolean;
  secrets?: Record<string, string>;
  resolve?: Resolve;
  ca?: string;
}

/** The HTTP target behind its runner, with a clock that stands and secrets of the test's own. */
export function httpWorld(options: HttpWorldOptions = {}) {
  const allowed: AllowedTargets = {
    ...NO_TARGETS,
    loopback: options.loopback ?? true,
    http: {
      hosts: options.hosts ?? ['127.0.0.1:*', 'localhost:*', '[::1]:*'],
      allowPrivate: options.allowPrivate ?? false,
      secretArns: [OWN_SECRET],
    },
  };
  const texts: Record<string, string> = { [SIGNING_SECRET]: SIGNING_KEY, ...options.secrets };
  const http = makeHttpTarget({
    clock: { nowMs: () => NOW_MS },
    secrets: async (arn) => parseTargetSecret(texts[arn] ?? ''),
    signingSecretArn: SIGNING_SECRET,
    userAgent: 'escapement',
    ...(options.resolve && { resolve: options.resolve }),
    ...(options.ca !== undefined && { ca: options.ca }),
  });
  const clock = { nowMs: () => NOW_MS, monotonicMs: () => 0 };
  const senders = { ...makeSenders({ clock, signingSecretArn: SIGNING_SECRET }), http: async () => http };
  const runner = makeTargetRunner({ allowed, senders });
  return {
    runner,
    send: (
      url: string,
      over: Partial<HttpTarget> = {},
      how: Partial<HandlerRequest> = {},
    ): Promise<HandlerResult> =>
      runner.run(request(how), { type: 'http', url, method: 'POST', headers: {}, ...over }),
  };
}

/** The runner with the real senders. */
export const awsRunner = (allowed: Partial<AllowedTargets>) => {
  const clock = { nowMs: () => NOW_MS, monotonicMs: () => 0 };
  const runner = makeTargetRunner({
    allowed: { ...NO_TARGETS, ...allowed },
    senders: makeSenders({ clock, signingSecretArn: SIGNING_SECRET }),
  });
  return (target: Target, how: Partial<HandlerRequest> = {}) => runner.run(request(how), target);
};
