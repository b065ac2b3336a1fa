import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { StepFunctionsTarget } from '../../domain/target.ts';
import type { HandlerRequest } from '../../ports.ts';
import { perRegion, type Send, shortKey } from './call.ts';

const MAX_NAME_CHARS = 80;
const KEY_CHARS = 32;

/**
 * Starts the state machine, once for each idempotency key: the execution's name is made of it, and Step Functions
 * refuses a name that it has seen within 90 days. So an attempt after a crash finds what the one before has started.
 */
export function makeStepFunctionsTarget(): Send<StepFunctionsTarget> {
  const clientOf = perRegion((region) => new SFNClient({ region }));
  return async ({ stateMachineArn }, { request, body, signal }) => {
    const name = executionName(request);
    try {
      const { executionArn } = await clientOf(stateMachineArn).send(
        new StartExecutionCommand({ stateMachineArn, name, input: body }),
        { abortSignal: signal },
      );
      return { kind: 'success', result: { executionArn: executionArn ?? null } };
    } catch (error) {
      if (!(error instanceof ExecutionAlreadyExists)) throw error;
      return { kind: 'success', result: { name, alreadyStarted: true } };
    }
  };
}

/** What people know it by, then what makes it unique. */
function executionName(request: HandlerRequest): string {
  const task = request.execution.taskId.replaceAll(/[^\w-]/g, '-').slice(0, MAX_NAME_CHARS - KEY_CHARS - 1);
  return `${task}-${shortKey(request).slice(0, KEY_CHARS)}`;
}
