import type { Written } from '../aws/dynamodb.ts';
import { must, text } from './records.ts';

const KEYS = 'K1 one effect for each key';

/** What came of what was asked for under an Idempotency-Key. */
export class Effects {
  /** What was asked for → the run or task that was made for it. */
  readonly #made = new Map<string, string>();

  written(writes: readonly Written[]): void {
    for (const write of writes) {
      const asked = askedFor(write);
      if (asked !== undefined) this.#isMade(asked, `${write.pk} ${write.sk}`);
    }
  }

  /** Somebody was told that this is what was made for it. */
  answered(asked: string, made: string): void {
    const own = this.#made.get(asked);
    must(own === made, KEYS, () => `${asked}: ${made} was answered, ${own ?? 'nothing'} was made for it`);
  }

  #isMade(asked: string, made: string): void {
    const other = this.#made.get(asked);
    must(other === undefined, KEYS, () => `${asked}: first ${other}, then ${made}`);
    this.#made.set(asked, made);
  }
}

/** Payloads and names are unlike any other: by them it is seen what a run, or a task, was made for. */
function askedFor({ sk, before, after }: Written): string | undefined {
  if (before !== undefined) return undefined;
  if (sk.startsWith('X#')) return onceIn(text(after, 'payload'));
  return sk === 'D' ? onceIn(text(after, 'name')) : undefined;
}

const onceIn = (what: string | undefined): string | undefined => /once-\d+/.exec(what ?? '')?.[0];
