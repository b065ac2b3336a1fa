import { ConnectionError, ProblemError, problemOf } from './problem-error.ts';

export interface TransportOptions {
  /** Of the deployment, such as https://abc.execute-api.eu-west-1.amazonaws.com; what follows `/v1` is added. */
  url: string;
  /** A token, or what gets one: asked before every request, so that it can be renewed. */
  token?: string | (() => string | Promise<string>);
  /** How often a request is repeated that may be. @default 4 */
  maxRetries?: number;
  /** Longer Retry-After is not waited for: the error says how long it would be. @default 60 */
  maxRetryAfterSeconds?: number;
  /** Of one attempt. @default 30 */
  timeoutSeconds?: number;
  /** @default the global one */
  fetch?: typeof fetch;
  /** Resolves after so many milliseconds. @default a timer */
  sleep?: (ms: number) => Promise<void>;
  /** 0 up to 1. @default Math.random */
  random?: () => number;
}

export interface CallOptions {
  signal?: AbortSignal;
}

export interface Request extends CallOptions {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Encoded, with its leading slash. */
  path: string;
  query?: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;
  body?: unknown;
  headers?: Readonly<Record<string, string | undefined>>;
  /** A POST that changes nothing, or the same however often it comes. */
  repeatable?: boolean;
}

export type Transport = <T>(request: Request) => Promise<T>;

/** For answers that go on: the time is that to their beginning. Sent once. */
export type OpenStream = (request: Request) => Promise<Response>;

const TIMEOUT_SECONDS = 30;
const IDEMPOTENT = new Set(['GET', 'PUT', 'DELETE']);
/** The request did not get through, or not to its end; the same again may. */
const PASSING = new Set([408, 429, 500, 502, 503, 504]);
const FIRST_DELAY_MS = 250;
const MAX_DELAY_MS = 8_000;
const NOT_FOUND = 404;
const NO_CONTENT = 204;

/**
 * Requests are repeated when that cannot do anything twice: idempotent methods, and those with an Idempotency-Key.
 * Retry-After is obeyed; without one the wait is drawn from 0 to 250 ms · 2ⁿ, 8 s at most.
 */
export function makeTransport(options: TransportOptions): Transport {
  const {
    maxRetries = 4,
    maxRetryAfterSeconds = 60,
    timeoutSeconds = TIMEOUT_SECONDS,
    sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    random = Math.random,
  } = options;
  const base = baseOf(options);
  const sendOnce = makeAttempt(options);
  const attempt = (request: Request) => sendOnce(request, AbortSignal.timeout(timeoutSeconds * 1_000));

  return async <T>(request: Request): Promise<T> => {
    const retries = isRepeatable(request) ? maxRetries : 0;
    for (let tries = 0; ; tries++) {
      let waitMs = random() * Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** tries);
      try {
        const response = await attempt(request);
        const body = await bodyOf(response);
        // Types come from the schemas that the server answers by. Checking them here as well would refuse what newer servers add.
        if (response.ok) return body as T;
        // The delete before this one got through after all; only its answer was lost.
        if (tries > 0 && request.method === 'DELETE' && response.status === NOT_FOUND) return undefined as T;
        const retryAfterSeconds = retryAfterOf(response);
        const error = new ProblemError(problemOf(response.status, body), retryAfterSeconds);
        if (tries >= retries || !PASSING.has(response.status)) throw error;
        if (retryAfterSeconds !== undefined) {
          if (retryAfterSeconds > maxRetryAfterSeconds) throw error;
          waitMs = retryAfterSeconds * 1_000;
        }
      } catch (error) {
        if (error instanceof ProblemError) throw error;
        request.signal?.throwIfAborted();
        if (tries >= retries) throw noAnswer(base, error);
      }
      await sleep(waitMs);
      request.signal?.throwIfAborted();
    }
  };
}

export function makeStreams(options: TransportOptions): OpenStream {
  const sendOnce = makeAttempt(options);
  return async (request) => {
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), (options.timeoutSeconds ?? TIMEOUT_SECONDS) * 1_000);
    try {
      return await sendOnce(request, timeout.signal);
    } catch (error) {
      request.signal?.throwIfAborted();
      throw noAnswer(baseOf(options), error);
    } finally {
      clearTimeout(timer);
    }
  };
}

const baseOf = ({ url }: TransportOptions): string => url.replace(/\/+$/, '');

function makeAttempt(options: TransportOptions) {
  const { token } = options;
  const send = options.fetch ?? ((...given) => fetch(...given));
  return async (request: Request, timeout: AbortSignal): Promise<Response> => {
    const credential = typeof token === 'function' ? await token() : token;
    const headers = new Headers({ accept: 'application/json' });
    if (credential !== undefined) headers.set('authorization', `Bearer ${credential}`);
    if (request.body !== undefined) headers.set('content-type', contentTypeOf(request));
    for (const [name, value] of Object.entries(request.headers ?? {}))
      if (value !== undefined) headers.set(name, value);
    return send(baseOf(options) + request.path + queryText(request.query), {
      method: request.method,
      headers,
      signal: request.signal ? AbortSignal.any([request.signal, timeout]) : timeout,
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    });
  };
}

const isRepeatable = ({ method, headers, repeatable }: Request): boolean =>
  repeatable === true || IDEMPOTENT.has(method) || headers?.['Idempotency-Key'] !== undefined;

const contentTypeOf = ({ method }: Request): string =>
  method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';

function queryText(query: Request['query']): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value === undefined) continue;
    given.set(name, typeof value === 'object' ? value.join(',') : String(value));
  }
  return given.size === 0 ? '' : `?${given}`;
}

async function bodyOf(response: Response): Promise<unknown> {
  if (response.status === NO_CONTENT) return undefined;
  const text = await response.text();
  const isJson = /[/+]json\b/.test(response.headers.get('content-type') ?? '');
  if (!isJson || text === '') return text;
  try {
    return JSON.parse(text);
  } catch {
    return text; // cut off, or a lie about its type: what the status says counts
  }
}

/** Seconds, or a date (RFC 9110 §10.2.3). */
function retryAfterOf({ headers }: Response): number | undefined {
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  if (/^\d+$/.test(value)) return Number(value);
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - Date.now()) / 1_000));
}

function noAnswer(base: string, error: unknown): ConnectionError {
  const reasons = [error, error instanceof Error ? error.cause : undefined];
  const reason = reasons.flatMap((one) => (one instanceof Error && one.message ? [one.message] : []));
  return new ConnectionError(`No answer from ${base}: ${reason.join(': ') || 'unknown reason'}`, {
    cause: error,
  });
}
