import { encodeTime } from 'ulid';
import type { Clock, Ids, Random } from '../../shared/ports.ts';

export interface HandClock extends Clock {
  /** Moves wall and monotonic time, waking each sleeper at its own instant, in order. */
  advance(ms: number): Promise<void>;
  /** Moves only the wall clock, as a correction of the host's time would; wakes nobody. */
  jumpWall(ms: number): void;
  /** Instants (monotonic) at which somebody wakes, soonest first. */
  readonly wakeups: number[];
}

/** Lets everything that can go on without time passing go on. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

export function makeHandClock(startMs: number): HandClock {
  let wallMs = startMs;
  let monotonicMs = 1_000;
  const sleepers: { wakeMs: number; wake: () => void }[] = [];

  const step = (ms: number) => {
    wallMs += ms;
    monotonicMs += ms;
  };
  return {
    nowMs: () => wallMs,
    monotonicMs: () => monotonicMs,
    sleep: (ms) =>
      ms <= 0
        ? Promise.resolve()
        : new Promise((wake) => {
            sleepers.push({ wakeMs: monotonicMs + ms, wake });
            sleepers.sort((a, b) => a.wakeMs - b.wakeMs);
          }),
    get wakeups() {
      return sleepers.map((sleeper) => sleeper.wakeMs);
    },
    jumpWall: (ms) => {
      wallMs += ms;
    },
    async advance(ms) {
      const untilMs = monotonicMs + ms;
      await settle();
      for (let next = sleepers[0]; next && next.wakeMs <= untilMs; next = sleepers[0]) {
        sleepers.shift();
        step(next.wakeMs - monotonicMs);
        next.wake();
        await settle();
      }
      step(untilMs - monotonicMs);
      await settle();
    },
  };
}

/** mulberry32: the same numbers for the same seed, on every machine. */
export function makeSeededRandom(seed: number): Random {
  let state = seed >>> 0;
  return {
    next() {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    },
  };
}

/** Ids that count up: `nonce-1`, and ULIDs that sort by time, then by order of asking. */
export function makeSequentialIds(): Ids {
  const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
  let ulids = 0;
  let nonces = 0;
  const base32 = (n: number): string =>
    n < 32 ? (CROCKFORD[n] ?? '') : base32(Math.floor(n / 32)) + base32(n % 32);
  return {
    ulid: (nowMs) => encodeTime(nowMs, 10) + base32(++ulids).padStart(16, '0'),
    nonce: () => `nonce-${++nonces}`,
  };
}
