import type { AuditStore } from '../../access-ports.ts';
import { type AuditEnd, type AuditEntry, masking } from '../../domain/audit.ts';
import { SchedulerError } from '../../domain/errors.ts';
import { MAX_AUDIT_RESOURCE_CHARS } from '../../domain/limits.ts';
import type { Clock, Ids, Log } from '../../ports.ts';

export interface AuditDeps {
  audit: AuditStore;
  clock: Clock;
  ids: Ids;
  log: Log;
  /** Entries are kept for so long. */
  auditRetentionMs: number;
}

export interface Intent extends Pick<AuditEntry, 'tenant' | 'actor' | 'action' | 'resource' | 'requestId'> {
  /** The resource as it is shown to people; undefined when there is none, or none to compare with. */
  before?: unknown;
}
/** What became of it. */
export interface Told {
  /** The resource as it is shown now, or what was done. */
  after?: unknown;
  /** When only the answer names it. */
  resource?: string;
  /** When it can be told; else before and after tell. */
  changed?: boolean | undefined;
}

/**
 * The entry stands before the change is attempted: a process that dies at whatever line leaves no change without a
 * trace, and when the entry cannot be written nothing is done. What fails for unknown reasons may have changed something,
 * so its entry stays open.
 */
export async function recorded<T>(
  deps: AuditDeps,
  { before, resource, ...intent }: Intent,
  change: () => Promise<T>,
  tell: (answer: T) => Told,
): Promise<T> {
  const mask = masking(deps.ids.nonce());
  const at = deps.clock.nowMs();
  const entry: AuditEntry = {
    ...intent,
    resource: resource.slice(0, MAX_AUDIT_RESOURCE_CHARS),
    id: deps.ids.ulid(at),
    at,
    outcome: 'pending',
    ...(before === undefined ? {} : { before: mask(before) }),
  };
  await deps.audit.begin(entry, at + deps.auditRetentionMs);
  const complete = (end: AuditEnd) => completed(deps, entry, end);
  let answer: T;
  try {
    answer = await change();
  } catch (error) {
    if (error instanceof SchedulerError && error.code !== 'unavailable')
      await complete({ resource: entry.resource, outcome: 'refused', code: error.code });
    throw error;
  }
  const told = tell(answer);
  const after = told.after === undefined ? undefined : mask(told.after);
  const changed = told.changed ?? (before === undefined || after !== entry.before);
  await complete({
    resource: (told.resource ?? entry.resource).slice(0, MAX_AUDIT_RESOURCE_CHARS),
    outcome: changed ? 'done' : 'unchanged',
    ...(after === undefined ? {} : { after }),
  });
  return answer;
}

/** The change stands whether or not this succeeds. */
async function completed(deps: AuditDeps, entry: AuditEntry, end: AuditEnd): Promise<void> {
  try {
    await deps.audit.complete(entry, end, entry.at + deps.auditRetentionMs);
  } catch (error) {
    const { id, action, requestId } = entry;
    deps.log.warn('audit entry not completed; its outcome reads as unknown', {
      id,
      action,
      requestId,
      error: String(error),
    });
  }
}
