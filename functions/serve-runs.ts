import { setImmediate as nextTurn } from 'node:timers/promises';
import type { MessagePort } from 'node:worker_threads';
import {
  checkPayload,
  type HandlerContext,
  type HandlerDefinition,
  type HandlerRegistry,
  pendingSecondsOf,
} from '../shared/contract/handler.ts';
import { snoozeOf } from '../shared/contract/handler-errors.ts';
import { MAX_ERROR_MESSAGE_CHARS, MAX_PROGRESS_CHARS, MAX_RESULT_BYTES } from '../shared/domain/limits.ts';
import type { Surroundings } from '../shared/ports.ts';
import { bound, describeError } from './describe-error.ts';
import { handlerLog } from './handler-log.ts';
import { memoryInUseMb } from './handler-memory.ts';
import type { Ask, FromThread, Outcome, StopCause, ToThread } from './handler-messages.ts';

/** A loop may breathe thousands of times in a second. */
const SIGNS_EVERY_MS = 200;

type RunMessage = Extract<ToThread, { type: 'run' }>;

interface Current {
  run: number;
  stopping: AbortController;
  /** Made when the handler asks for its token; the pool's answer settles it. */
  token?: PromiseWithResolvers<string>;
  /** What it has asked for and was not answered yet. */
  readonly asked: Asked;
}
type Asked = Map<Ask, PromiseWithResolvers<unknown>>;
type Answers = { [A in Ask]: Awaited<ReturnType<Surroundings[A]>> };

/** The thread's side: one run at a time, each answered exactly once with `done`. */
export function serveRuns(port: MessagePort, registry: HandlerRegistry): void {
  let current: Current | undefined;
  const post = (message: FromThread) => port.postMessage(message);

  port.on('message', (message: ToThread) => {
    if (message.type !== 'run') {
      if (current?.run === message.run) tell(current, message);
      return;
    }
    const started: Current = { run: message.run, stopping: new AbortController(), asked: new Map() };
    current = started;
    runOne(registry, message, started, post).then((outcome) => {
      current = undefined;
      post({ type: 'done', run: message.run, outcome, memoryMb: memoryInUseMb() });
    });
  });
}

function tell(current: Current, message: Exclude<ToThread, RunMessage>): void {
  if (message.type === 'stop') current.stopping.abort(reasonOf(message.cause));
  else if (message.type === 'answer') answered(current.asked, message);
  else if ('token' in message.answer) current.token?.resolve(message.answer.token);
  else {
    current.token?.reject(new Error(`no token: ${message.answer.error}`));
    delete current.token;
  }
}

function answered(asked: Asked, { ask, answer }: Extract<ToThread, { type: 'answer' }>): void {
  const waiting = asked.get(ask);
  asked.delete(ask);
  if ('value' in answer) waiting?.resolve(answer.value);
  else waiting?.reject(new Error(`${ask} could not be read: ${answer.error}`));
}

/** Never rejects. */
async function runOne(
  registry: HandlerRegistry,
  message: RunMessage,
  current: Current,
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
    const context = contextOf(handler, message, checked.payload, current, post);
    return outcomeOf(await handler.run(context), current.token !== undefined);
  } catch (error) {
    const snooze = snoozeOf(error);
    if (snooze) return snoozed(snooze);
    return { kind: 'failed', failure: describeError(error) };
  }
}

function contextOf(
  handler: HandlerDefinition,
  { run, execution, task }: RunMessage,
  payload: unknown,
  current: Current,
  post: (message: FromThread) => void,
): HandlerContext<unknown> {
  /** Asked again before the answer is there, it is the same question. The pool answers each with what it is. */
  const ask = <A extends Ask>(what: A): Promise<Answers[A]> => {
    const waiting = current.asked.get(what) ?? Promise.withResolvers<unknown>();
    if (!current.asked.has(what)) post({ type: 'ask', run, ask: what });
    current.asked.set(what, waiting);
    return waiting.promise as Promise<Answers[A]>;
  };
  let shownMs = Number.NEGATIVE_INFINITY;
  const showLife = () => {
    const nowMs = performance.now();
    if (nowMs - shownMs < SIGNS_EVERY_MS) return;
    shownMs = nowMs;
    post({ type: 'heartbeat', run });
  };
  return {
    payload,
    execution,
    task,
    previous: () => ask('previous'),
    upstream: () => ask('upstream'),
    variables: () => ask('variables'),
    signal: current.stopping.signal,
    log: handlerLog(handler.name, execution, (line) => post({ type: 'log', line })),
    async progress(report) {
      const { percent, message } = report ?? {};
      const progress = {
        ...(Number.isFinite(percent) ? { percent: Math.min(Math.max(Number(percent), 0), 100) } : {}),
        ...(typeof message === 'string' ? { message: bound(message, MAX_PROGRESS_CHARS) } : {}),
      };
      post({ type: 'progress', run, progress });
      showLife();
    },
    async heartbeat() {
      showLife();
      await nextTurn();
    },
    handOff() {
      if (!current.token) {
        current.token = Promise.withResolvers();
        post({ type: 'handOff', run });
      }
      return current.token.promise;
    },
  };
}

const snoozed = ({ seconds, reason }: { seconds: number; reason: string }): Outcome => ({
  kind: 'snoozed',
  seconds,
  reason: bound(reason, MAX_ERROR_MESSAGE_CHARS),
});

/** A handler may return a SnoozeError as well as throw it: it is no failure. */
function outcomeOf(value: unknown, hasToken: boolean): Outcome {
  const snooze = snoozeOf(value);
  if (snooze) return snoozed(snooze);
  const timeoutSeconds = pendingSecondsOf(value);
  if (timeoutSeconds === undefined) return serialize(value);
  if (hasToken) return { kind: 'pending', timeoutSeconds };
  return refusal('NoToken', 'pending() without handOff(): nobody could ever end this run');
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

const REASONS = {
  timedOut: ['The run is over its time', 'TimeoutError'],
  silent: ['The run showed no sign of life in time', 'TimeoutError'],
  aborted: ['The run was asked to stop', 'AbortError'],
} as const satisfies Record<StopCause, readonly [string, string]>;

const reasonOf = (cause: StopCause): DOMException => new DOMException(...REASONS[cause]);
