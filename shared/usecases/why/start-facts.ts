import type { TenantStore } from '../../access-ports.ts';
import type { ExecutionKey } from '../../domain/execution.ts';
import { executionId } from '../../domain/occurrence.ts';
import { ROOT } from '../../domain/principal.ts';
import { controlOf, inForce, type QueueInForce, type QueueSettings } from '../../domain/queue-settings.ts';
import { planStart } from '../../domain/rate-limit.ts';
import { parseSlotName, slotName } from '../../domain/semaphore.ts';
import type { ConcurrencyCap, RateCap, Task } from '../../domain/task.ts';
import { TENANT_SEMAPHORE } from '../../domain/tenant.ts';
import { type EpochMs, SECOND_MS } from '../../domain/time.ts';
import { zoneOf } from '../../domain/why.ts';
import type { StartFacts } from '../../domain/why-start.ts';
import type { QueueControls, RateLogs, Semaphores } from '../../flow-ports.ts';
import type { QueueInspector } from '../../ports.ts';

export interface StartFactsDeps {
  semaphores: Semaphores;
  rates: RateLogs;
  tenants: TenantStore;
  queueControls: QueueControls;
  queueInspector: QueueInspector;
  queueDefaults: Readonly<Record<string, QueueSettings>>;
}

/** An attempt that is due and has not begun. */
export interface DueStart {
  task: Task;
  key: ExecutionKey;
  attempt: number;
  queue: string;
  dueAt: EpochMs;
  nowMs: EpochMs;
}

/** Looks and takes nothing: at the queue, and once at each cap, of which a task has few. */
export async function startFacts(deps: StartFactsDeps, due: DueStart): Promise<StartFacts> {
  const { definition } = due.task;
  const [settings, tenantCap] = await Promise.all([
    queueInForce(deps, due.queue),
    tenantCapOf(deps, due.key.tenant),
  ]);
  const [waitingMessages, caps, rates] = await Promise.all([
    settings === undefined || due.key.tenant !== ROOT ? undefined : deps.queueInspector.waiting(due.queue),
    Promise.all([...(definition.concurrency ?? []), ...tenantCap].map((cap) => capFacts(deps, due, cap))),
    Promise.all((definition.rateLimit ?? []).map((cap) => rateFacts(deps, due, cap))),
  ]);
  return {
    nowMs: due.nowMs,
    zone: zoneOf(definition.schedule),
    dueAt: due.dueAt,
    queue: { name: due.queue, settings, waitingMessages },
    caps,
    rates,
  };
}

async function queueInForce(deps: StartFactsDeps, name: string): Promise<QueueInForce | undefined> {
  const deployed = Object.hasOwn(deps.queueDefaults, name) ? deps.queueDefaults[name] : undefined;
  if (deployed === undefined) return undefined;
  return inForce(deployed, controlOf(await deps.queueControls.read(), name)?.overrides);
}

async function tenantCapOf({ tenants }: StartFactsDeps, tenant: string): Promise<ConcurrencyCap[]> {
  if (tenant === ROOT) return [];
  const limit = (await tenants.read(tenant))?.maxConcurrency;
  return limit === undefined ? [] : [{ key: TENANT_SEMAPHORE, limit }];
}

async function capFacts({ semaphores }: StartFactsDeps, { key, nowMs }: DueStart, cap: ConcurrencyCap) {
  const seen = await semaphores.read({ tenant: key.tenant, key: cap.key });
  const own = slotName(key);
  const heldBy = Object.entries(seen?.holders ?? {})
    .filter(([name, { until }]) => name !== own && until >= nowMs)
    .map(([name]) => executionId(parseSlotName(name)));
  return { ...cap, heldBy };
}

async function rateFacts({ rates }: StartFactsDeps, { key, attempt, nowMs }: DueStart, cap: RateCap) {
  const { at } = planStart(await rates.read({ tenant: key.tenant, key: cap.key }), {
    name: `${slotName(key)}@${attempt}`,
    limit: cap.limit,
    periodMs: cap.perSeconds * SECOND_MS,
    notBefore: nowMs,
    nowMs,
  });
  return { ...cap, nextAt: at };
}
