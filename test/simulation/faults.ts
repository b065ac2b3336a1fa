import { numberAt, Prng } from './prng.ts';

/** Everything that may go wrong, and how often at most: the share of the occasions on which it does. */
const WORST = {
  /** A request is refused before anything happened; the SDK asks again. */
  throttle: 0.05,
  /** A whole store is away for a while: more than the SDK's patience. */
  outage: 0.002,
  /** It happened, but the answer is lost; the SDK asks again. */
  lostAnswer: 0.04,
  /** The answer is lost, and it happens much later, when others may have written. */
  stuckWrite: 0.01,
  conflict: 0.05,
  slowRequest: 0.03,
  /** The process ends before or after a request. */
  crashBefore: 0.006,
  crashAfter: 0.01,
  /** The process stands still, and comes back long after its time. */
  freeze: 0.004,
  coldStart: 0.1,
  staleIndex: 0.3,
  doubleDelivery: 0.05,
  /** The function is done with a message, and yet it comes again. */
  undeleted: 0.03,
  refusedEntry: 0.03,
  lostVisibility: 0.02,
  lateTick: 0.15,
  doubleTick: 0.15,
  missedTick: 0.08,
  busAway: 0.03,
  /** A write, or its answer, is held up, and others act on the same thing in between. */
  raceBefore: 0.05,
  raceAfter: 0.02,
} as const;
/** Two lost answers within this are more than a start can bear. */
const LOST_MS = 30_000;
const FIRST_WEIGHT = 12;
const LEAST_WEIGHT = 0.2;
export type FaultKind = keyof typeof WORST;
const KINDS = Object.keys(WORST) as FaultKind[];

/**
 * Decides by seed, kind and how often it was asked: leaving one fault out leaves the others where they were, as far as
 * the world goes the same way without it.
 */
export class Faults {
  readonly fired: string[] = [];
  /** When anything went wrong last, or somebody did something. */
  lastMs = 0;
  readonly #seed: number;
  readonly #nowMs: () => number;
  readonly #rates: Readonly<Record<FaultKind, number>>;
  readonly #only: ReadonlySet<string> | undefined;
  readonly #asked = new Map<string, number>();
  #over = false;

  /** `only`: nothing but these go wrong, named as in `fired`. */
  constructor(seed: number, nowMs: () => number, only?: ReadonlySet<string>) {
    this.#seed = seed;
    this.#nowMs = nowMs;
    this.#rates = ratesOf(seed);
    this.#only = only;
  }

  /** `weight`: so many times as often as it is usual in this history. */
  happens(kind: FaultKind, weight = 1): boolean {
    const n = this.#next(kind);
    if (this.#over) return false;
    const name = `${kind}:${n}`;
    const does = this.#only
      ? this.#only.has(name)
      : numberAt(this.#seed, kind, n) < this.#rates[kind] * weight;
    if (does) {
      this.fired.push(name);
      this.lastMs = this.#nowMs();
    }
    return does;
  }

  /** What is seldom done weighs more: or else all that is held up would be the same few writes. */
  rarity(what: string): number {
    return Math.max(LEAST_WEIGHT, FIRST_WEIGHT / (this.#next(`rarity of ${what}`) + 1));
  }

  /** An integer between the two, from a stream of that name. */
  between(stream: string, low: number, high: number): number {
    return low + Math.floor(numberAt(this.#seed, stream, this.#next(stream)) * (high - low + 1));
  }

  /** A process dies, stands still, waits long or is refused, until then: whatever it had begun may be lost. */
  trouble(process: string, fromMs: number, untilMs = fromMs): void {
    const known = this.#troubled.get(process);
    this.#troubled.set(process, Math.max(untilMs, known ?? 0));
  }
  /** One answer that is lost costs it some seconds; two of them may cost it its attempt. */
  lost(process: string, nowMs: number): void {
    const last = this.#lost.get(process);
    this.#lost.set(process, nowMs);
    if (last !== undefined && nowMs - last < LOST_MS) this.trouble(process, nowMs);
  }
  hadTrouble(process: string, sinceMs: number): boolean {
    return (this.#troubled.get(process) ?? 0) >= sinceMs;
  }
  readonly #troubled = new Map<string, number>();
  readonly #lost = new Map<string, number>();

  get isOver(): boolean {
    return this.#over;
  }

  /** From now on all is well. */
  end(): void {
    this.#over = true;
  }

  #next(stream: string): number {
    const n = this.#asked.get(stream) ?? 0;
    this.#asked.set(stream, n + 1);
    return n;
  }
}

/** Each history has its own weather: some kinds not at all, others rarely or often; and some histories are calm. */
function ratesOf(seed: number): Record<FaultKind, number> {
  const random = new Prng(seed ^ 0x5eed);
  const calm = random.chance(0.1);
  const rates = KINDS.map((kind) => {
    const share = random.pick([0, 0, 0.2, 0.5, 1]);
    return [kind, calm ? 0 : WORST[kind] * share] as const;
  });
  return Object.fromEntries(rates) as Record<FaultKind, number>;
}
