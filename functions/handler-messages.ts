import * as z from 'zod';
import type { HandlerExecution, TaskContext } from '../shared/contract/handler.ts';
import { MAX_HAND_OFF_SECONDS } from '../shared/domain/limits.ts';

/** What passes between the pool and its threads. Errors and results cross as data, never as objects. */
export type StopCause = 'timedOut' | 'silent' | 'aborted';

const AskSchema = z.enum(['previous', 'upstream', 'variables']);
/** What a handler may ask for while it runs. */
export type Ask = z.infer<typeof AskSchema>;

/** Sent by the pool only, so the thread may believe it. */
export type ToThread =
  | {
      type: 'run';
      run: number;
      handler: string;
      payload: unknown;
      execution: HandlerExecution;
      task: TaskContext;
    }
  | { type: 'stop'; run: number; cause: StopCause }
  | { type: 'answer'; run: number; ask: Ask; answer: { value: unknown } | { error: string } }
  | { type: 'token'; run: number; answer: { token: string } | { error: string } };

const FailureSchema = z.object({
  errorType: z.string(),
  errorMessage: z.string(),
  nonRetryable: z.boolean(),
  retryAfterSeconds: z.number().exactOptional(),
  httpStatus: z.int().exactOptional(),
  throttled: z.boolean().exactOptional(),
});
export type Failure = z.infer<typeof FailureSchema>;

const OutcomeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('success'), json: z.string() }),
  z.object({ kind: z.literal('pending'), timeoutSeconds: z.int().min(1).max(MAX_HAND_OFF_SECONDS) }),
  z.object({ kind: z.literal('failed'), failure: FailureSchema }),
  z.object({ kind: z.literal('snoozed'), seconds: z.number(), reason: z.string() }),
]);
export type Outcome = z.infer<typeof OutcomeSchema>;

const ProgressSchema = z.object({
  percent: z.number().exactOptional(),
  message: z.string().exactOptional(),
});

/** Parsed by the pool: a handler may post whatever it likes on its thread's port. */
export const FromThreadSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('log'), line: z.string() }),
  z.object({ type: z.literal('progress'), run: z.int(), progress: ProgressSchema }),
  z.object({ type: z.literal('heartbeat'), run: z.int() }),
  z.object({ type: z.literal('ask'), run: z.int(), ask: AskSchema }),
  z.object({ type: z.literal('handOff'), run: z.int() }),
  z.object({ type: z.literal('done'), run: z.int(), outcome: OutcomeSchema, memoryMb: z.number() }),
]);
export type FromThread = z.infer<typeof FromThreadSchema>;
