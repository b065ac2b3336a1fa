import type { FunctionPlan } from '../template/plan-functions.ts';
import type { InvocationResult } from './protocol.ts';

/**
 * Asynchronous invocation: nobody waits for the answer; a failure is tried again as often and as long as the
 * function's EventInvokeConfig says. Kept in memory, as a clock's next minute makes up for what a restart loses.
 */
export interface AsyncInvoker {
  invoke(functionId: string, event: unknown): void;
  stop(): void;
}
export interface AsyncInvokerOptions {
  functions: FunctionPlan[];
  invoke(functionId: string, event: unknown): Promise<InvocationResult>;
  warn(line: string): void;
}

/** Lambda waits a minute before the first retry and two before the second. */
const RETRY_DELAYS_MS = [60_000, 120_000];

export function createAsyncInvoker({ functions, invoke, warn }: AsyncInvokerOptions): AsyncInvoker {
  const timers = new Set<NodeJS.Timeout>();
  let stopped = false;

  async function attempt(
    fn: FunctionPlan,
    event: unknown,
    acceptedAt: number,
    retries: number,
  ): Promise<void> {
    const result = await invoke(fn.logicalId, event);
    if (result.ok || stopped) return;
    warn(`${fn.name} failed: ${result.error.errorType} ${result.error.errorMessage}`);
    const delayMs = RETRY_DELAYS_MS[retries] ?? RETRY_DELAYS_MS.at(-1) ?? 0;
    const tooOld = performance.now() + delayMs > acceptedAt + fn.asyncMaxAgeSeconds * 1000;
    if (retries >= fn.asyncRetries || tooOld) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      void attempt(fn, event, acceptedAt, retries + 1);
    }, delayMs);
    timers.add(timer);
  }

  return {
    invoke(functionId, event) {
      const fn = functions.find(({ logicalId }) => logicalId === functionId);
      if (fn && !stopped) void attempt(fn, event, performance.now(), 0);
    },
    stop() {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
