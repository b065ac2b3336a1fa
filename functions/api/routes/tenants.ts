import { PageQuery } from '../../../shared/contract/list-query.ts';
import { listOf } from '../../../shared/contract/service.ts';
import { TenantInputSchema, TenantSchema, tenantToWire } from '../../../shared/contract/tenant.ts';
import { deleteTenant, findTenant, listTenants, putTenant } from '../../../shared/usecases/manage-tenants.ts';
import { type Route, route } from '../route.ts';

export const tenantRoutes: Route[] = [
  route(
    'root',
    {
      method: 'GET',
      path: '/v1/tenants',
      operationId: 'listTenants',
      summary: 'All tenants but root',
      query: PageQuery,
      replies: { 200: { description: 'By id', schema: listOf(TenantSchema) } },
    },
    async (deps, { query }) => {
      const { items, nextCursor } = await listTenants(deps, query);
      return { status: 200, body: { items: items.map(tenantToWire), nextCursor } };
    },
  ),
  route(
    'root',
    {
      method: 'GET',
      path: '/v1/tenants/{id}',
      operationId: 'getTenant',
      summary: 'A tenant, its limits and how much of them it uses',
      replies: { 200: { description: 'The tenant', schema: TenantSchema } },
    },
    async (deps, { params }) => ({
      status: 200,
      body: tenantToWire(await findTenant(deps, params.id ?? '')),
    }),
  ),
  route(
    'root',
    {
      method: 'PUT',
      path: '/v1/tenants/{id}',
      operationId: 'putTenant',
      audit: { action: 'tenant.put', resource: 'tenants/{id}' },
      summary: 'Make a tenant, or give it other limits',
      body: { schema: TenantInputSchema, required: true },
      replies: {
        200: { description: 'It has these limits now', schema: TenantSchema },
        201: { description: 'There is such a tenant now', schema: TenantSchema, headers: ['Location'] },
      },
    },
    async (deps, { principal, params, body }) => {
      const { tenant, created } = await putTenant(deps, principal, params.id ?? '', body);
      const headers = created ? { location: `/v1/tenants/${tenant.id}` } : {};
      return { status: created ? 201 : 200, headers, body: tenantToWire(tenant) };
    },
  ),
  route(
    'root',
    {
      method: 'DELETE',
      path: '/v1/tenants/{id}',
      operationId: 'deleteTenant',
      audit: { action: 'tenant.delete', resource: 'tenants/{id}' },
      summary: 'Delete a tenant that has no tasks, with its tokens and variables',
      replies: { 204: { description: 'Nobody of it gets in any more' } },
      refuses: ['state-conflict'],
    },
    async (deps, { params }) => {
      await deleteTenant(deps, params.id ?? '');
      return { status: 204 };
    },
  ),
];
