import { type ResourceLimits, Worker } from 'node:worker_threads';
import { MAX_ERROR_MESSAGE_CHARS } from '../shared/domain/limits.ts';
import { bound } from './describe-error.ts';
import { type FromThread, FromThreadSchema, type ToThread } from './handler-messages.ts';

/** Why a thread ended, for a person. */
export interface Gone {
  reason: string;
  outOfMemory: boolean;
}

export interface ThreadOptions {
  url: URL;
  resourceLimits?: ResourceLimits;
  onMessage(thread: ThreadHandle, message: FromThread): void;
  /** Called once, when no code of the thread runs any more. */
  onGone(thread: ThreadHandle, gone: Gone): void;
}

/** What code prints that does not use its `log`: text, and never a line that could pass for one of ours. */
function printed(level: 'INFO' | 'WARN', chunk: unknown): FromThread {
  const message = bound(String(chunk).trimEnd(), MAX_ERROR_MESSAGE_CHARS);
  const timestamp = new Date().toISOString();
  return { type: 'log', line: JSON.stringify({ level, message, timestamp }) };
}

/** One worker thread as the pool sees it. It keeps the process alive only while it is held. */
export class ThreadHandle {
  readonly #worker: Worker;
  #failure: Gone | undefined;

  constructor(options: ThreadOptions) {
    const limits = options.resourceLimits;
    this.#worker = new Worker(options.url, {
      stdout: true,
      stderr: true,
      ...(limits ? { resourceLimits: limits } : {}),
    });
    this.#worker.unref();
    this.#worker.stdout.on('data', (chunk) => options.onMessage(this, printed('INFO', chunk)));
    this.#worker.stderr.on('data', (chunk) => options.onMessage(this, printed('WARN', chunk)));
    this.#worker.on('message', (raw: unknown) => {
      const message = FromThreadSchema.safeParse(raw);
      if (message.success) options.onMessage(this, message.data);
    });
    this.#worker.on('error', (error: unknown) => {
      const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      const outOfMemory =
        error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      this.#failure = { reason, outOfMemory };
    });
    this.#worker.on('exit', (code) => {
      options.onGone(this, this.#failure ?? { reason: `it exited with code ${code}`, outOfMemory: false });
    });
  }

  /** Throws when the message cannot be cloned. */
  send(message: ToThread): void {
    this.#worker.postMessage(message);
  }
  hold(): void {
    this.#worker.ref();
  }
  letGo(): void {
    this.#worker.unref();
  }
  /** Interrupts any JavaScript, endless loops included; only a blocking native call outlasts it. */
  terminate(): Promise<number> {
    return this.#worker.terminate();
  }
}
