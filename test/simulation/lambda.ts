import type { Context } from 'aws-lambda';
import type { Message, SimulatedQueue, SimulatedSqs } from './aws/sqs.ts';
import type { Wire } from './network.ts';
import { Process } from './process.ts';

export type Handler = (event: unknown, context: Context) => Promise<unknown>;
export type Ended = { ok: true; value: unknown } | { ok: false; why: string };

interface Environment {
  process: Process;
  handler: Handler;
}

const SKEW_MS = 1_000;

/** A Lambda function: environments that are used again, die, run out of time, and are started anew. */
export class SimulatedLambda {
  readonly name: string;
  readonly #wire: Wire;
  readonly #timeoutMs: number;
  readonly #make: (process: Process) => Handler;
  readonly #idle: Environment[] = [];
  #started = 0;
  #invocations = 0;

  constructor(wire: Wire, name: string, timeoutMs: number, make: (process: Process) => Handler) {
    this.#wire = wire;
    this.name = name;
    this.#timeoutMs = timeoutMs;
    this.#make = make;
  }

  invoke(event: unknown, ended: (result: Ended) => void): void {
    const { kernel, faults, trace } = this.#wire;
    const warm = faults.happens('coldStart') ? undefined : this.#idle.pop();
    const environment = warm ?? this.#start();
    const { process, handler } = environment;
    process.skewMs = faults.between('skew', -SKEW_MS, SKEW_MS);
    const deadlineMs = kernel.nowMs + this.#timeoutMs;
    let over = false;
    const end = (result: Ended): void => {
      if (over) return;
      over = true;
      timer.cancel();
      trace(() => `${process.name} ended ${result.ok ? 'well' : result.why}`);
      if (process.isAlive) this.#idle.push(environment);
      ended(result);
    };
    const timer = kernel.at(deadlineMs, () => {
      faults.trouble(process.name, kernel.nowMs);
      process.die('timed out');
    });
    process.onDeath = (why) => end({ ok: false, why });
    const context = {
      awsRequestId: `${this.name}-${++this.#invocations}`,
      getRemainingTimeInMillis: () => deadlineMs - kernel.nowMs,
    };
    trace(() => `${process.name} begins`);
    // All that a function of ours uses of its context.
    handler(event, context as Context)
      .then(
        (value) => end({ ok: true, value }),
        (error: unknown) => end({ ok: false, why: String(error) }),
      )
      // Whoever was answered found that a promise is broken.
      .catch((error: unknown) => kernel.fail(error));
  }

  #start(): Environment {
    const process = new Process(this.#wire.kernel, `${this.name}/${++this.#started}`, 0);
    return { process, handler: this.#make(process) };
  }
}

/** Feeds a queue to a function, as Lambda's event source mapping does. */
export function feed(
  wire: Wire,
  sqs: SimulatedSqs,
  queue: SimulatedQueue,
  lambda: SimulatedLambda,
  { workers, batchSize }: { workers: number; batchSize: number },
): void {
  const { kernel, faults } = wire;
  let busy = 0;
  const looks = new Set<number>();

  const look = (atMs: number): void => {
    const when = Math.max(atMs, kernel.nowMs) + 5;
    if (looks.has(when)) return;
    looks.add(when);
    kernel.at(when, () => {
      looks.delete(when);
      poll();
    });
  };

  const poll = (): void => {
    while (busy < workers) {
      const ready = queue.ready(kernel.nowMs);
      if (ready.length === 0) return;
      const batch: Message[] = [];
      const size = faults.between('batch', 1, batchSize);
      while (batch.length < size && ready.length > 0)
        batch.push(...ready.splice(faults.between('order', 0, ready.length - 1), 1));
      deliver(batch);
    }
  };

  const deliver = (batch: Message[]): void => {
    const { visibilityMs } = queue.options;
    const Records = batch.map((message) => {
      message.receives++;
      message.handle = sqs.handle();
      const doubled = faults.happens('doubleDelivery');
      const lost = faults.happens('lostVisibility');
      message.visibleAtMs = kernel.nowMs + (doubled ? 20 : lost ? 3_000 : visibilityMs);
      look(message.visibleAtMs);
      return {
        messageId: message.id,
        receiptHandle: message.handle,
        body: message.body,
        attributes: { ApproximateReceiveCount: String(message.receives) },
      };
    });
    busy++;
    lambda.invoke({ Records }, (result) => {
      busy--;
      if (result.ok) {
        const kept = failuresOf(result.value);
        for (const [i, message] of batch.entries()) {
          const taken = message.handle === Records[i]?.receiptHandle;
          if (!kept.has(message.id) && taken && !faults.happens('undeleted')) message.gone = true;
        }
      }
      look(kernel.nowMs);
    });
  };

  queue.onVisible = look;
}

function failuresOf(value: unknown): Set<unknown> {
  if (typeof value !== 'object' || value === null || !('batchItemFailures' in value)) return new Set();
  const { batchItemFailures: failures } = value;
  if (!Array.isArray(failures)) throw new TypeError('not the answer of a function that takes batches');
  return new Set(failures.map(({ itemIdentifier }) => itemIdentifier));
}
