import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import type { Environment } from './environment.ts';
import type { FunctionError, FunctionIdentity, InvocationResult } from './protocol.ts';

/**
 * The environments of one function: reused newest first, started on demand up to a limit, retired when idle.
 * Invocations beyond the limit wait their turn.
 */
export interface Pool {
  invoke(event: unknown, signal?: AbortSignal): Promise<InvocationResult>;
  /** Starts one environment ahead of the first request. */
  warm(): void;
  /** At most so many environments from now on; those beyond that are not taken away. */
  resize(limit: number): void;
  /** Resolves when no invocation runs or waits. */
  idle(): Promise<void>;
  /** Kills what runs. */
  close(): Promise<void>;
}
export interface PoolOptions {
  start(): Environment;
  limit: number;
  timeoutSeconds: number;
  fn: FunctionIdentity;
  onInitFailed(error: FunctionError): void;
  /** While others are busy, a short one may end sooner than a process starts. */
  patienceMs?: number;
  retireAfterMs?: number;
  maxWaiting?: number;
}
interface Waiting {
  event: unknown;
  since: number;
  settle(result: InvocationResult): void;
}

const PATIENCE_MS = 50;
const RETIRE_AFTER_MS = 5 * 60_000;
const MAX_WAITING = 1_000;
const CORES = availableParallelism();
/** Ten processes that start together are all ready late; two cores start two. */
const STARTS_AT_ONCE = Math.max(2, CORES);
/** Invocations shorter than this hold a process for a moment only … */
const SHORT_WORK_MS = 1_000;
/** … so that more processes at such work than this would but share the same cores. */
const ENOUGH_FOR_SHORT_WORK = Math.max(4, 2 * CORES);
const SHORT_WORK_PATIENCE_MS = 500;
/** Weight of the newest invocation in what is taken for typical. */
const NEWEST_SHARE = 0.2;
/** A function that cannot be loaded is not tried again in a hot loop. */
const INIT_FAILED_PAUSE_MS = 1_000;

export function createPool(options: PoolOptions): Pool {
  const { patienceMs = PATIENCE_MS, retireAfterMs = RETIRE_AFTER_MS, maxWaiting = MAX_WAITING } = options;
  let { limit } = options;
  const environments = new Set<Environment>();
  /** Least recently used first. */
  const free: { environment: Environment; since: number }[] = [];
  const waiting: Waiting[] = [];
  const idleListeners: (() => void)[] = [];
  let starting = 0;
  /** With the time of their beginning. */
  const running = new Map<Environment, number>();
  let pausedUntil = 0;
  let typicalMs = 0;
  let growth: NodeJS.Timeout | undefined;
  let closed = false;

  function refuse(errorType: string, errorMessage: string): InvocationResult {
    return { ok: false, error: { errorType, errorMessage } };
  }

  function startOne(): void {
    const environment = options.start();
    environments.add(environment);
    starting++;
    void environment.exited.then(() => {
      environments.delete(environment);
      const at = free.findIndex((entry) => entry.environment === environment);
      if (at >= 0) free.splice(at, 1);
      grow();
    });
    void environment.ready.then((error) => {
      starting--;
      if (!error) {
        release(environment);
        grow();
        return;
      }
      if (closed) return;
      environment.kill();
      pausedUntil = performance.now() + INIT_FAILED_PAUSE_MS;
      options.onInitFailed(error);
      // As in AWS, the request that caused the start fails with the start.
      waiting.shift()?.settle({ ok: false, error });
      notifyIdle();
    });
  }

  /** Looks, while anybody waits, whether another environment would serve him sooner than those at work. */
  function grow(): void {
    if (closed || growth || waiting.length <= starting || environments.size >= limit) return;
    if (starting >= STARTS_AT_ONCE) return; // comes back when one of them is ready
    const pause = Math.max(environments.size === 0 ? 0 : patienceMs, pausedUntil - performance.now());
    growth = setTimeout(() => {
      growth = undefined;
      if (!closed && waiting.length > starting && !isServedSoon()) startOne();
      grow();
    }, pause);
  }

  /** Whether those at work will likely be done sooner than another process would be ready. */
  function isServedSoon(): boolean {
    const now = performance.now();
    if (environments.size < CORES || typicalMs > SHORT_WORK_MS) return false;
    const atShortWork = [...running.values()].filter((since) => now - since < SHORT_WORK_MS).length;
    if (starting + atShortWork >= ENOUGH_FOR_SHORT_WORK) return true;
    return now - (waiting[0]?.since ?? now) < SHORT_WORK_PATIENCE_MS;
  }

  function release(environment: Environment): void {
    if (environment.isDead()) return; // whoever waits is served when it has left
    const next = waiting.shift();
    if (next) void run(environment, next);
    else free.push({ environment, since: performance.now() });
    notifyIdle();
  }

  async function run(environment: Environment, { event, settle }: Waiting): Promise<void> {
    const startedAt = performance.now();
    running.set(environment, startedAt);
    const requestId = randomUUID();
    const deadlineAt = Date.now() + options.timeoutSeconds * 1000;
    const { fn } = options;
    const result = await environment.invoke({ requestId, event, deadlineAt, fn }, options.timeoutSeconds);
    running.delete(environment);
    typicalMs += NEWEST_SHARE * (performance.now() - startedAt - typicalMs);
    settle(result);
    release(environment);
    notifyIdle();
  }

  /** The one used last is the warmest, and lets the others grow old. */
  function takeFree(): Environment | undefined {
    for (let entry = free.pop(); entry; entry = free.pop()) {
      if (!entry.environment.isDead()) return entry.environment;
    }
    return undefined;
  }

  function notifyIdle(): void {
    if (running.size > 0 || waiting.length > 0) return;
    for (const listener of idleListeners.splice(0)) listener();
  }

  const retirement = setInterval(
    () => {
      const before = performance.now() - retireAfterMs;
      const living = [...environments].filter((environment) => !environment.isDead()).length;
      const old = free.filter(({ since }) => since < before).slice(0, living - 1);
      for (const { environment } of free.splice(0, old.length)) environment.kill();
    },
    Math.min(retireAfterMs, 30_000),
  );
  retirement.unref();

  return {
    invoke(event, signal) {
      if (closed) return Promise.resolve(refuse('ServiceException', 'the engine is stopping'));
      if (waiting.length >= maxWaiting)
        return Promise.resolve(
          refuse('TooManyRequestsException', `${waiting.length} invocations wait already`),
        );
      return new Promise((resolve) => {
        const entry: Waiting = { event, since: performance.now(), settle: resolve };
        const environment = takeFree();
        if (environment) return void run(environment, entry);
        waiting.push(entry);
        signal?.addEventListener('abort', () => {
          const at = waiting.indexOf(entry);
          if (at < 0) return; // at work already: its outcome comes
          waiting.splice(at, 1);
          resolve(refuse('AbortError', 'given up while waiting'));
          notifyIdle();
        });
        grow();
      });
    },
    warm() {
      if (!closed && environments.size === 0) startOne();
    },
    resize(next) {
      limit = next;
      grow();
    },
    idle() {
      return new Promise((resolve) => {
        idleListeners.push(resolve);
        notifyIdle();
      });
    },
    async close() {
      closed = true;
      clearInterval(retirement);
      clearTimeout(growth);
      for (const { settle } of waiting.splice(0))
        settle(refuse('ServiceException', 'the engine is stopping'));
      const all = [...environments];
      for (const environment of all) environment.kill();
      await Promise.all(all.map((environment) => environment.exited));
    },
  };
}
