import { setImmediate as nextTurn } from 'node:timers/promises';
import type { MessagePort } from 'node:worker_threads';
import {
  checkPayload,
  type HandlerContext,
  type HandlerDefinition,
  type HandlerRegistry,
} from '../shared/contract/handler.ts';
import { MAX_ERROR_MESSAGE_CHARS, MAX_RESULT_BYTES } from '../shared/domain/limits.ts';
import { bound, describeError } from './describe-error.ts';
import { handlerLog } from './handler-log.ts';
import type { FromThread, Outcome, StopCause, ToThread } from './handler-messages.ts';

const MAX_PROGRESS_CHARS = 256;

type RunMessage = Extract<ToThread, { type: 'run' }>;

/** The thread's side: one run at a time, each answered exactly once with `done`. */
export function serveRuns(port: MessagePort, registry: HandlerRegistry): void {
  let current: { run: number; stopping: AbortController } | undefined;
  const post = (message: FromThread) => port.postMessage(message);

  port.on('message', (message: ToThread) => {
    if (message.type === 'stop') {
      if (current?.run === message.run) current.stopping.abort(reasonOf(message.cause));
      return;
    }
    const stopping = new AbortController();
    current = { run: message.run, stopping };
    runOne(registry, message, stopping.signal, post).then((outcome) => {
      current = undefined;
      post({ type: 'done', run: message.run, outcome });
    });
  });
}

/** Never rejects. */
async function runOne(
  registry: HandlerRegistry,
  message: RunMessage,
  signal: AbortSignal,
  post: (message: FromThread) => void,
): Promise<Outcome> {
  const handler = registry.get(message.handler);
  if (!handler) {
    const known = [...registry.keys()].join(', ');
    return refusal('UnknownHandler', `No handler is named ${message.handler}; there are ${known}`);
  }
  const checked = await checkPayload(handler, message.payload);
  if (!checked.ok) {
    const problems = checked.errors.map(({ path, message: text }) => `${path}: ${text}`);
    return refusal('PayloadInvalid', problems.join('; '));
  }
  try {
    const context = contextOf(handler, message, checked.payload, signal, post);
    return serialize(await handler.run(context));
  } catch (error) {
    return { kind: 'failed', failure: describeError(error) };
  }
}

function contextOf(
  handler: HandlerDefinition,
  { run, execution }: RunMessage,
  payload: unknown,
  signal: AbortSignal,
  post: (message: FromThread) => void,
): HandlerContext<unknown> {
  return {
    payload,
    execution,
    signal,
    log: handlerLog(handler.name, execution, (line) => post({ type: 'log', line })),
    async progress(report) {
      const { percent, message } = report ?? {};
      const progress = {
        ...(Number.isFinite(percent) ? { percent: Math.min(Math.max(Number(percent), 0), 100) } : {}),
        ...(typeof message === 'string' ? { message: bound(message, MAX_PROGRESS_CHARS) } : {}),
      };
      post({ type: 'progress', run, progress });
    },
    async heartbeat() {
      await nextTurn();
    },
  };
}

/** Trying again cannot help any of these: the work itself is done. */
function serialize(value: unknown): Outcome {
  let json: string;
  try {
    json = JSON.stringify(value) ?? 'null';
  } catch (error) {
    return refusal('ResultNotSerializable', `The handler ended, but not with JSON: ${describe(error)}`);
  }
  const bytes = Buffer.byteLength(json);
  return {
    kind: 'success',
    json: bytes > MAX_RESULT_BYTES ? JSON.stringify({ truncated: true, bytes }) : json,
  };
}

const describe = (error: unknown): string => describeError(error).errorMessage;

const refusal = (errorType: string, text: string): Outcome => ({
  kind: 'failed',
  failure: { errorType, errorMessage: bound(text, MAX_ERROR_MESSAGE_CHARS), nonRetryable: true },
});

const reasonOf = (cause: StopCause): DOMException =>
  cause === 'timedOut'
    ? new DOMException('The run is over its time', 'TimeoutError')
    : new DOMException('The run was asked to stop', 'AbortError');
