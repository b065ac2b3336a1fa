/** What the engine and the process of a function say to each other over the IPC channel. */
export interface InvokeMessage {
  type: 'invoke';
  requestId: string;
  event: unknown;
  /** Wall clock, the same machine on both sides. */
  deadlineAt: number;
  fn: FunctionIdentity;
}
/** What the context object tells a function about itself. */
export interface FunctionIdentity {
  name: string;
  arn: string;
  memoryMb: number;
}
export interface FunctionError {
  errorType: string;
  errorMessage: string;
  trace?: string[];
}
export type ReplyMessage =
  | { type: 'ready' }
  | { type: 'initFailed'; error: FunctionError }
  /** `payload` is JSON text, as a Lambda response is. */
  | { type: 'done'; requestId: string; payload: string }
  | { type: 'failed'; requestId: string; error: FunctionError };

/** The end of one invocation. Never a rejection: how a function fails is a result. */
export type InvocationResult = { ok: true; payload: string } | { ok: false; error: FunctionError };

export function describeError(thrown: unknown): FunctionError {
  if (!(thrown instanceof Error)) return { errorType: typeof thrown, errorMessage: String(thrown) };
  return {
    errorType: thrown.name,
    errorMessage: thrown.message,
    ...(thrown.stack !== undefined && { trace: thrown.stack.split('\n') }),
  };
}
