import * as z from 'zod';
import type { HandlerExecution, TaskContext } from '../shared/contract/handler.ts';
import { jsonOrUndefined } from '../shared/domain/json.ts';
import {
  MAX_ERROR_MESSAGE_CHARS,
  MAX_HAND_OFF_SECONDS,
  MAX_PROGRESS_CHARS,
  MAX_RESULT_BYTES,
} from '../shared/domain/limits.ts';

export const MAX_ERROR_TYPE_CHARS = 100;
/** Twenty fields, each character written as six. */
const MAX_LINE_CHARS = 65_536;

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

const errorMessage = z.string().max(MAX_ERROR_MESSAGE_CHARS);
const FailureSchema = z.object({
  errorType: z.string().max(MAX_ERROR_TYPE_CHARS),
  errorMessage,
  nonRetryable: z.boolean(),
  retryAfterSeconds: z.number().min(0).exactOptional(),
  httpStatus: z.int().min(100).max(599).exactOptional(),
  throttled: z.boolean().exactOptional(),
});
export type Failure = z.infer<typeof FailureSchema>;

const OutcomeSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('success'),
    json: z
      .string()
      .max(MAX_RESULT_BYTES)
      .refine((text) => jsonOrUndefined(text) !== undefined),
  }),
  z.object({ kind: z.literal('pending'), timeoutSeconds: z.int().min(1).max(MAX_HAND_OFF_SECONDS) }),
  z.object({ kind: z.literal('failed'), failure: FailureSchema }),
  z.object({ kind: z.literal('snoozed'), seconds: z.number().min(0), reason: errorMessage }),
]);
export type Outcome = z.infer<typeof OutcomeSchema>;

const ProgressSchema = z.object({
  percent: z.number().min(0).max(100).exactOptional(),
  message: z.string().max(MAX_PROGRESS_CHARS).exactOptional(),
});

/** An object of JSON on one line: nothing can pass for a line of somebody else. */
const LineSchema = z
  .string()
  .max(MAX_LINE_CHARS)
  .regex(/^\{[^\n\r]*\}$/)
  .refine((line) => jsonOrUndefined(line) !== undefined);

/** Parsed by the pool: a handler may post whatever it likes on its thread's port. What the thread never says is dropped. */
export const FromThreadSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('log'), line: LineSchema }),
  z.object({ type: z.literal('progress'), run: z.int(), progress: ProgressSchema }),
  z.object({ type: z.literal('heartbeat'), run: z.int() }),
  z.object({ type: z.literal('ask'), run: z.int(), ask: AskSchema }),
  z.object({ type: z.literal('handOff'), run: z.int() }),
  z.object({ type: z.literal('done'), run: z.int(), outcome: OutcomeSchema, memoryMb: z.number() }),
]);
export type FromThread = z.infer<typeof FromThreadSchema>;
