import { type InboxMessage, InboxMessageSchema } from '../contract/inbox.ts';
import { requireBounded } from '../contract/json-body.ts';
import { parseAll } from '../contract/problems.ts';
import { inOneLine, isCode, SchedulerError } from '../domain/errors.ts';
import { jsonOrUndefined } from '../domain/json.ts';
import { ExpressionError } from '../domain/json-expression.ts';
import { executionId } from '../domain/occurrence.ts';
import type { InboxDeps } from './inbox/context.ts';
import { createByMessage } from './inbox/create.ts';
import { triggerByEvent, triggerByMessage } from './inbox/trigger.ts';

/** What became of a message: what it asks for is stored, or it never will be, and why. */
export type Received =
  | { kind: 'stored'; taskId: string; executionId?: string }
  | { kind: 'refused'; reason: string };

/**
 * One message of the inbox. The caller deletes it only when this has resolved, so what was acknowledged is stored; it
 * rejects when that could not be done now, and repeating it stores nothing twice.
 * `requestId` leads from the audit trail to the log.
 */
export async function receiveEvent(deps: InboxDeps, body: string, requestId: string): Promise<Received> {
  const json = jsonOrUndefined(body);
  if (json === undefined) return { kind: 'refused', reason: 'not JSON' };
  try {
    requireBounded(json);
    const parsed = parseAll(InboxMessageSchema, json);
    if (!parsed.ok)
      return { kind: 'refused', reason: inOneLine('not a message of the inbox', parsed.errors, 'message') };
    return await act(deps, parsed.value, requestId);
  } catch (error) {
    const reason = refusalOf(error);
    if (reason === undefined) throw error;
    return { kind: 'refused', reason };
  }
}

async function act(deps: InboxDeps, message: InboxMessage, requestId: string): Promise<Received> {
  if (message.action === 'create') {
    const { taskId } = await createByMessage(deps, message, requestId);
    return { kind: 'stored', taskId };
  }
  const run =
    message.action === 'event'
      ? await triggerByEvent(deps, message, requestId)
      : await triggerByMessage(deps, message, requestId);
  return { kind: 'stored', taskId: run.taskId, executionId: executionId(run) };
}

/** Only what passes by itself is worth another try. */
function refusalOf(error: unknown): string | undefined {
  if (error instanceof ExpressionError) return error.message;
  if (isCode(error, 'validation-failed')) return inOneLine(error.message, error.details.errors, 'message');
  const passes = !(error instanceof SchedulerError) || 'retryAfterSeconds' in error.details;
  return passes ? undefined : error.message;
}
