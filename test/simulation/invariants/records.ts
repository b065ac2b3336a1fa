import type { Item } from '../../../infra/local/dynamodb/attribute-value.ts';

/** Items as invariants look at them: by the attributes as they are stored, without any code that is under test. */
export const text = (item: Item | undefined, name: string): string | undefined => {
  const cell = item?.[name];
  return cell && 'S' in cell ? cell.S : undefined;
};
export const number = (item: Item | undefined, name: string): number | undefined => {
  const cell = item?.[name];
  return cell && 'N' in cell ? Number(cell.N) : undefined;
};
export const flag = (item: Item | undefined, name: string): boolean => {
  const cell = item?.[name];
  return cell !== undefined && 'BOOL' in cell && cell.BOOL;
};
export const map = (item: Item | undefined, name: string): Item | undefined => {
  const cell = item?.[name];
  return cell && 'M' in cell ? cell.M : undefined;
};
export const list = (item: Item | undefined, name: string): Item[string][] => {
  const cell = item?.[name];
  return cell && 'L' in cell ? cell.L : [];
};

export const count = (item: Item | undefined, name: string): number => number(item, name) ?? 0;

export const isEnded = (status: string | undefined): boolean =>
  status === 'success' || status === 'dead' || status === 'cancelled' || status === 'skipped';

/** A promise that was broken. */
export class Violation extends Error {
  override name = 'Violation';
  readonly invariant: string;

  constructor(invariant: string, detail: string) {
    super(`${invariant}: ${detail}`);
    this.invariant = invariant;
  }
}

export function must(holds: boolean, invariant: string, detail: () => string): void {
  if (!holds) throw new Violation(invariant, detail());
}
