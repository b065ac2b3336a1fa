import type { TenantStore } from '../../access-ports.ts';
import { TENANT_LIMITS_KNOWN_MS } from '../../domain/limits.ts';
import { ROOT } from '../../domain/principal.ts';
import type { Task } from '../../domain/task.ts';
import { TENANT_SEMAPHORE } from '../../domain/tenant.ts';
import type { Clock, TaskStore } from '../../ports.ts';

interface Deps {
  tenants: Pick<TenantStore, 'read'>;
  clock: Pick<Clock, 'monotonicMs'>;
}

/**
 * Tasks as an executor sees them: what a tenant may run at the same time is one more cap of each of its tasks. The
 * tenant `root` has none, and costs no read.
 */
export function underTenantCap(tasks: TaskStore, { tenants, clock }: Deps): TaskStore {
  const known = new Map<string, { limit: number | undefined; readMs: number }>();

  async function limitOf(tenant: string): Promise<number | undefined> {
    const nowMs = clock.monotonicMs();
    const seen = known.get(tenant);
    if (seen && nowMs - seen.readMs < TENANT_LIMITS_KNOWN_MS) return seen.limit;
    const limit = (await tenants.read(tenant))?.maxConcurrency;
    known.set(tenant, { limit, readMs: nowMs });
    return limit;
  }

  async function capped(task: Task): Promise<Task> {
    const limit = await limitOf(task.state.tenant);
    if (limit === undefined) return task;
    const { definition } = task;
    const concurrency = [...(definition.concurrency ?? []), { key: TENANT_SEMAPHORE, limit }];
    return { ...task, definition: { ...definition, concurrency } };
  }

  return {
    ...tasks,
    async read(key) {
      const task = await tasks.read(key);
      return task && key.tenant !== ROOT ? capped(task) : task;
    },
  };
}
