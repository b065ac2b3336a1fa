import type { ExecutionKey } from '../../domain/execution.ts';
import { SLOT_LOOK_MIN_MS } from '../../domain/limits.ts';
import { planStart } from '../../domain/rate-limit.ts';
import { slotName } from '../../domain/semaphore.ts';
import type { RateCap } from '../../domain/task.ts';
import { type EpochMs, SECOND_MS } from '../../domain/time.ts';
import type { RateLogs } from '../../flow-ports.ts';
import type { Clock } from '../../ports.ts';

const TRIES = 8;

export interface StartPermit {
  /** When the attempt may begin. */
  at: EpochMs;
  /** Given just now. */
  isNew: boolean;
}

interface Deps {
  rates: RateLogs;
  clock: Clock;
}

/**
 * One instant that suits every limit: looks at all before it takes anything, so that nothing is taken of one limit
 * while another makes the run wait. Dying afterwards wastes a start at most.
 */
export async function reserveStart(
  deps: Deps,
  { key, attempt }: { key: ExecutionKey; attempt: number },
  caps: RateCap[],
): Promise<StartPermit> {
  const nowMs = deps.clock.nowMs();
  const name = `${slotName(key)}@${attempt}`;
  const permit: StartPermit = { at: nowMs, isNew: false };
  if (caps.length > 1) {
    for (const cap of caps) {
      const seen = await deps.rates.read({ tenant: key.tenant, key: cap.key });
      permit.at = Math.max(permit.at, planStart(seen, { ...planOf(cap, name, nowMs), notBefore: nowMs }).at);
    }
  }
  for (const cap of caps) {
    const { at, isNew } = await reserveOne(deps, key.tenant, cap, name, permit.at);
    permit.at = Math.max(permit.at, at);
    permit.isNew ||= isNew;
  }
  return permit;
}

async function reserveOne(
  { rates, clock }: Deps,
  tenant: string,
  cap: RateCap,
  name: string,
  notBefore: EpochMs,
): Promise<StartPermit> {
  const rate = { tenant, key: cap.key };
  let seen = await rates.read(rate);
  for (let tries = 0; tries < TRIES; tries++) {
    const nowMs = clock.nowMs();
    const plan = planStart(seen, { ...planOf(cap, name, nowMs), notBefore: Math.max(notBefore, nowMs) });
    if (plan.next === undefined) return { at: plan.at, isNew: false };
    const outcome = await rates.write(rate, seen, plan.next);
    if (outcome.ok) return { at: plan.at, isNew: true };
    seen = outcome.existing;
  }
  return { at: clock.nowMs() + SLOT_LOOK_MIN_MS, isNew: true };
}

const planOf = ({ limit, perSeconds }: RateCap, name: string, nowMs: EpochMs) => ({
  name,
  limit,
  periodMs: perSeconds * SECOND_MS,
  nowMs,
});
