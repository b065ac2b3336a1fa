import type { Clock } from '../../shared/ports.ts';
import type { Kernel, Timer } from './kernel.ts';

/** One execution environment: whatever it awaits comes through here, so that it can die, or stand still, at every await. */
export class Process {
  readonly name: string;
  readonly clock: Clock;
  /** What its wall clock is off. */
  skewMs: number;
  onDeath: (why: string) => void = () => {};
  readonly #kernel: Kernel;
  readonly #bornMs: number;
  #alive = true;
  #frozenUntilMs = 0;

  constructor(kernel: Kernel, name: string, skewMs: number) {
    this.#kernel = kernel;
    this.#bornMs = kernel.nowMs;
    this.name = name;
    this.skewMs = skewMs;
    this.clock = {
      nowMs: () => kernel.nowMs + this.skewMs,
      monotonicMs: () => kernel.nowMs - this.#bornMs,
      sleep: (ms) =>
        new Promise((resolve) => {
          this.after(Math.max(0, Math.ceil(ms)), resolve);
        }),
    };
  }

  get isAlive(): boolean {
    return this.#alive;
  }
  get isFrozen(): boolean {
    return this.#kernel.nowMs < this.#frozenUntilMs;
  }

  after(ms: number, work: () => void): Timer {
    return this.#kernel.after(ms, () => this.wake(work));
  }

  /** Goes on with something, if it still can; later, if it stands still. */
  wake(work: () => void): void {
    if (!this.#alive) return;
    if (this.isFrozen) this.#kernel.at(this.#frozenUntilMs, () => this.wake(work));
    else work();
  }

  freeze(ms: number): void {
    this.#frozenUntilMs = Math.max(this.#frozenUntilMs, this.#kernel.nowMs + ms);
  }

  die(why: string): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.onDeath(why);
  }
}
