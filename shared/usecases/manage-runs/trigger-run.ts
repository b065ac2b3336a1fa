import { createHash } from 'node:crypto';
import type { TriggerInput } from '../../contract/execution.ts';
import { SchedulerError } from '../../domain/errors.ts';
import type { Execution } from '../../domain/execution.ts';
import { IDEMPOTENCY_KEPT_MS } from '../../domain/limits.ts';
import { manualOccurrence } from '../../domain/occurrence.ts';
import type { Principal } from '../../domain/principal.ts';
import { controlOf } from '../../domain/queue-settings.ts';
import { SECOND_MS } from '../../domain/time.ts';
import { problemsOfPayload } from '../dead-letter/edited-payload.ts';
import { requireRoom } from '../queue-settings/settings.ts';
import { type ManageRunsDeps, requireLiveTask } from './context.ts';
import { insertRun } from './insert-run.ts';

/** One run by hand, whatever the task's status is short of deleted. */
export async function triggerRun(
  deps: ManageRunsDeps,
  principal: Principal,
  taskId: string,
  input: TriggerInput,
  idempotencyKey: string | undefined,
): Promise<{ run: Execution; created: boolean }> {
  const task = await requireLiveTask(deps, principal, taskId);
  const payload = 'payload' in input ? JSON.stringify(input.payload) : undefined;
  const errors = payload === undefined ? [] : await problemsOfPayload(deps, task, payload);
  if (errors.length > 0)
    throw new SchedulerError('validation-failed', 'The payload is not valid: see errors', { errors });

  const nowMs = deps.clock.nowMs();
  const own = manualOccurrence(nowMs + (input.delaySeconds ?? 0) * SECOND_MS, deps.ids.ulid(nowMs));
  const occurrence =
    idempotencyKey === undefined ? own : await settle(deps, principal, taskId, input, idempotencyKey, own);
  // Only the same occurrence under the same Idempotency-Key can stand there already.
  const key = { tenant: principal.tenant, taskId, occurrence };
  // Who repeats a request is told what became of it, however full the queue is by now.
  const earlier = occurrence === own ? undefined : await deps.executions.read(key);
  if (earlier) return { run: earlier, created: false };
  const { queue } = task.definition;
  await requireRoom(deps, queue, controlOf(await deps.queueControls.read(), queue)?.overrides);
  const run = await insertRun(deps, task, key, {
    trigger: 'manual',
    nowMs,
    ...(payload === undefined ? {} : { payload }),
  });
  return { run, created: true };
}

/** The occurrence that this key stands for; ours when the key is new. */
async function settle(
  deps: ManageRunsDeps,
  { tenant }: Principal,
  taskId: string,
  input: TriggerInput,
  key: string,
  own: string,
): Promise<string> {
  const requestHash = createHash('sha256').update(JSON.stringify(input)).digest('base64url');
  const standing = await deps.idempotency.remember({
    tenant,
    scope: `trigger/${taskId}`,
    key,
    record: { requestHash, value: own },
    expiresAt: deps.clock.nowMs() + IDEMPOTENCY_KEPT_MS,
  });
  if (standing.requestHash === requestHash) return standing.value;
  const message = 'This Idempotency-Key came with another request within the last 24 hours';
  throw new SchedulerError('idempotency-conflict', message, { key });
}
