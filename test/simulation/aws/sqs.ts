import {
  ChangeMessageVisibilityCommand,
  GetQueueAttributesCommand,
  type MessageAttributeValue,
  PurgeQueueCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';

export interface Message {
  id: string;
  body: string;
  attributes: Record<string, MessageAttributeValue>;
  visibleAtMs: number;
  receives: number;
  handle: string;
  gone: boolean;
}

export interface QueueOptions {
  url: string;
  visibilityMs: number;
  maxReceiveCount: number;
  deadLetters?: SimulatedQueue;
}

/** A standard queue: at least once, in no order. */
export class SimulatedQueue {
  readonly options: QueueOptions;
  messages: Message[] = [];
  /** A message becomes visible at that instant. */
  onVisible: (atMs: number) => void = () => {};

  constructor(options: QueueOptions) {
    this.options = options;
  }

  add(message: Message): void {
    this.messages.push(message);
    this.onVisible(message.visibleAtMs);
  }

  /** What can be taken now; what was received too often goes to the dead letters instead. */
  ready(nowMs: number): Message[] {
    const { maxReceiveCount, deadLetters } = this.options;
    this.messages = this.messages.filter(({ gone }) => !gone);
    const visible = this.messages.filter(({ visibleAtMs }) => visibleAtMs <= nowMs);
    const spent = visible.filter(({ receives }) => receives >= maxReceiveCount);
    for (const message of spent) {
      message.gone = true;
      deadLetters?.add({ ...message, gone: false, receives: 0, visibleAtMs: nowMs });
    }
    return visible.filter(({ gone }) => !gone);
  }

  /** As the console's "Redrive to a custom destination". */
  moveTo(target: SimulatedQueue, nowMs: number): Message[] {
    const moved = this.messages.filter(({ gone }) => !gone);
    for (const message of moved) {
      message.gone = true;
      target.add({ ...message, gone: false, receives: 0, visibleAtMs: nowMs });
    }
    return moved;
  }

  /** The time of those that somebody works at is over. */
  reveal(nowMs: number): void {
    const taken = this.messages.filter(
      ({ gone, handle, visibleAtMs }) => !gone && handle && visibleAtMs > nowMs,
    );
    for (const message of taken) message.visibleAtMs = nowMs;
    if (taken.length > 0) this.onVisible(nowMs);
  }

  purge(): void {
    for (const message of this.messages) message.gone = true;
  }
}

/** SQS as far as the adapters use it. */
export class SimulatedSqs {
  readonly queues = new Map<string, SimulatedQueue>();
  readonly #nowMs: () => number;
  /** True: the queue refuses this entry of a batch for its own reasons. */
  readonly #refuses: () => boolean;
  #ids = 0;
  onSend: (url: string, body: string) => void = () => {};
  /** A person moves it from one queue to the other. */
  onMove: (body: string) => void = () => {};

  constructor(nowMs: () => number, refuses: () => boolean) {
    this.#nowMs = nowMs;
    this.#refuses = refuses;
  }

  create(options: QueueOptions): SimulatedQueue {
    const queue = new SimulatedQueue(options);
    this.queues.set(options.url, queue);
    return queue;
  }

  handle(): string {
    return `handle-${++this.#ids}`;
  }

  execute(command: unknown): object {
    if (command instanceof SendMessageBatchCommand) {
      const { QueueUrl, Entries = [] } = command.input;
      const queue = this.#queue(QueueUrl);
      const refused = Entries.filter(() => this.#refuses());
      for (const entry of Entries) if (!refused.includes(entry)) this.#send(queue, entry);
      return { Failed: refused.map(({ Id }) => ({ Id, SenderFault: false, Code: 'InternalError' })) };
    }
    if (command instanceof SendMessageCommand) {
      this.#send(this.#queue(command.input.QueueUrl), command.input);
      return {};
    }
    if (command instanceof ChangeMessageVisibilityCommand) {
      const { QueueUrl, ReceiptHandle, VisibilityTimeout = 0 } = command.input;
      const queue = this.#queue(QueueUrl);
      const message = queue.messages.find(({ handle, gone }) => handle === ReceiptHandle && !gone);
      if (!message || message.visibleAtMs <= this.#nowMs()) throw named('MessageNotInflight');
      message.visibleAtMs = this.#nowMs() + VisibilityTimeout * 1_000;
      queue.onVisible(message.visibleAtMs);
      return {};
    }
    if (command instanceof GetQueueAttributesCommand) {
      const count = this.#queue(command.input.QueueUrl).messages.filter(({ gone }) => !gone).length;
      return { Attributes: { ApproximateNumberOfMessages: String(count) } };
    }
    if (command instanceof PurgeQueueCommand) {
      this.#queue(command.input.QueueUrl).purge();
      return {};
    }
    throw named('ValidationException');
  }

  #send(
    queue: SimulatedQueue,
    q: {
      MessageBody?: string | undefined;
      DelaySeconds?: number | undefined;
      MessageAttributes?: Record<string, MessageAttributeValue> | undefined;
    },
  ): void {
    const { MessageBody: body = '', DelaySeconds: delay = 0, MessageAttributes: attributes = {} } = q;
    if (body === '' || delay < 0 || delay > 900 || !Number.isInteger(delay))
      throw named('ValidationException');
    const visibleAtMs = this.#nowMs() + delay * 1_000;
    const id = `message-${++this.#ids}`;
    queue.add({ id, body, attributes, visibleAtMs, receives: 0, handle: '', gone: false });
    this.onSend(queue.options.url, body);
  }

  #queue(url: string | undefined): SimulatedQueue {
    const queue = this.queues.get(url ?? '');
    if (!queue) throw named('QueueDoesNotExist');
    return queue;
  }
}

const named = (name: string): Error => Object.assign(new Error(`simulated SQS: ${name}`), { name });
