import type * as z from 'zod';
import type { FieldProblem } from '../domain/errors.ts';
import { MAX_HAND_OFF_SECONDS } from '../domain/limits.ts';
import type { PreviousRun, TaskContext, UpstreamRun } from '../domain/surroundings.ts';
import { markOf } from './handler-errors.ts';

export { type BatchOptions, type BatchResult, runInBatches } from '../domain/batch.ts';
export { HttpError, NonRetryableError, RetryAfterError, SnoozeError } from './handler-errors.ts';

/**
 * What a handler is, for those who write one and those who list, check or run them. Handlers are known by a
 * registered symbol, so a second copy of this module in a bundle does not matter.
 */
const HANDLER = Symbol.for('escapement.handler');
const PENDING = Symbol.for('escapement.pending');

const NAME = /^[a-z0-9][a-z0-9._-]{0,127}$/;

/** The run that a handler is called for. */
export interface HandlerExecution {
  id: string;
  /** Pass it on to whatever you call: one per occurrence, the same for every attempt. */
  idempotencyKey: string;
  taskId: string;
  taskName: string;
  tenant: string;
  /** 1 for the first; never falls, also when a person retries. */
  attempt: number;
  maxAttempts: number;
  /** ISO 8601 UTC: the instant the run stands for, not the one it started at. */
  scheduledAt: string;
  trigger: string;
  queue: string;
}

export type { PreviousRun, TaskContext, UpstreamRun };

export type LogFields = Record<string, string | number | boolean | undefined>;
/** One JSON line each, stamped with the execution; messages and fields are cut to a bounded length. */
export interface HandlerLog {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export interface HandlerContext<Payload> {
  payload: Payload;
  execution: HandlerExecution;
  task: TaskContext;
  /** The run of the task that was claimed before this one; null when there was none or its record has expired. One read. */
  previous(): Promise<PreviousRun | null>;
  /** Of a chained run: the one whose outcome triggered it. One read. */
  upstream(): Promise<UpstreamRun | null>;
  /** What the tasks of the tenant share: PUT /v1/variables/{name}. One read. */
  variables(): Promise<Readonly<Record<string, unknown>>>;
  /** Aborts at the deadline (TimeoutError) and on cancel (AbortError); ignore it and the thread is ended. */
  signal: AbortSignal;
  log: HandlerLog;
  /** Shown beside the run: percent 0..100, message ≤ 256 characters. A heartbeat as well. Resolves at once, never rejects. */
  progress(progress: { percent?: number; message?: string }): Promise<void>;
  /**
   * A sign of life, for tasks with `heartbeatSeconds`: without one for so long the attempt has failed. And it lets a
   * long computation breathe, so that `signal` can abort in between. Call it as often as you like. Never rejects.
   */
  heartbeat(): Promise<void>;
  /**
   * For work that goes on elsewhere, up to days: resolves with a token, to be sent along with the work. Whoever holds
   * it ends the run with POST /v1/executions/{execution.id}/complete or /fail. Then return `pending(…)`.
   */
  handOff(): Promise<string>;
}

export interface HandlerOptions<Schema extends z.ZodType, Result> {
  /** `[a-z0-9][a-z0-9._-]{0,127}`, unique in the registry; tasks name it. */
  name: string;
  description: string;
  /** Checked when a task is made, and again before each run. */
  payload: Schema;
  /**
   * Throw to have the run retried by the task's policy. The returned value is kept as JSON, ≤ 16 KiB:
   * of a larger one only `{ truncated: true, bytes }` is kept, and the run still succeeds. `pending(…)` is no
   * result: the run goes on elsewhere.
   */
  run(context: HandlerContext<z.output<Schema>>): Promise<Result> | Result;
}

export interface HandlerDefinition<Schema extends z.ZodType = z.ZodType, Result = unknown>
  extends HandlerOptions<Schema, Result> {
  readonly [HANDLER]: true;
}

/** Throws a TypeError that names the handler and the fault, so that a bundle with one never starts. */
export function defineHandler<Schema extends z.ZodType, Result>(
  options: HandlerOptions<Schema, Result>,
): HandlerDefinition<Schema, Result> {
  const { name, description, payload } = options;
  if (typeof name !== 'string' || !NAME.test(name))
    throw new TypeError(`Handler name ${JSON.stringify(name)} must match ${NAME.source}`);
  if (typeof description !== 'string' || description.trim() === '')
    throw new TypeError(`Handler ${name}: description must say what it does`);
  if (typeof payload?.safeParseAsync !== 'function')
    throw new TypeError(`Handler ${name}: payload must be a zod schema`);
  if (typeof options.run !== 'function') throw new TypeError(`Handler ${name}: run must be a function`);
  return Object.freeze({ ...options, [HANDLER]: true as const });
}

export const isHandler = (value: unknown): value is HandlerDefinition =>
  typeof value === 'object' && value !== null && HANDLER in value && value[HANDLER] === true;

export type HandlerRegistry = ReadonlyMap<string, HandlerDefinition>;

/** Takes what a handlers module exports by default; refuses anything but distinct handlers. */
export function makeRegistry(handlers: unknown): HandlerRegistry {
  if (!Array.isArray(handlers))
    throw new TypeError('A handlers module must have an array of handlers as its default export');
  const registry = new Map<string, HandlerDefinition>();
  for (const [at, handler] of handlers.entries()) {
    if (!isHandler(handler)) throw new TypeError(`handlers[${at}] was not made by defineHandler`);
    if (registry.has(handler.name))
      throw new TypeError(`Two handlers are named ${handler.name}: a name belongs to one handler`);
    registry.set(handler.name, handler);
  }
  return registry;
}

export type PayloadCheck = { ok: true; payload: unknown } | { ok: false; errors: FieldProblem[] };

/** The one check of a payload, used at creation of a task and before each run. Never rejects. */
export async function checkPayload(handler: HandlerDefinition, payload: unknown): Promise<PayloadCheck> {
  try {
    const parsed = await handler.payload.safeParseAsync(payload);
    if (parsed.success) return { ok: true, payload: parsed.data };
    const errors = parsed.error.issues.map((issue) => ({
      path: pathOf(issue.path),
      message: issue.message,
    }));
    return { ok: false, errors };
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown error';
    return { ok: false, errors: [{ path: 'payload', message: `the handler's schema threw: ${reason}` }] };
  }
}

const pathOf = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, step) => text + (typeof step === 'number' ? `[${step}]` : `.${String(step)}`),
    'payload',
  );

/** What a handler returns that has handed its run off; see `handOff`. */
export interface Pending {
  readonly [PENDING]: number;
}

/**
 * The run stays `running`, without this handler, for so long at most (1 s to 7 days) since the token's holder last sent
 * word; then the attempt has timed out.
 */
export function pending({ timeoutSeconds }: { timeoutSeconds: number }): Pending {
  if (!(timeoutSeconds >= 1 && timeoutSeconds <= MAX_HAND_OFF_SECONDS)) {
    const range = `1 to ${MAX_HAND_OFF_SECONDS}`;
    throw new RangeError(`pending: timeoutSeconds must be ${range}, got ${timeoutSeconds}`);
  }
  return { [PENDING]: Math.ceil(timeoutSeconds) };
}

export const pendingSecondsOf = (result: unknown): number | undefined => {
  const seconds = markOf(result, PENDING);
  return typeof seconds === 'number' ? seconds : undefined;
};
