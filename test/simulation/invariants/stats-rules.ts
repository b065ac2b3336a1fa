import type { Written } from '../aws/dynamodb.ts';
import { isEnded, must, text } from './records.ts';

const COUNTS = 'T1 no more is counted than has ended';

export type Ended = Readonly<Record<'success' | 'dead' | 'cancelled' | 'skipped', number>>;

/** How runs ended, each time that they did. */
export class StatsRules {
  readonly #ended: { -readonly [kind in keyof Ended]: number } = {
    success: 0,
    dead: 0,
    cancelled: 0,
    skipped: 0,
  };

  written(writes: readonly Written[]): void {
    for (const { sk, before, after } of writes) {
      const status = text(after, 'status');
      if (sk.startsWith('X#') && isEnded(status) && !isEnded(text(before, 'status')))
        // The statuses of an end are these four.
        this.#ended[status as keyof Ended]++;
    }
  }

  /** All that ended so far. */
  get ended(): Ended {
    return { ...this.#ended };
  }

  /** What statistics say of all that ended so far; `atLeast` was written down long ago, and nothing went wrong. */
  check(told: Ended, atLeast?: Ended): void {
    for (const [kind, count] of Object.entries(this.#ended)) {
      const counted = told[kind as keyof Ended];
      const least = atLeast?.[kind as keyof Ended] ?? 0;
      must(
        least <= counted && counted <= count,
        COUNTS,
        () => `${count} runs ended as ${kind}, ${least} of them long ago, ${counted} are counted`,
      );
    }
  }
}
