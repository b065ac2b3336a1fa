import { TransactionCanceledException, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import type { Faults } from './faults.ts';
import type { Kernel } from './kernel.ts';
import type { Process } from './process.ts';

const SDK_TRIES = 3;
const SDK_PAUSE_MS = 100;
const REQUEST_TIMEOUT_MS = 3_000;
const OUTAGE_MS = 20_000;
const STUCK_MS = 40_000;
/** Less than a start may take, less than a request of a person, longer than a lease. */
const HELD_UP_MS = [800, 8_000, 25_000, 150_000];

export interface Service {
  name: 'dynamodb' | 'sqs' | 'events';
  execute(command: unknown): object;
  /** What a request says, for the trace. */
  describe(command: unknown): string;
  isWrite(command: unknown): boolean;
}

export interface Wire {
  kernel: Kernel;
  faults: Faults;
  trace(line: () => string): void;
  /** A request is held up for that long; whoever listens lets others act on the same thing. */
  race(request: string, heldUpMs: number): void;
}

/** Services that are away, and until when. */
export type Outages = Map<string, number>;

type Answer = { reply: object } | { error: Error; again: boolean };

/** The SDK gives a transaction a token, by which the service knows a repetition. */
interface Request {
  command: unknown;
  done?: Answer;
}

/** A client of the SDK as an adapter sees it: what passes by itself is tried three times before it hears of it. */
export function makeClient(wire: Wire, outages: Outages, process: Process, service: Service) {
  const { kernel, faults } = wire;
  type Then = (answer: Answer) => void;

  const attempt = (request: Request, then: Then) => {
    if (faults.happens('crashBefore')) {
      trouble();
      return process.die(`died before ${service.describe(request.command)}`);
    }
    if (faults.happens('freeze')) {
      const ms = faults.between('freeze ms', 2_000, 200_000);
      wire.trace(() => `${process.name} stands still for ${ms} ms`);
      trouble(ms);
      process.freeze(ms);
    }
    const writes = service.isWrite(request.command);
    if (writes && faults.happens('raceBefore', faults.rarity(kindOf('before', request.command)))) {
      const ms = holdUp(request.command);
      kernel.after(ms + 1, () => process.isAlive && arrive(request, then));
      return undefined;
    }
    const slow = faults.happens('slowRequest') ? faults.between('slow ms', 500, 9_000) : 0;
    if (slow > 0) trouble(slow);
    kernel.after(faults.between('latency', 1, 12) + slow, () => arrive(request, then));
    return undefined;
  };

  const trouble = (forMs = 0): void => faults.trouble(process.name, kernel.nowMs, kernel.nowMs + forMs);

  /** Which function does what, whatever it is done to. */
  const kindOf = (when: string, command: unknown): string =>
    `${when} ${process.name} ${service.describe(command)}`.replace(/\(.*|T#root#\S+|"taskId.*|\d+/gs, '');

  /** The process stands still meanwhile. */
  const holdUp = (command: unknown): number => {
    const longest = HELD_UP_MS[faults.between('race', 0, HELD_UP_MS.length - 1)] ?? 0;
    const ms = faults.between('race', 20, longest);
    const what = service.describe(command);
    wire.trace(() => `${process.name} is held up for ${ms} ms: ${what}`);
    trouble(ms);
    process.freeze(ms);
    wire.race(what, ms);
    return ms;
  };

  const arrive = (request: Request, then: Then) => {
    const { command } = request;
    const isAway = !faults.isOver && (outages.get(service.name) ?? 0) > kernel.nowMs;
    if (!isAway && faults.happens('outage'))
      outages.set(service.name, kernel.nowMs + faults.between('outage ms', 500, OUTAGE_MS));
    if (isAway || faults.happens('throttle')) return back(then, transient('ThrottlingException'));
    const writes = service.isWrite(command);
    if (command instanceof TransactWriteItemsCommand && faults.happens('conflict'))
      return back(then, { error: conflict(), again: false });
    if (writes && faults.happens('stuckWrite')) {
      trouble(STUCK_MS);
      kernel.after(faults.between('stuck ms', 1_000, STUCK_MS), () => void apply(request, 'late'));
      kernel.after(REQUEST_TIMEOUT_MS, () => back(then, transient('TimeoutError')));
      return undefined;
    }
    const lost = writes && faults.happens('lostAnswer');
    const result = apply(request, lost ? '(answer lost)' : '');
    if (lost) faults.lost(process.name, kernel.nowMs);
    if (writes && faults.happens('crashAfter')) {
      trouble();
      return process.die(`died after ${service.describe(command)}`);
    }
    if (writes && faults.happens('raceAfter', faults.rarity(kindOf('after', command)))) holdUp(command);
    if (!lost) return back(then, result);
    kernel.after(REQUEST_TIMEOUT_MS, () => back(then, transient('TimeoutError')));
    return undefined;
  };

  const apply = (request: Request, note: string): Answer => {
    const isTransaction = request.command instanceof TransactWriteItemsCommand;
    if (isTransaction && request.done && 'reply' in request.done) return request.done;
    request.done = execute(request.command, note);
    return request.done;
  };

  const execute = (command: unknown, note: string): Answer => {
    try {
      const reply = service.execute(command);
      wire.trace(() => `${process.name} ${service.describe(command)} ${note}`);
      return { reply };
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      wire.trace(() => `${process.name} ${service.describe(command)} → ${error.name} ${note}`);
      if (error.name === 'ValidationException') kernel.fail(error);
      return { error, again: false };
    }
  };

  const back = (then: Then, answer: Answer) => {
    kernel.after(faults.between('latency', 1, 12), () => process.wake(() => then(answer)));
  };

  const send = (command: unknown): Promise<object> =>
    new Promise((resolve, reject) => {
      const request: Request = { command };
      const go = (tries: number): void =>
        attempt(request, (answer) => {
          if ('reply' in answer) resolve(answer.reply);
          else if (answer.again && tries < SDK_TRIES)
            process.after(SDK_PAUSE_MS * tries, () => go(tries + 1));
          else {
            if (answer.again) trouble();
            reject(answer.error);
          }
        });
      go(1);
    });
  return { send };
}

const transient = (name: string): Answer => ({
  error: Object.assign(new Error('simulated'), { name }),
  again: true,
});

const conflict = () =>
  new TransactionCanceledException({
    $metadata: {},
    message: 'conflict',
    CancellationReasons: [{ Code: 'TransactionConflict' }],
  });
