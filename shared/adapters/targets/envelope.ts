import type { HandlerRequest } from '../../ports.ts';

/** What a target receives as JSON; a handler is called with the same two things. Fields may be added. */
export interface RunEnvelope {
  v: 1;
  execution: HandlerRequest['execution'];
  payload: unknown;
}

export const envelopeOf = ({ execution, payload }: HandlerRequest): RunEnvelope => ({
  v: 1,
  execution,
  payload,
});

/** What queues and topics show beside the message, for filters and for receivers that do not repeat themselves. */
export const attributesOf = ({ execution }: HandlerRequest): Record<string, string> => ({
  idempotencyKey: execution.idempotencyKey,
  executionId: execution.id,
  taskId: execution.taskId,
  tenant: execution.tenant,
  attempt: String(execution.attempt),
});
