import {
  parseExecutionKey,
  parseTaskKey,
  QUEUE_SETTINGS_KEY,
} from '../../../shared/adapters/dynamodb/keys.ts';
import type { LiveEvent } from '../../../shared/contract/live.ts';
import { executionId } from '../../../shared/domain/occurrence.ts';
import type { ItemChange } from '../dynamodb/item-change.ts';

/** What a write to the scheduler's table means for people who watch. */
export interface Told {
  /** Whose it is; undefined: of all of them. */
  tenant: string | undefined;
  event: LiveEvent;
}

/** Undefined for what nobody watches: a definition never changes without its task's state. */
export function eventOf({ before, after }: Pick<ItemChange, 'before' | 'after'>): Told | undefined {
  const item = (after ?? before)?.item;
  const [pk, sk] = [item?.pk, item?.sk];
  if (!pk || !sk || !('S' in pk && 'S' in sk)) return undefined;
  const key = { pk: String(pk.S), sk: String(sk.S) };
  if (key.pk === QUEUE_SETTINGS_KEY.pk) return { tenant: undefined, event: { type: 'queue.changed' } };
  const stored = after?.item.status;
  const status = stored && 'S' in stored ? { status: String(stored.S) } : {};
  const run = parseExecutionKey(key);
  if (run) {
    const { tenant, taskId } = run;
    return { tenant, event: { type: 'run.changed', taskId, executionId: executionId(run), ...status } };
  }
  const task = key.sk === 'T' ? parseTaskKey(key) : undefined;
  return task && { tenant: task.tenant, event: { type: 'task.changed', taskId: task.taskId, ...status } };
}
