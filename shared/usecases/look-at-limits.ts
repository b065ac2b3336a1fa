import type { TenantStore } from '../access-ports.ts';
import type { LimitInUseWire } from '../contract/limits-in-use.ts';
import { mapBounded } from '../domain/map-bounded.ts';
import { executionId } from '../domain/occurrence.ts';
import { type Principal, ROOT } from '../domain/principal.ts';
import { planStart } from '../domain/rate-limit.ts';
import { parseSlotName } from '../domain/semaphore.ts';
import type { ConcurrencyCap, RateCap, Task, TaskKey } from '../domain/task.ts';
import { TENANT_SEMAPHORE } from '../domain/tenant.ts';
import { type EpochMs, SECOND_MS, toIso } from '../domain/time.ts';
import type { RateLogs, Semaphores } from '../flow-ports.ts';
import type { Clock, Listings } from '../ports.ts';

export interface LookAtLimitsDeps {
  clock: Pick<Clock, 'nowMs'>;
  listings: Pick<Listings, 'open' | 'ended' | 'readTasks'>;
  semaphores: Pick<Semaphores, 'read'>;
  rates: Pick<RateLogs, 'read'>;
  tenants: Pick<TenantStore, 'read'>;
}

/** Runs looked at of those that have not ended, and as many of the latest ends: what takes a limit is among them. */
const RUNS = 200;
const READ_AT_ONCE = 16;
const SHOWN = 20;

interface Named<C> {
  cap: C;
  taskIds: string[];
}

/**
 * The shared limits that the tenant's runs take right now, by key. It begins at the runs, so that its cost does not grow
 * with the number of tasks: a limit that no run has come near lately is not in use.
 */
export async function listLimitsInUse(
  deps: LookAtLimitsDeps,
  { tenant }: Principal,
): Promise<LimitInUseWire[]> {
  const nowMs = deps.clock.nowMs();
  const tasks = await tasksAtWork(deps, tenant);
  const caps = byCap(tasks, ({ concurrency }) => concurrency);
  const rates = byCap(tasks, ({ rateLimit }) => rateLimit);
  const own = tenant === ROOT ? undefined : (await deps.tenants.read(tenant))?.maxConcurrency;
  const looks = [
    ...(own === undefined
      ? []
      : [() => slots(deps, tenant, nowMs, { cap: { key: TENANT_SEMAPHORE, limit: own }, taskIds: [] })]),
    ...caps.map((named) => () => slots(deps, tenant, nowMs, named)),
    ...rates.map((named) => () => starts(deps, tenant, nowMs, named)),
  ];
  const found = await mapBounded(looks, READ_AT_ONCE, (look) => look());
  return found.sort((a, b) => (sortKeyOf(a) < sortKeyOf(b) ? -1 : 1));
}

/** Unique among the limits of a tenant. */
export const sortKeyOf = ({ key, kind, limit, perSeconds }: LimitInUseWire): string =>
  [key ?? '', kind, limit, perSeconds].join('#');

async function tasksAtWork({ listings }: LookAtLimitsDeps, tenant: string): Promise<Task[]> {
  const [open, ended] = await Promise.all([
    listings.open({ tenant, limit: RUNS }),
    listings.ended({ tenant, limit: RUNS }),
  ]);
  const keys = new Map<string, TaskKey>(
    [...open.entries, ...ended.entries].map(({ taskId }) => [taskId, { tenant, taskId }]),
  );
  return listings.readTasks([...keys.values()]);
}

function byCap<C extends ConcurrencyCap | RateCap>(
  tasks: readonly Task[],
  capsOf: (definition: Task['definition']) => readonly C[] | undefined,
): Named<C>[] {
  const found = new Map<string, Named<C>>();
  for (const { definition } of tasks) {
    for (const cap of capsOf(definition) ?? []) {
      const id = JSON.stringify([cap.key, cap.limit, 'perSeconds' in cap ? cap.perSeconds : null]);
      const named = found.get(id) ?? { cap, taskIds: [] };
      found.set(id, named);
      if (named.taskIds.length < SHOWN) named.taskIds.push(definition.taskId);
    }
  }
  return [...found.values()];
}

async function slots(
  { semaphores }: LookAtLimitsDeps,
  tenant: string,
  nowMs: EpochMs,
  { cap, taskIds }: Named<ConcurrencyCap>,
): Promise<LimitInUseWire> {
  const seen = await semaphores.read({ tenant, key: cap.key });
  const holders = Object.entries(seen?.holders ?? {}).filter(([, { until }]) => until >= nowMs);
  const isTenants = cap.key === TENANT_SEMAPHORE;
  return {
    kind: isTenants ? 'tenantConcurrency' : 'concurrency',
    key: isTenants ? null : cap.key,
    limit: cap.limit,
    perSeconds: null,
    used: holders.length,
    waiting: Object.keys(seen?.waiters ?? {}).length,
    opensAt: null,
    heldBy: holders.slice(0, SHOWN).map(([name]) => executionId({ ...parseSlotName(name) })),
    taskIds,
  };
}

async function starts(
  { rates }: LookAtLimitsDeps,
  tenant: string,
  nowMs: EpochMs,
  { cap, taskIds }: Named<RateCap>,
): Promise<LimitInUseWire> {
  const { key, limit, perSeconds } = cap;
  const seen = await rates.read({ tenant, key });
  const periodMs = perSeconds * SECOND_MS;
  const { at } = planStart(seen, { name: '', limit, periodMs, notBefore: nowMs, nowMs });
  return {
    kind: 'rateLimit',
    key,
    limit,
    perSeconds,
    used: seen?.starts.filter((start) => start > nowMs - periodMs && start <= nowMs).length ?? 0,
    waiting: Object.values(seen?.reserved ?? {}).filter((start) => start > nowMs).length,
    opensAt: at > nowMs ? toIso(at) : null,
    heldBy: [],
    taskIds,
  };
}
