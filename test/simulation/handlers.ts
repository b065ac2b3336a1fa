import type { HandlerRequest, HandlerResult, HandlerRunner } from '../../shared/ports.ts';
import type { Timer } from './kernel.ts';
import type { Wire } from './network.ts';
import type { Process } from './process.ts';

/** How often the handlers of a task do what; what is left of 1 is success. */
export interface Behaviour {
  fails?: number;
  nonRetryable?: number;
  throttled?: number;
  snoozes?: number;
  handsOff?: number;
  overruns?: number;
  silent?: number;
  crashes?: number;
  slow?: number;
}

export interface HandlerWatch {
  began(run: LiveHandler): void;
  ended(run: LiveHandler): void;
}
export interface LiveHandler {
  request: HandlerRequest;
  process: Process;
  startedMs: number;
  /** By then it has been killed. */
  killedByMs: number;
}

/** After its deadline a handler goes on until its thread is ended: less than KILL_MS later. */
const KILL_DELAY_MS = 4_000;

export interface HandlerWorld extends Wire {
  behaviourOf(taskId: string): Behaviour;
  watch: HandlerWatch;
  /** Somebody outside got a token. */
  handedOff(id: string, token: string, seconds: number): void;
}

/** Handlers as the pool of threads runs them, each with a fate of its own. */
export function makeHandlers(world: HandlerWorld, process: Process): HandlerRunner {
  return {
    run: (request) =>
      new Promise((resolve) => {
        new Attempt(world, process, request, resolve).begin();
      }),
  };
}

const failure = (errorType: string, over: Partial<Extract<HandlerResult, { kind: 'failed' }>> = {}) =>
  ({
    kind: 'failed',
    cause: 'error',
    errorType,
    errorMessage: 'simulated',
    nonRetryable: false,
    ...over,
  }) as const;

class Attempt {
  readonly #world: HandlerWorld;
  readonly #process: Process;
  readonly #request: HandlerRequest;
  readonly #resolve: (result: HandlerResult) => void;
  readonly #live: LiveHandler;
  #silence: Timer | undefined;
  #over = false;

  constructor(
    world: HandlerWorld,
    process: Process,
    request: HandlerRequest,
    resolve: (result: HandlerResult) => void,
  ) {
    this.#world = world;
    this.#process = process;
    this.#request = request;
    this.#resolve = resolve;
    const startedMs = world.kernel.nowMs;
    this.#live = { request, process, startedMs, killedByMs: startedMs + request.timeoutMs + KILL_DELAY_MS };
  }

  begin(): void {
    const { taskId, id, attempt } = this.#request.execution;
    const { faults } = this.#world;
    const behaviour = this.#world.behaviourOf(taskId);
    this.#world.trace(() => `${this.#process.name} handler of ${id} attempt ${attempt} begins`);
    this.#world.watch.began(this.#live);
    const stream = `handler ${id}#${attempt}`;
    const share = faults.between(stream, 0, 999_999) / 1_000_000;
    const fate = fateOf(behaviour, share);
    const { timeoutMs, heartbeatMs, signal } = this.#request;
    this.#process.after(timeoutMs, () => this.#kill('timedOut'));
    if (heartbeatMs !== undefined) this.#expectSign(heartbeatMs);
    signal?.addEventListener('abort', () => this.#aborted(faults.between(stream, 0, 1) === 0), {
      once: true,
    });
    const slow = behaviour.slow ?? 0;
    const long = faults.between(stream, 0, 999) < slow * 1_000;
    const takes = faults.between(
      stream,
      5,
      long ? Math.floor(timeoutMs * 0.9) : Math.min(3_000, timeoutMs / 2),
    );
    if (heartbeatMs !== undefined && fate !== 'silent') this.#beat(Math.max(500, heartbeatMs / 3));
    if (faults.between(stream, 0, 9) === 0) this.#request.onProgress?.({ percent: 50 });
    if (fate === 'overruns' || fate === 'silent') return;
    this.#process.after(takes, () => this.#finish(fate, stream));
  }

  #finish(fate: Fate, stream: string): void {
    const { faults } = this.#world;
    if (fate === 'handsOff') void this.#handOff(faults.between(stream, 20, 240));
    else this.#end(resultOf(fate, () => faults.between(stream, 1, 90)));
  }

  async #handOff(seconds: number): Promise<void> {
    try {
      const token = await this.#request.onHandOff?.();
      if (token === undefined) throw new Error('no token');
      this.#world.handedOff(this.#request.execution.id, token, seconds);
      this.#process.after(this.#world.faults.between('hand-off', 1, 2_000), () =>
        this.#end({ kind: 'pending', timeoutSeconds: seconds }),
      );
    } catch {
      this.#end(failure('Error'));
    }
  }

  /** It shows signs of life until it ends. */
  #beat(everyMs: number): void {
    this.#process.after(everyMs, () => {
      if (this.#over) return;
      void this.#request.onHeartbeat?.().then((withinMs) => {
        if (withinMs !== undefined && !this.#over) this.#expectSign(withinMs);
      });
      this.#beat(everyMs);
    });
  }

  #expectSign(withinMs: number): void {
    this.#silence?.cancel();
    this.#silence = this.#process.after(withinMs, () => this.#kill('silent'));
  }

  #aborted(listens: boolean): void {
    if (this.#over) return;
    const end = () => this.#end(failure('AbortError', { cause: 'aborted' }));
    if (listens) this.#process.after(20, end);
    else this.#process.after(KILL_DELAY_MS, end);
  }

  #kill(why: string): void {
    this.#process.after(this.#world.faults.between('kill', 0, KILL_DELAY_MS), () =>
      this.#end(failure('TimeoutError', { cause: 'timedOut', errorMessage: why })),
    );
  }

  #end(result: HandlerResult): void {
    if (this.#over) return;
    this.#over = true;
    const { id, attempt } = this.#request.execution;
    this.#world.trace(() => `${this.#process.name} handler of ${id} attempt ${attempt} ends: ${result.kind}`);
    this.#world.watch.ended(this.#live);
    this.#resolve(result);
  }
}

function resultOf(fate: Fate, seconds: () => number): HandlerResult {
  switch (fate) {
    case 'fails':
      return failure('Error');
    case 'nonRetryable':
      return failure('NonRetryableError', { nonRetryable: true });
    case 'throttled':
      return failure('HttpError', { httpStatus: 429, throttled: true });
    case 'snoozes':
      return { kind: 'snoozed', seconds: seconds(), reason: 'later' };
    case 'crashes':
      return failure('HandlerCrashed', { cause: 'crashed' });
    default:
      return { kind: 'success', result: { n: 1 } };
  }
}

type Fate = keyof Behaviour | 'succeeds';

function fateOf(behaviour: Behaviour, share: number): Fate {
  let sum = 0;
  for (const [fate, part] of Object.entries(behaviour)) {
    if (fate === 'slow') continue;
    sum += part;
    // The keys of a Behaviour are its fates.
    if (share < sum) return fate as Fate;
  }
  return 'succeeds';
}
