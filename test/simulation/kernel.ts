/**
 * Simulated time. Whatever happens is an event; between two events all promises settle that the first one settled, so
 * the order of events is the order of the whole world. No real timer and no real clock is involved.
 */
export interface Timer {
  cancel(): void;
}
interface Entry {
  at: number;
  seq: number;
  work: (() => void) | undefined;
}

export class Kernel {
  #nowMs: number;
  #seq = 0;
  readonly #heap: Entry[] = [];
  #failure: unknown;

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  at(atMs: number, work: () => void): Timer {
    const entry: Entry = { at: Math.max(Math.ceil(atMs), this.#nowMs), seq: this.#seq++, work };
    this.#push(entry);
    return {
      cancel: () => {
        entry.work = undefined;
      },
    };
  }
  after(ms: number, work: () => void): Timer {
    return this.at(this.#nowMs + ms, work);
  }

  /** Ends the run at once; the first reason counts. */
  fail(reason: unknown): void {
    this.#failure ??= reason;
  }

  /** Plays events up to that instant; throws what somebody failed it with. */
  async runUntil(untilMs: number): Promise<void> {
    for (;;) {
      const next = this.#heap[0];
      if (next === undefined || next.at > untilMs) break;
      this.#pop();
      if (next.work === undefined) continue;
      this.#nowMs = next.at;
      try {
        next.work();
      } catch (error) {
        this.fail(error);
      }
      await settled();
      if (this.#failure !== undefined) throw this.#failure;
    }
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !before(entry, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      const [left, right] = [heap[child], heap[child + 1]];
      if (left === undefined) break;
      if (right !== undefined && before(right, left)) child++;
      const least = heap[child];
      if (least === undefined || !before(least, last)) break;
      heap[at] = least;
      at = child;
    }
    heap[at] = last;
  }
}

const before = (a: Entry, b: Entry): boolean => a.at < b.at || (a.at === b.at && a.seq < b.seq);

/** One turn of the event loop: every promise that can settle has. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
