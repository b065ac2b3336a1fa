import { SQS_MAX_DELAY_SECONDS } from '../../shared/domain/limits.ts';
import type { DispatchMessage, Hint, Letter } from '../../shared/messages.ts';
import type { Clock, DispatchQueue, QueueInspector, Visibility, WorkQueues } from '../../shared/ports.ts';

/** As the queues that ship have it. */
const MAX_RECEIVE_COUNT = 20;

export interface ReceivedMessage {
  body: unknown;
  attributes: Record<string, string>;
  receiptHandle: string;
  receiveCount: number;
}

/** A standard SQS queue, as far as the scheduler can tell. */
export class MemoryQueue {
  readonly #clock: Clock;
  readonly #visibilityMs: number;
  readonly #deadLetters: MemoryQueue | undefined;
  #messages: {
    body: unknown;
    attributes: Record<string, string>;
    visibleAtMs: number;
    receives: number;
    handle?: string;
  }[] = [];
  #handles = 0;

  /** What was received MAX_RECEIVE_COUNT times goes to `deadLetters` instead of once more to a receiver. */
  constructor(clock: Clock, visibilityMs: number, deadLetters?: MemoryQueue) {
    this.#clock = clock;
    this.#visibilityMs = visibilityMs;
    this.#deadLetters = deadLetters;
  }
  add(body: unknown, delaySeconds = 0, attributes: Record<string, string> = {}): void {
    const visibleAtMs = this.#clock.nowMs() + delaySeconds * 1_000;
    this.#messages.push({ body: structuredClone(body), attributes, visibleAtMs, receives: 0 });
  }
  receive(max = 10): ReceivedMessage[] {
    this.#setAside();
    const ready = this.#messages
      .filter((message) => message.visibleAtMs <= this.#clock.nowMs())
      .slice(0, max);
    return ready.map((message) => {
      message.visibleAtMs = this.#clock.nowMs() + this.#visibilityMs;
      message.receives += 1;
      message.handle = `handle-${++this.#handles}`;
      const { body, attributes, handle, receives } = message;
      return { body: structuredClone(body), attributes, receiptHandle: handle, receiveCount: receives };
    });
  }
  #setAside(): void {
    if (!this.#deadLetters) return;
    const spent = this.#messages.filter(
      ({ receives, visibleAtMs }) => receives >= MAX_RECEIVE_COUNT && visibleAtMs <= this.#clock.nowMs(),
    );
    this.#messages = this.#messages.filter((message) => !spent.includes(message));
    for (const { body, attributes } of spent) this.#deadLetters.add(body, 0, attributes);
  }
  /** As the SQS console's "Redrive to a custom destination". */
  moveTo(destination: MemoryQueue): void {
    for (const { body, attributes } of this.#messages.splice(0)) destination.add(body, 0, attributes);
  }
  remove(receiptHandle: string): void {
    this.#messages = this.#messages.filter((message) => message.handle !== receiptHandle);
  }
  hide(receiptHandle: string, seconds: number): void {
    const message = this.#messages.find(({ handle }) => handle === receiptHandle);
    if (message) message.visibleAtMs = this.#clock.nowMs() + seconds * 1_000;
  }
  purge(): void {
    this.#messages = [];
  }
  depth(): { ready: number; delayed: number; inFlight: number } {
    const ready = this.#messages.filter(({ visibleAtMs }) => visibleAtMs <= this.#clock.nowMs()).length;
    const inFlight = this.#messages.filter(
      ({ visibleAtMs, receives }) => visibleAtMs > this.#clock.nowMs() && receives > 0,
    ).length;
    return { ready, inFlight, delayed: this.#messages.length - ready - inFlight };
  }
}

export interface SentHint {
  queue: string;
  hint: Hint;
  delaySeconds: number;
  atMs: number;
}

export interface MemoryWorkQueues extends WorkQueues {
  /** Every hint that a queue took, in order. */
  readonly sent: SentHint[];
  readonly letters: { queue: string; letter: Letter; atMs: number }[];
  /** Decides which sends the queue refuses from now on (a refused letter throws); nothing = it takes all. */
  refuse(when?: (message: { queue: string; body: Hint | Letter }) => boolean): void;
  /** The queue behind a name, or its dead-letter queue. */
  queue(name: string): MemoryQueue;
  deadLetterQueue(name: string): MemoryQueue;
}

export function makeMemoryWorkQueues(clock: Clock, names: string[], visibilityMs: number): MemoryWorkQueues {
  const queues = new Map(
    names.map((name) => {
      const letters = new MemoryQueue(clock, visibilityMs);
      return [name, { work: new MemoryQueue(clock, visibilityMs, letters), letters }];
    }),
  );
  const find = (name: string) => {
    const found = queues.get(name);
    if (!found) throw new Error(`no queue ${name}`);
    return found;
  };
  let refused: (message: { queue: string; body: Hint | Letter }) => boolean = () => false;
  const sent: SentHint[] = [];
  const letters: MemoryWorkQueues['letters'] = [];
  return {
    sent,
    letters,
    refuse(when = () => false) {
      refused = when;
    },
    has: (name) => queues.has(name),
    queue: (name) => find(name).work,
    deadLetterQueue: (name) => find(name).letters,
    arnOf(name) {
      find(name);
      return `arn:aws:sqs:us-east-1:000000000000:${name}`;
    },
    async send(hints) {
      const failed: Hint[] = [];
      for (const { queue, hint, delaySeconds } of hints) {
        if (!queues.has(queue) || refused({ queue, body: hint })) {
          failed.push(hint);
          continue;
        }
        const delay = Math.min(SQS_MAX_DELAY_SECONDS, Math.max(0, Math.floor(delaySeconds)));
        find(queue).work.add(hint, delay);
        sent.push(structuredClone({ queue, hint, delaySeconds: delay, atMs: clock.nowMs() }));
      }
      return { failed };
    },
    async sendLetter(queue, letter) {
      if (refused({ queue, body: letter })) throw new Error('the queue refused the letter');
      const { redriveTo, reason, taskId: task } = letter;
      find(queue).letters.add(letter, 0, { redriveTo, reason, task });
      letters.push(structuredClone({ queue, letter, atMs: clock.nowMs() }));
    },
    async sendPoison(queue, body, reason) {
      find(queue).letters.add(body, 0, { kind: 'poison', reason: reason.replace(/\s+/g, ' ') });
    },
  };
}

export interface MemoryDispatchQueue extends DispatchQueue {
  readonly sent: DispatchMessage[];
  /** Takes all messages away, oldest first. */
  take(): DispatchMessage[];
  /** From now on `send` throws this; undefined = it works again. */
  fail(error?: Error): void;
}

export function makeMemoryDispatchQueue(): MemoryDispatchQueue {
  const sent: DispatchMessage[] = [];
  let failure: Error | undefined;
  return {
    sent,
    take: () => sent.splice(0),
    fail(error) {
      failure = error;
    },
    async send(messages) {
      if (failure) throw failure;
      sent.push(...structuredClone(messages));
    },
  };
}

export const makeMemoryInspector = (queues: MemoryWorkQueues): QueueInspector => ({
  async depth(queue) {
    const { ready, inFlight, delayed } = queues.deadLetterQueue(queue).depth();
    return { ...queues.queue(queue).depth(), letters: ready + inFlight + delayed };
  },
  async waiting(queue) {
    return queues.queue(queue).depth().ready;
  },
  async purgeLetters(queue) {
    queues.deadLetterQueue(queue).purge();
  },
});

export const makeMemoryVisibility = (queue: MemoryQueue): Visibility => ({
  async extend(receiptHandle, seconds) {
    queue.hide(receiptHandle, seconds);
  },
});
