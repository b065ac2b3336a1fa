import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { jsonOrUndefined } from '../../domain/json.ts';
import type { LambdaTarget } from '../../domain/target.ts';
import { boundedResult } from './bounded-result.ts';
import { perRegion, type Send } from './call.ts';
import { failed } from './failure.ts';

const ErrorSchema = z.object({
  errorType: z.string().min(1).max(100).catch('Error'),
  errorMessage: z.string().catch('The function failed'),
});

/** A function of Node.js ends the run at once by throwing an error of this name, as a handler does. */
const NON_RETRYABLE = 'NonRetryableError';

/** Calls the function and waits. Never by itself twice: whether to try again is for the task's policy to say. */
export function makeLambdaTarget(): Send<LambdaTarget> {
  const clientOf = perRegion((region) => new LambdaClient({ region, maxAttempts: 1 }));
  return async ({ functionArn }, { body, signal }) => {
    const reply = await clientOf(functionArn).send(
      new InvokeCommand({
        FunctionName: functionArn,
        InvocationType: 'RequestResponse',
        Payload: Buffer.from(body),
      }),
      { abortSignal: signal },
    );
    const answer = jsonOrUndefined(Buffer.from(reply.Payload ?? []).toString());
    if (reply.FunctionError === undefined) return { kind: 'success', result: boundedResult(answer) };
    const { errorType, errorMessage } = ErrorSchema.catch({
      errorType: 'Error',
      errorMessage: `The function failed (${reply.FunctionError})`,
    }).parse(answer);
    return failed(errorType, errorMessage, { nonRetryable: errorType === NON_RETRYABLE });
  };
}
