import type { EventRules } from '../../contract/inbox.ts';
import type { Principal } from '../../domain/principal.ts';
import type { AuditDeps } from '../audit/record.ts';
import type { ManageRunsDeps } from '../manage-runs/context.ts';
import type { ManageTasksDeps } from '../manage-tasks/context.ts';

export type InboxDeps = Pick<
  ManageTasksDeps & ManageRunsDeps & AuditDeps,
  | 'clock'
  | 'ids'
  | 'log'
  | 'tasks'
  | 'executions'
  | 'calendars'
  | 'idempotency'
  | 'workQueues'
  | 'queueInspector'
  | 'queueControls'
  | 'queueDefaults'
  | 'handlers'
  | 'targets'
  | 'shards'
  | 'retentionMs'
  | 'audit'
  | 'auditRetentionMs'
> & { rules: EventRules };

/** Whoever may send to the queue may do what an operator may. The id tells what an event has made from the rest. */
export const senderOf = (id: string): Principal => ({
  tenant: 'root',
  role: 'operator',
  actor: `event:${id}`,
});
