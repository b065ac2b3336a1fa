import type { Execution } from '../../domain/execution.ts';
import { executionId, idempotencyKey } from '../../domain/occurrence.ts';
import { hasTemplates, mentions, renderPayload } from '../../domain/payload-template.ts';
import { toIso } from '../../domain/time.ts';
import type { HandlerResult } from '../../ports.ts';
import type { Claim, ExecutorDeps } from './context.ts';
import { surroundingsOf, taskContextOf } from './run-context.ts';

export type Payload = { kind: 'present'; value: unknown } | { kind: 'failed'; failure: HandlerResult };

/** The trigger's own payload, or the one that the task has now (it goes with the handler it names now), filled in. */
export async function payloadOf(deps: ExecutorDeps, claim: Claim): Promise<Payload> {
  const { run, task } = claim;
  const stored = run.payloadStored
    ? await deps.executions.readDocument(run, 'payload')
    : (run.payload ?? task.definition.payload);
  if (stored === undefined)
    return refused('PayloadMissing', 'the payload given with the trigger is not stored any more');
  const value: unknown = JSON.parse(stored);
  if (isForeign(run) || !hasTemplates(value)) return { kind: 'present', value };
  const look = surroundingsOf(deps, run);
  const input = {
    task: taskContextOf(task),
    run: {
      id: executionId(run),
      idempotencyKey: idempotencyKey(run),
      scheduledAt: toIso(run.scheduledAt),
      attempt: run.attempt,
      maxAttempts: run.maxAttempts,
      trigger: run.trigger,
    },
    upstream: mentions(stored, 'upstream') ? await look.upstream() : null,
    previous: mentions(stored, 'previous') ? await look.previous() : null,
    variables: mentions(stored, 'variables') ? await look.variables() : {},
  };
  try {
    return { kind: 'present', value: await renderPayload(value, input) };
  } catch (error) {
    return refused('TemplateFailed', error instanceof Error ? error.message : String(error));
  }
}

/** What an event brings is data of whoever sent it, and never an expression to evaluate. */
const isForeign = (run: Execution): boolean =>
  run.trigger === 'event' &&
  run.upstream === undefined &&
  (run.payloadStored === true || run.payload !== undefined);

/** Trying again would find the same. */
const refused = (errorType: string, errorMessage: string): Payload => ({
  kind: 'failed',
  failure: { kind: 'failed', cause: 'error', errorType, errorMessage, nonRetryable: true },
});
