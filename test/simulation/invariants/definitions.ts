import type { Item } from '../../../infra/local/dynamodb/attribute-value.ts';
import type { Written } from '../aws/dynamodb.ts';

/** All that a task was ever defined as: whoever read an older definition may still act on it. */
export class Definitions {
  readonly #all = new Map<string, Item[]>();

  written({ pk, sk, after }: Written): void {
    if (sk !== 'D' || after === undefined) return;
    const known = this.#all.get(pk);
    if (known) known.push(after);
    else this.#all.set(pk, [after]);
  }

  of(pk: string): readonly Item[] {
    return this.#all.get(pk) ?? [];
  }

  /** What is wrong by each of them; undefined: one of them allows it. */
  problem(pk: string, wrong: (definition: Item) => string | undefined): string | undefined {
    let first: string | undefined;
    for (const definition of this.of(pk)) {
      const problem = wrong(definition);
      if (problem === undefined) return undefined;
      first ??= problem;
    }
    return first;
  }
}
