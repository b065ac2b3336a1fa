import { AuditEntrySchema, AuditQuery, auditToWire } from '../../../shared/contract/audit.ts';
import { listOf } from '../../../shared/contract/service.ts';
import { listAudit } from '../../../shared/usecases/look-at-audit.ts';
import { type Route, route } from '../route.ts';

export const auditRoutes: Route[] = [
  route(
    'admin',
    {
      method: 'GET',
      path: '/v1/audit',
      operationId: 'listAudit',
      summary: 'Who changed what, the newest first',
      query: AuditQuery,
      replies: { 200: { description: 'A page of entries', schema: listOf(AuditEntrySchema) } },
    },
    async (deps, { principal, query }) => {
      const { items, nextCursor } = await listAudit(deps, principal, query);
      return { status: 200, body: { items: items.map(auditToWire), nextCursor } };
    },
  ),
];
