import type { QueuedMessage } from './message.ts';

export interface ReceiveRequest {
  readonly max: number;
  readonly visibilitySeconds: number;
  readonly waitSeconds: number;
  readonly signal: AbortSignal | undefined;
}
interface Waiter {
  readonly request: ReceiveRequest;
  finish(messages: QueuedMessage[]): void;
}

/** Long polls, longest wait first. One that is aborted or over takes no message along. */
export class Waiters {
  readonly #waiting = new Set<Waiter>();

  get size(): number {
    return this.#waiting.size;
  }

  /** The signal must not have been aborted before. */
  add(request: ReceiveRequest): Promise<QueuedMessage[]> {
    return new Promise((resolve) => {
      const end = (): void => waiter.finish([]);
      const timeout = setTimeout(end, request.waitSeconds * 1_000);
      const waiter: Waiter = {
        request,
        finish: (messages) => {
          clearTimeout(timeout);
          request.signal?.removeEventListener('abort', end);
          this.#waiting.delete(waiter);
          resolve(messages);
        },
      };
      request.signal?.addEventListener('abort', end);
      this.#waiting.add(waiter);
    });
  }

  /** Serves one after the other until there is nothing to take. */
  serve(take: (request: ReceiveRequest) => QueuedMessage[]): void {
    for (const waiter of this.#waiting) {
      const messages = take(waiter.request);
      if (messages.length === 0) return;
      waiter.finish(messages);
    }
  }

  close(): void {
    for (const waiter of this.#waiting) waiter.finish([]);
  }
}
