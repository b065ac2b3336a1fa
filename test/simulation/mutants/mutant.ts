/** One rule of docs/protocol.md taken out of the sources, as an exact replacement of text. */
export interface Mutant {
  name: string;
  /** What docs/protocol.md asks for. */
  rule: string;
  file: string;
  /** Occurs exactly once in the file. */
  old: string;
  new: string;
  /** The rule that holds all the same, and so hides the loss of this one from every history. */
  impliedBy?: string;
}

export const DOMAIN = 'shared/domain/';
export const USE_CASES = 'shared/usecases/';
export const STORES = 'shared/adapters/dynamodb/';

export const isStale = (source: string, mutant: Mutant): boolean => source.split(mutant.old).length !== 2;

export function mutated(source: string, mutant: Mutant): string {
  if (isStale(source, mutant)) throw new Error(`stale mutant: ${mutant.name} (${mutant.file})`);
  return source.replace(mutant.old, () => mutant.new);
}
