import type { ResourceLimits } from 'node:worker_threads';
import { KILL_MS, SQS_BATCH_ENTRIES } from '../shared/domain/limits.ts';
import type { HandlerRequest, HandlerResult, HandlerRunner } from '../shared/ports.ts';
import { bound, describeError } from './describe-error.ts';
import { Job } from './handler-job.ts';
import type { Ask, FromThread, StopCause } from './handler-messages.ts';
import { crashed, ended, stopped, uncloneable } from './handler-results.ts';
import { type Gone, ThreadHandle } from './handler-thread-handle.ts';

export interface HandlerPoolOptions {
  /** The thread's entry; beside this file in the executor's bundle by default. */
  threadUrl?: URL;
  /** Threads at most, each with one run at a time. Default: a batch of messages. */
  size?: number;
  /** Within this a handler is dead after its deadline. Default KILL_MS, which the leases count on. */
  killMs?: number;
  /** Heap of one thread; a handler beyond it is reported as crashed and its neighbours live on. */
  resourceLimits?: ResourceLimits;
  /** A thread with more than this in use after a run is replaced before the next one. Default: none is. */
  recycleAboveMb?: number;
  /** Takes the log lines of handlers. Default: stdout. */
  writeLine?: (line: string) => void;
  /**
   * A thread sits in a native call that nothing interrupts while its lease runs out. Default: end this process,
   * since two attempts at once are worse than a crash, from which the protocol recovers.
   */
  onUnstoppable?: () => void;
}

type Done = Extract<FromThread, { type: 'done' }>;

/** A handler gets this share of the kill time to yield, and its thread the next share to end. */
const YIELD_SHARE = 0.7;
const END_SHARE = 0.95;
/** Handlers that end within the first figure are served one after another, up to the second. */
const GROW_AFTER_MS = 20;
const GROW_ANYWAY_MS = 200;

/**
 * Runs handlers on worker threads that are reused after a run that ended by itself, and ended after any other:
 * what a stopped handler left behind must not go on beside its next attempt.
 */
export class HandlerPool implements HandlerRunner {
  readonly #threadUrl: URL;
  readonly #size: number;
  readonly #killMs: number;
  readonly #resourceLimits: ResourceLimits | undefined;
  readonly #recycleAboveMb: number;
  readonly #writeLine: (line: string) => void;
  readonly #onUnstoppable: () => void;
  /** Every living thread, and the job it works on. */
  readonly #threads = new Map<ThreadHandle, Job | undefined>();
  /** Last in, first out: what ran a moment ago is warm. */
  readonly #idle: ThreadHandle[] = [];
  readonly #waiting: Job[] = [];
  #growth: NodeJS.Timeout | undefined;
  #lastEndMs = Number.NEGATIVE_INFINITY;
  #runs = 0;
  #closed = false;

  constructor(options: HandlerPoolOptions = {}) {
    this.#threadUrl = options.threadUrl ?? new URL('./handler-thread.mjs', import.meta.url);
    this.#size = options.size ?? SQS_BATCH_ENTRIES;
    this.#killMs = options.killMs ?? KILL_MS;
    this.#resourceLimits = options.resourceLimits;
    this.#recycleAboveMb = options.recycleAboveMb ?? Number.POSITIVE_INFINITY;
    this.#writeLine = options.writeLine ?? ((line) => process.stdout.write(`${line}\n`));
    this.#onUnstoppable = options.onUnstoppable ?? (() => process.kill(process.pid, 'SIGKILL'));
    this.#idle.push(this.#startThread());
  }

  run(request: HandlerRequest): Promise<HandlerResult> {
    if (this.#closed) return Promise.resolve(stopped('aborted', request));
    if (request.signal?.aborted) return Promise.resolve(stopped('aborted', request));
    if (!(request.timeoutMs > 0)) return Promise.resolve(stopped('timedOut', request));
    return new Promise((resolve) => {
      this.#runs += 1;
      const job = new Job(this.#runs, request, resolve);
      this.#watch(job);
      this.#waiting.push(job);
      this.#assign();
    });
  }

  /** Ends every thread; runs under way are reported as aborted. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#growth);
    for (const job of this.#waiting.splice(0)) job.settle(stopped('aborted', job.request));
    for (const job of this.#threads.values()) if (job) job.stop ??= 'aborted';
    await Promise.all([...this.#threads.keys()].map((thread) => thread.terminate()));
  }

  #assign(): void {
    while (this.#waiting.length > 0) {
      const free = this.#idle.pop();
      const job = free && this.#waiting.shift();
      if (!free || !job) break;
      this.#start(job, free);
    }
    this.#grow();
  }

  /** A thread takes longer to start than a short handler to run: another one starts when waiting has not helped. */
  #grow(): void {
    if (this.#growth || this.#closed || this.#waiting.length === 0 || this.#threads.size >= this.#size)
      return;
    this.#growth = setTimeout(
      () => {
        this.#growth = undefined;
        const nowMs = performance.now();
        const flowing = nowMs - this.#lastEndMs < GROW_AFTER_MS;
        const waitedMs = nowMs - (this.#waiting[0]?.sinceMs ?? nowMs);
        if (this.#waiting.length > 0 && !(flowing && waitedMs < GROW_ANYWAY_MS))
          this.#idle.push(this.#startThread());
        this.#assign();
      },
      this.#threads.size === 0 ? 0 : GROW_AFTER_MS,
    );
  }

  #start(job: Job, thread: ThreadHandle): void {
    const { handler, payload, execution, task } = job.request;
    try {
      thread.send({ type: 'run', run: job.run, handler, payload, execution, task });
    } catch (error) {
      this.#idle.push(thread);
      job.settle(uncloneable(error));
      return;
    }
    job.thread = thread;
    this.#threads.set(thread, job);
    thread.hold();
  }

  #startThread(): ThreadHandle {
    const thread = new ThreadHandle({
      url: this.#threadUrl,
      ...(this.#resourceLimits ? { resourceLimits: this.#resourceLimits } : {}),
      onMessage: (from, message) => this.#receive(from, message),
      onGone: (thread, gone) => this.#bury(thread, gone),
    });
    this.#threads.set(thread, undefined);
    return thread;
  }

  /** Deadline and cancel: both ask first, then end the thread. Counted from now, waiting included. */
  #watch(job: Job): void {
    const { timeoutMs, heartbeatMs, signal } = job.request;
    // A turn later, so that an answer which is already here when the timer fires is still in time.
    job.after(timeoutMs, () => setImmediate(() => this.#stop(job, 'timedOut')));
    job.after(timeoutMs + this.#killMs * END_SHARE, () => this.#giveUp(job));
    if (heartbeatMs !== undefined) this.#expectSign(job, heartbeatMs);
    if (!signal) return;
    job.onAbort = () => this.#stop(job, 'aborted');
    signal.addEventListener('abort', job.onAbort, { once: true });
  }

  /** The handler's next sign of life is due; none in time is as bad as its timeout, and its lease ends as soon after. */
  #expectSign(job: Job, withinMs: number): void {
    job.awaitSign([
      [withinMs, () => setImmediate(() => this.#stop(job, 'silent'))],
      [withinMs + this.#killMs * END_SHARE, () => this.#giveUp(job)],
    ]);
  }

  async #takeSign(job: Job): Promise<void> {
    const withinMs = await job.request.onHeartbeat?.();
    if (withinMs !== undefined && !job.settled && !job.isOverTime) this.#expectSign(job, withinMs);
  }

  #stop(job: Job, cause: StopCause): void {
    // Once over its time, nothing saves it; a cancelled run can still run out of time.
    if (job.settled || job.isOverTime || job.stop === cause) return;
    job.stop = cause;
    const { thread } = job;
    if (!thread) {
      this.#waiting.splice(this.#waiting.indexOf(job), 1);
      job.settle(stopped(cause, job.request));
      return;
    }
    thread.send({ type: 'stop', run: job.run, cause });
    job.after(this.#killMs * YIELD_SHARE, () => this.#end(job, thread));
  }

  /** #bury reports, once nothing of the handler runs any more. */
  #end(job: Job, thread: ThreadHandle): void {
    job.ending = true;
    void thread.terminate();
  }

  /** The last moment before the lease is out. */
  #giveUp(job: Job): void {
    const { thread } = job;
    if (job.settled || !thread) return;
    if (!job.ending) {
      // This process itself stood still over the deadline, so the thread never had its chance to end.
      if (!job.isOverTime) job.stop = 'timedOut';
      this.#end(job, thread);
      job.after(this.#killMs * (END_SHARE - YIELD_SHARE), () => this.#giveUp(job));
      return;
    }
    const { handler, execution } = job.request;
    const fields = { handler, executionId: execution.id };
    this.#say('ERROR', 'A handler cannot be stopped: it blocks in a native call', fields);
    this.#onUnstoppable();
    job.settle(stopped('timedOut', job.request));
  }

  #receive(thread: ThreadHandle, message: FromThread): void {
    if (message.type === 'log') {
      this.#writeLine(message.line);
      return;
    }
    const job = this.#threads.get(thread);
    // Late words of an earlier run on this thread concern nobody.
    if (!job || job.run !== message.run || job.settled) return;
    if (message.type === 'done') this.#finish(job, thread, message);
    else if (message.type === 'ask') void this.#answer(job, thread, message.ask);
    else if (message.type === 'handOff') void this.#giveToken(job, thread);
    else if (message.type === 'heartbeat') void this.#takeSign(job);
    else this.#report(job, message);
  }

  async #answer(job: Job, thread: ThreadHandle, ask: Ask): Promise<void> {
    const look = job.request.surroundings;
    const answer = await (look?.[ask]() ?? Promise.reject(new Error(`nobody knows ${ask} here`))).then(
      (value) => ({ value }),
      (error: unknown) => ({ error: describeError(error).errorMessage }),
    );
    if (!job.settled) thread.send({ type: 'answer', run: job.run, ask, answer });
  }

  async #giveToken(job: Job, thread: ThreadHandle): Promise<void> {
    const { onHandOff } = job.request;
    const answer = await (onHandOff?.() ?? Promise.reject(new Error('this run cannot be handed off'))).then(
      (token) => ({ token }),
      (error: unknown) => ({ error: describeError(error).errorMessage }),
    );
    if (!job.settled) thread.send({ type: 'token', run: job.run, answer });
  }

  #report(job: Job, { progress }: Extract<FromThread, { type: 'progress' }>): void {
    try {
      job.request.onProgress?.(progress);
    } catch (error) {
      this.#say('WARN', 'Progress was not taken', { error: describeError(error).errorMessage });
    }
  }

  /** The handler ended by itself. After its deadline even a value is too late; a cancel loses to success. */
  #finish(job: Job, thread: ThreadHandle, { outcome, memoryMb }: Done): void {
    if (job.isOverTime || (job.stop === 'aborted' && outcome.kind !== 'success')) {
      this.#end(job, thread);
      return;
    }
    this.#lastEndMs = performance.now();
    this.#threads.set(thread, undefined);
    thread.letGo();
    if (memoryMb > this.#recycleAboveMb) this.#recycle(job, thread, memoryMb);
    else this.#idle.push(thread);
    job.settle(ended(outcome));
    this.#assign();
  }

  /** Between runs: what a handler keeps hold of goes with its thread. Another one warms up in its place. */
  #recycle({ request: { handler, execution } }: Job, thread: ThreadHandle, memoryMb: number): void {
    const fields = { memoryMb, recycleAboveMb: this.#recycleAboveMb, handler, executionId: execution.id };
    this.#say('INFO', 'A handler thread is recycled: its memory passed the threshold', fields);
    this.#threads.delete(thread);
    void thread.terminate();
    this.#idle.push(this.#startThread());
  }

  #bury(thread: ThreadHandle, gone: Gone): void {
    if (!this.#threads.has(thread)) return;
    const job = this.#threads.get(thread);
    this.#threads.delete(thread);
    const at = this.#idle.indexOf(thread);
    if (at >= 0) this.#idle.splice(at, 1);
    if (job) job.settle(job.stop ? stopped(job.stop, job.request) : crashed(gone));
    else if (!this.#closed)
      this.#say('WARN', 'An idle handler thread ended', { reason: bound(gone.reason, 500) });
    this.#assign();
  }

  #say(level: 'INFO' | 'WARN' | 'ERROR', message: string, fields: Record<string, string | number>): void {
    const timestamp = new Date().toISOString();
    this.#writeLine(JSON.stringify({ level, message, timestamp, ...fields }));
  }
}
