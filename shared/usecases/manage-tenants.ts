import type { TenantStore, TokenStore } from '../access-ports.ts';
import { decodeCursor, encodeCursor, type PageQuery } from '../contract/list-query.ts';
import { OtherTenantIdSchema, type TenantInput } from '../contract/tenant.ts';
import { SchedulerError } from '../domain/errors.ts';
import type { Principal } from '../domain/principal.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { Clock } from '../ports.ts';
import type { CalendarStore, DeadLetterStore, VariableStore } from '../tenant-ports.ts';

export interface ManageTenantsDeps {
  tenants: TenantStore;
  tokens: TokenStore;
  variables: VariableStore;
  calendars: CalendarStore;
  deadLetters: DeadLetterStore;
  clock: Clock;
}

const PAGE = 100;

/** By id. */
export async function listTenants(
  { tenants }: ManageTenantsDeps,
  { limit, cursor }: PageQuery,
): Promise<{ items: Tenant[]; nextCursor: string | null }> {
  const from = decodeCursor('tenants', cursor)?.tenants;
  const { entries, next } = await tenants.list({ limit, ...(from ? { from } : {}) });
  return {
    items: entries,
    nextCursor: next === undefined ? null : encodeCursor('tenants', { tenants: next }),
  };
}

export async function findTenant({ tenants }: ManageTenantsDeps, id: string): Promise<Tenant> {
  const known = OtherTenantIdSchema.safeParse(id).success;
  const tenant = known ? await tenants.read(id) : undefined;
  if (tenant) return tenant;
  throw new SchedulerError('not-found', `There is no tenant ${id}`, { resource: 'tenant', id });
}

export async function putTenant(
  deps: ManageTenantsDeps,
  { actor }: Principal,
  id: string,
  { name, maxTasks, maxConcurrency, ratePerMinute }: TenantInput,
): Promise<{ tenant: Tenant; created: boolean }> {
  const valid = OtherTenantIdSchema.safeParse(id);
  if (!valid.success) {
    const errors = [{ path: 'id', message: valid.error.issues[0]?.message ?? 'is not valid' }];
    throw new SchedulerError('validation-failed', 'The tenant is not valid: see errors', { errors });
  }
  const nowMs = deps.clock.nowMs();
  const seen = await deps.tenants.read(id);
  // What a deletion that was cut short left must not let anybody into the new one.
  if (!seen) await empty(deps, id);
  const tenant = await deps.tenants.put({
    id,
    ...(name !== null && { name }),
    ...(maxTasks !== null && { maxTasks }),
    ...(maxConcurrency !== null && { maxConcurrency }),
    ...(ratePerMinute !== null && { ratePerMinute }),
    createdAt: seen?.createdAt ?? nowMs,
    createdBy: seen?.createdBy ?? actor,
    updatedAt: nowMs,
  });
  return { tenant, created: seen === undefined };
}

/** Nobody of it gets in any more; then its tokens, variables, calendars and what it ignores go. What it ran stays until it expires. */
export async function deleteTenant(deps: ManageTenantsDeps, id: string): Promise<void> {
  await findTenant(deps, id);
  if ((await deps.tenants.remove(id)) === 'hasTasks')
    throw new SchedulerError('state-conflict', `${id} has tasks: delete them first`, {
      resource: 'tenant',
      id,
      status: 'hasTasks',
      action: 'delete',
    });
  await empty(deps, id);
}

async function empty(deps: ManageTenantsDeps, tenant: string): Promise<void> {
  const { tokens, variables, calendars, deadLetters } = deps;
  let from: string | undefined;
  do {
    const page = await tokens.list({ tenant, limit: PAGE, ...(from === undefined ? {} : { from }) });
    for (const { id } of page.entries) await tokens.remove(id, tenant);
    from = page.next;
  } while (from !== undefined);
  if (Object.keys(await variables.read(tenant)).length > 0) await variables.change(tenant, () => ({}));
  // No tasks, so nobody uses them, and nobody is there to change them.
  for (let page = await calendars.list({ tenant, limit: PAGE }); page.entries.length > 0; ) {
    for (const calendar of page.entries) await calendars.remove(calendar);
    page = await calendars.list({ tenant, limit: PAGE });
  }
  for (let page = await deadLetters.listIgnored({ tenant, limit: PAGE }); page.entries.length > 0; ) {
    for (const rule of page.entries) await deadLetters.unignore(rule);
    page = await deadLetters.listIgnored({ tenant, limit: PAGE });
  }
}
