import type { TenantStore } from '../access-ports.ts';
import { SchedulerError } from '../domain/errors.ts';
import { type Principal, ROOT } from '../domain/principal.ts';
import { MINUTE_MS, SECOND_MS } from '../domain/time.ts';
import type { Clock } from '../ports.ts';

export interface AdmitDeps {
  tenants: TenantStore;
  clock: Clock;
}

/** Whether there is such a tenant; throws when it has sent as many requests in this minute as it may. */
export async function admit({ tenants, clock }: AdmitDeps, { tenant }: Principal): Promise<boolean> {
  if (tenant === ROOT) return true;
  const known = await tenants.read(tenant);
  if (!known) return false;
  const { ratePerMinute } = known;
  if (ratePerMinute === undefined) return true;
  const nowMs = clock.nowMs();
  const minute = Math.floor(nowMs / MINUTE_MS);
  if (await tenants.countRequest(tenant, minute, ratePerMinute)) return true;
  const message = `The tenant has sent its ${ratePerMinute} requests of this minute`;
  throw new SchedulerError('limit-reached', message, {
    limit: 'ratePerMinute',
    retryAfterSeconds: Math.ceil(((minute + 1) * MINUTE_MS - nowMs) / SECOND_MS),
  });
}
