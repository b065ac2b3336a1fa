import { randomUUID } from 'node:crypto';
import { invalidParameter, SqsError } from './errors.ts';
import { FairLine } from './fair-line.ts';
import type { QueueJournal } from './journal.ts';
import { deadLettered, type MessageContent, newMessage, type QueuedMessage } from './message.ts';
import type { QueueSettings } from './queue-attributes.ts';
import { TimerHeap } from './timer-heap.ts';
import { type ReceiveRequest, Waiters } from './waiters.ts';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const MAX_IN_FLIGHT = 120_000;
const MAX_VISIBILITY_MS = 43_200_000;
const RETENTION_SWEEP_MS = 60_000;

export interface QueueContext {
  nowMs(): number;
  /** Where this queue's exhausted messages go; undefined when the dead-letter queue is gone. */
  queueByArn(arn: string): Queue | undefined;
  /** Absent: a restart forgets the messages. */
  journal?: QueueJournal | undefined;
}

/** A standard queue in memory. Timers run only while somebody waits; otherwise time is caught up with on use. */
export class Queue {
  readonly name: string;
  readonly url: string;
  readonly arn: string;
  readonly createdAt: number;
  readonly tags = new Map<string, string>();
  modifiedAt: number;
  purgedAt: number | undefined;
  #settings: QueueSettings;
  readonly #context: QueueContext;
  readonly #handlePrefix: string;
  readonly #visible = new FairLine<QueuedMessage>();
  /** Delayed and in flight: whatever becomes visible at its time. */
  readonly #hidden = new TimerHeap<QueuedMessage>();
  readonly #byHandle = new Map<string, QueuedMessage>();
  readonly #counts = { visible: 0, delayed: 0, inFlight: 0 };
  readonly #waiters = new Waiters();
  #timer: NodeJS.Timeout | undefined;
  #nextSweepAt: number;

  constructor(
    identity: { name: string; url: string; arn: string },
    settings: QueueSettings,
    context: QueueContext,
  ) {
    this.name = identity.name;
    this.url = identity.url;
    this.arn = identity.arn;
    this.#settings = settings;
    this.#context = context;
    this.#handlePrefix = `${Buffer.from(identity.arn).toString('base64url')}.`;
    this.createdAt = context.nowMs();
    this.modifiedAt = this.createdAt;
    this.#nextSweepAt = this.createdAt + RETENTION_SWEEP_MS;
    for (const message of context.journal?.restored() ?? [])
      this.#hide(message, 'delayed', message.visibleAt);
  }

  get settings(): QueueSettings {
    return this.#settings;
  }

  configure(settings: QueueSettings): void {
    this.#settings = settings;
    this.modifiedAt = this.#context.nowMs();
  }

  /** Exact at this instant. */
  counts(): Readonly<{ visible: number; delayed: number; inFlight: number }> {
    this.#catchUp();
    return this.#counts;
  }

  send(content: MessageContent, delaySeconds: number): QueuedMessage {
    const message = newMessage(content, this.#context.nowMs());
    if (delaySeconds > 0) this.#hide(message, 'delayed', message.sentAt + delaySeconds * 1_000);
    else this.#show(message);
    this.#context.journal?.keep(message);
    return message;
  }

  /** Takes over a message that another queue's redrive policy gave up. */
  accept(message: QueuedMessage): void {
    this.#show(message);
    this.#context.journal?.keep(message);
    this.serveWaiters();
  }

  /** Resolves at once with what is visible; else with the first to become visible, or with none when the wait ends. */
  async receive(request: ReceiveRequest): Promise<QueuedMessage[]> {
    if (request.signal?.aborted) return [];
    const messages = this.#take(request);
    if (messages.length > 0) return messages;
    if (request.waitSeconds === 0) {
      // A long poll gets nothing instead, and no error.
      if (this.#counts.inFlight >= MAX_IN_FLIGHT)
        throw new SqsError('OverLimit', 'Too many messages in flight.');
      return messages;
    }
    const received = this.#waiters.add(request);
    this.#arm();
    return received;
  }

  /** Hands visible messages to those who wait. Call it after sending. */
  serveWaiters(): void {
    this.#waiters.serve((request) => this.#take(request));
    this.#arm();
  }

  /** Also works when the visibility has ended, as long as nobody received the message again. */
  delete(receiptHandle: string): void {
    this.checkHandle(receiptHandle);
    const message = this.#byHandle.get(receiptHandle);
    if (message !== undefined) this.#drop(message);
  }

  changeVisibility(receiptHandle: string, seconds: number): void {
    this.checkHandle(receiptHandle);
    this.#catchUp();
    const message = this.#byHandle.get(receiptHandle);
    if (message === undefined) {
      throw invalidParameter(
        'ReceiptHandle',
        receiptHandle,
        'Message does not exist or is not available for visibility timeout change.',
      );
    }
    if (message.state !== 'inFlight') {
      throw new SqsError('MessageNotInflight', 'The specified message is not in flight.');
    }
    const now = this.#context.nowMs();
    const visibleAt = now + seconds * 1_000;
    if (visibleAt > message.receivedAt + MAX_VISIBILITY_MS) {
      throw invalidParameter(
        'VisibilityTimeout',
        seconds,
        'Total VisibilityTimeout for the message is beyond the limit [43200 seconds]',
      );
    }
    this.#unhide(message);
    if (visibleAt <= now) this.#show(message);
    else this.#hide(message, 'inFlight', visibleAt);
    this.serveWaiters();
  }

  checkHandle(receiptHandle: string): void {
    if (!receiptHandle.startsWith(this.#handlePrefix)) {
      throw new SqsError('ReceiptHandleIsInvalid', 'The input receipt handle is invalid.');
    }
  }

  /**
   * Takes the oldest visible message away for a move to the queue that `target` names; nobody counts that as a
   * receive. When `target` throws, the message stays.
   */
  moveOldest(target: (message: QueuedMessage) => Queue): Queue | undefined {
    this.#catchUp();
    const message = this.#nextVisible();
    if (message === undefined) return undefined;
    try {
      const queue = target(message);
      queue.send(message, 0);
      this.#drop(message);
      return queue;
    } catch (error) {
      this.#visible.push(message);
      throw error;
    }
  }

  someVisible(predicate: (message: QueuedMessage) => boolean): boolean {
    this.#catchUp();
    for (const message of this.#visible.values()) {
      if (message.state === 'visible' && predicate(message)) return true;
    }
    return false;
  }

  purge(): void {
    this.purgedAt = this.#context.nowMs();
    this.#context.journal?.clear();
    this.#visible.clear();
    this.#hidden.clear();
    this.#byHandle.clear();
    Object.assign(this.#counts, { visible: 0, delayed: 0, inFlight: 0 });
  }

  /** Ends every wait with nothing. */
  close(): void {
    this.#waiters.close();
    this.#arm();
  }

  #take({ max, visibilitySeconds }: ReceiveRequest): QueuedMessage[] {
    this.#catchUp();
    const now = this.#context.nowMs();
    const taken: QueuedMessage[] = [];
    while (taken.length < max && this.#counts.inFlight < MAX_IN_FLIGHT) {
      const message = this.#nextVisible();
      if (message === undefined) break;
      if (this.#deadLetter(message)) continue;
      this.#counts.visible -= 1;
      if (message.receiptHandle !== undefined) this.#byHandle.delete(message.receiptHandle);
      message.receiveCount += 1;
      message.firstReceivedAt ??= now;
      message.receivedAt = now;
      message.receiptHandle = this.#handlePrefix + randomUUID();
      this.#byHandle.set(message.receiptHandle, message);
      this.#hide(message, 'inFlight', now + visibilitySeconds * 1_000);
      taken.push(message);
    }
    return taken;
  }

  #deadLetter(message: QueuedMessage): boolean {
    const redrive = this.#settings.redrive;
    if (redrive === undefined || message.receiveCount < redrive.maxReceiveCount) return false;
    const target = this.#context.queueByArn(redrive.deadLetterTargetArn);
    // Policies that point at each other must not send a message round for ever.
    if (target === undefined || target === this || target.arn === message.deadLetteredFrom) return false;
    target.accept(deadLettered(message, this.arn));
    this.#drop(message);
    return true;
  }

  /** Takes the oldest visible message of the group whose turn it is off the list; it still counts as visible. */
  #nextVisible(): QueuedMessage | undefined {
    const oldest = this.#context.nowMs() - this.#settings.retentionMs;
    for (;;) {
      const message = this.#visible.shift();
      if (message === undefined) return undefined;
      if (message.state !== 'visible') continue;
      if (message.sentAt > oldest) return message;
      this.#drop(message);
    }
  }

  #catchUp(): void {
    const now = this.#context.nowMs();
    for (
      let next = this.#hidden.peek();
      next !== undefined && next.visibleAt <= now;
      next = this.#hidden.peek()
    ) {
      this.#unhide(next);
      this.#show(next);
    }
    if (now >= this.#nextSweepAt) this.#sweep(now);
  }

  /** Retention for messages that nobody receives; a received one is checked on the way. */
  #sweep(now: number): void {
    this.#nextSweepAt = now + RETENTION_SWEEP_MS;
    const oldest = now - this.#settings.retentionMs;
    for (const message of [...this.#visible.values(), ...this.#hidden.values()]) {
      if (message.state !== 'deleted' && message.sentAt <= oldest) this.#drop(message);
    }
  }

  #show(message: QueuedMessage): void {
    message.state = 'visible';
    this.#counts.visible += 1;
    this.#visible.push(message);
  }

  #hide(message: QueuedMessage, state: 'delayed' | 'inFlight', visibleAt: number): void {
    message.state = state;
    message.visibleAt = visibleAt;
    this.#counts[state] += 1;
    this.#hidden.add(message);
  }

  #unhide(message: QueuedMessage): void {
    if (message.state === 'delayed' || message.state === 'inFlight') this.#counts[message.state] -= 1;
    this.#hidden.remove(message);
  }

  #drop(message: QueuedMessage): void {
    if (message.state === 'visible') this.#counts.visible -= 1;
    else this.#unhide(message);
    message.state = 'deleted';
    this.#context.journal?.forget(message);
    if (message.receiptHandle !== undefined) this.#byHandle.delete(message.receiptHandle);
  }

  /** One timer for the next message to become visible, and only while somebody waits; the wait keeps the process up. */
  #arm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const next = this.#hidden.peek();
    if (this.#waiters.size === 0 || next === undefined) return;
    const inMs = Math.max(1, next.visibleAt - this.#context.nowMs());
    this.#timer = setTimeout(() => this.serveWaiters(), inMs).unref();
  }
}
