import type { HandlerRequest, HandlerResult } from '../shared/ports.ts';
import type { StopCause } from './handler-messages.ts';
import type { ThreadHandle } from './handler-thread-handle.ts';

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** One run in the hands of the pool: where it stands, and the timers that go with it. */
export class Job {
  readonly run: number;
  readonly request: HandlerRequest;
  readonly sinceMs = performance.now();
  readonly #resolve: (result: HandlerResult) => void;
  readonly #timers = new Set<NodeJS.Timeout>();
  #signTimers: NodeJS.Timeout[] = [];
  thread?: ThreadHandle;
  stop?: StopCause;
  /** Its thread was told to end. */
  ending = false;
  onAbort?: () => void;
  settled = false;

  constructor(run: number, request: HandlerRequest, resolve: (result: HandlerResult) => void) {
    this.run = run;
    this.request = request;
    this.#resolve = resolve;
  }

  get isOverTime(): boolean {
    return this.stop === 'timedOut' || this.stop === 'silent';
  }

  after(delayMs: number, act: () => void): NodeJS.Timeout {
    const timer = setTimeout(act, Math.min(delayMs, LONGEST_TIMER_MS));
    this.#timers.add(timer);
    return timer;
  }

  /** In place of what was to happen without the last sign of life. */
  awaitSign(acts: readonly (readonly [delayMs: number, act: () => void])[]): void {
    for (const timer of this.#signTimers) {
      clearTimeout(timer);
      this.#timers.delete(timer);
    }
    this.#signTimers = acts.map(([delayMs, act]) => this.after(delayMs, act));
  }

  settle(result: HandlerResult): void {
    if (this.settled) return;
    this.settled = true;
    for (const timer of this.#timers) clearTimeout(timer);
    if (this.onAbort) this.request.signal?.removeEventListener('abort', this.onAbort);
    this.#resolve(result);
  }
}
