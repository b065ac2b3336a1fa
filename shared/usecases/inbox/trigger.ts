import { createHash } from 'node:crypto';
import { EVENT_SOURCE } from '../../contract/events.ts';
import { executionToWire } from '../../contract/execution-wire.ts';
import { checkPayload } from '../../contract/handler.ts';
import type { EventMessage, EventRule, TriggerMessage } from '../../contract/inbox.ts';
import { payloadSizeProblems } from '../../contract/payload.ts';
import { type FieldProblem, SchedulerError } from '../../domain/errors.ts';
import type { Execution } from '../../domain/execution.ts';
import { EVENT_ID_KEPT_MS, MAX_EVENT_HOPS } from '../../domain/limits.ts';
import { manualOccurrence } from '../../domain/occurrence.ts';
import { renderPayload } from '../../domain/payload-template.ts';
import { controlOf } from '../../domain/queue-settings.ts';
import type { Task } from '../../domain/task.ts';
import { SECOND_MS } from '../../domain/time.ts';
import { recorded } from '../audit/record.ts';
import { requireLiveTask } from '../manage-runs/context.ts';
import { insertRun } from '../manage-runs/insert-run.ts';
import { requireRoom } from '../queue-settings/settings.ts';
import { type InboxDeps, senderOf } from './context.ts';

interface Cause {
  /** Of the event or message. */
  id: string;
  /** Distinguishes rules that trigger the same task. */
  by: string;
  taskId: string;
  /** Absent: the task's own. */
  payload?: unknown;
  delaySeconds?: number | undefined;
  hops?: number;
  /** All that a doubled delivery has in common. */
  content: unknown;
}

export const triggerByMessage = (
  deps: InboxDeps,
  message: TriggerMessage,
  requestId: string,
): Promise<Execution> => trigger(deps, { ...message, by: 'message', content: message }, requestId);

export async function triggerByEvent(
  deps: InboxDeps,
  { rule: name, event }: EventMessage,
  requestId: string,
): Promise<Execution> {
  const rule = Object.hasOwn(deps.rules, name) ? deps.rules[name] : undefined;
  if (!rule)
    throw new SchedulerError('not-found', `There is no rule ${name}`, { resource: 'rule', id: name });
  const hops = hopsOf(event);
  if (hops !== undefined && hops > MAX_EVENT_HOPS)
    throw new SchedulerError(
      'forbidden',
      `${MAX_EVENT_HOPS} events in a row led from one run to the next: probably a circle, so it ends here`,
      { required: 'an event of another source' },
    );
  const cause: Cause = {
    id: event.id,
    by: `rule/${name}`,
    taskId: rule.trigger,
    delaySeconds: rule.delaySeconds,
    ...(await payloadOf(rule, event)),
    ...(hops === undefined ? {} : { hops }),
    // EventBridge gives each event an id of its own.
    content: event.id,
  };
  return trigger(deps, cause, requestId);
}

/**
 * The occurrence is settled under the id before the run is inserted: whoever repeats this, also after a crash in
 * between, inserts or finds that one run. Nothing is stored of what is refused.
 */
async function trigger(deps: InboxDeps, cause: Cause, requestId: string): Promise<Execution> {
  const { tenant, actor } = senderOf(cause.id);
  const { taskId } = cause;
  const task = await requireLiveTask(deps, { tenant }, taskId);
  const payload = 'payload' in cause ? JSON.stringify(cause.payload) : undefined;
  const errors = payload === undefined ? [] : await problemsOf(deps, task, cause.payload, payload);
  if (errors.length > 0)
    throw new SchedulerError('validation-failed', 'The payload is not valid', { errors });

  const nowMs = deps.clock.nowMs();
  const own = manualOccurrence(nowMs + (cause.delaySeconds ?? 0) * SECOND_MS, deps.ids.ulid(nowMs));
  const requestHash = createHash('sha256').update(JSON.stringify(cause.content)).digest('base64url');
  const standing = await deps.idempotency.remember({
    tenant,
    scope: `event/${taskId}/${cause.by}`,
    key: cause.id,
    record: { requestHash, value: own },
    expiresAt: nowMs + EVENT_ID_KEPT_MS,
  });
  if (standing.requestHash !== requestHash)
    throw new SchedulerError('idempotency-conflict', `The id ${cause.id} came with another content before`, {
      key: cause.id,
    });
  const key = { tenant, taskId, occurrence: standing.value };
  const existing = standing.value === own ? undefined : await deps.executions.read(key);
  if (existing) return existing;
  const { queue } = task.definition;
  await requireRoom(deps, queue, controlOf(await deps.queueControls.read(), queue)?.overrides);
  return recorded(
    deps,
    { tenant, actor, action: 'task.trigger', resource: `tasks/${taskId}`, requestId },
    () =>
      insertRun(deps, task, key, {
        trigger: 'event',
        causedBy: `${cause.by}/${cause.id}`,
        nowMs,
        ...(payload === undefined ? {} : { payload }),
        ...(cause.hops === undefined ? {} : { hops: cause.hops }),
      }),
    (run) => ({ after: executionToWire(run) }),
  );
}

async function problemsOf(
  { handlers }: InboxDeps,
  { definition }: Task,
  payload: unknown,
  serialized: string,
): Promise<FieldProblem[]> {
  const size = payloadSizeProblems(serialized);
  // A target takes any payload.
  if (definition.target) return size;
  const handler = handlers.get(definition.handler);
  if (!handler)
    return [{ path: 'payload', message: `handler ${definition.handler} is not registered any more` }];
  const check = await checkPayload(handler, payload);
  return [...size, ...(check.ok ? [] : check.errors)];
}

async function payloadOf(
  { payload }: EventRule,
  event: EventMessage['event'],
): Promise<{ payload?: unknown }> {
  if (payload === undefined) return {};
  if (payload === 'event') return { payload: event };
  if (payload === 'detail') return { payload: event.detail };
  return { payload: await renderPayload(payload, { event }) };
}

/** An event of our own tells how many such events led to its run; one of others begins anew. */
function hopsOf({ source, detail }: EventMessage['event']): number | undefined {
  if (source !== EVENT_SOURCE) return undefined;
  const before = typeof detail === 'object' && detail !== null && 'hops' in detail ? detail.hops : 0;
  return (typeof before === 'number' ? before : 0) + 1;
}
