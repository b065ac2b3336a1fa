import { createHash } from 'node:crypto';
import type { AllowedTargets } from '../../domain/allowed-targets.ts';
import type { HandlerRequest, HandlerResult } from '../../ports.ts';

/** One attempt at a target. */
export interface TargetCall {
  request: HandlerRequest;
  /** The run's envelope as JSON. */
  body: string;
  allowed: AllowedTargets;
  /** Aborts at the deadline and on cancel. */
  signal: AbortSignal;
}

/** May reject: the runner makes a failure of it. */
export type Send<T> = (target: T, call: TargetCall) => Promise<HandlerResult>;

/** The run's idempotency key where a service limits characters: the same for every attempt, unlike that of any other run. */
export const shortKey = ({ execution: { tenant, idempotencyKey } }: HandlerRequest): string =>
  createHash('sha256').update(`${tenant}/${idempotencyKey}`).digest('hex');

/** One client per region, made when it is first needed. */
export function perRegion<C>(make: (region: string) => C): (arn: string) => C {
  const clients = new Map<string, C>();
  return (arn) => {
    const region = arn.split(':')[3] ?? '';
    const client = clients.get(region) ?? make(region);
    clients.set(region, client);
    return client;
  };
}
