/** Random numbers that are the same for the same seed on every machine. */
export class Prng {
  #a: number;

  constructor(seed: number) {
    this.#a = seed >>> 0;
  }

  /** 0 ≤ x < 1 (mulberry32). */
  next(): number {
    this.#a = (this.#a + 0x6d2b79f5) >>> 0;
    return scrambled(this.#a);
  }
  chance(probability: number): boolean {
    return this.next() < probability;
  }
  /** An integer, both ends included. */
  int(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }
  pick<T>(of: readonly T[]): T {
    const one = of[Math.floor(this.next() * of.length)];
    if (one === undefined) throw new RangeError('nothing to pick from');
    return one;
  }
}

/** The n-th number of a stream of its own: leaving one out does not move the others. */
export const numberAt = (seed: number, stream: string, n: number): number =>
  scrambled((seed ^ hashText(stream) ^ Math.imul(n + 1, 0x9e3779b1)) >>> 0);

function scrambled(a: number): number {
  let t = Math.imul(a ^ (a >>> 15), a | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
}

/** FNV-1a. */
export function hashText(text: string, from = 0x811c9dc5): number {
  let hash = from;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
