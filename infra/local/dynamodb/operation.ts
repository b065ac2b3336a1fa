import type { Item } from './attribute-value.ts';
import type { UnitsUsed } from './capacity.ts';
import type { ItemChange } from './item-change.ts';
import { modelError, ServiceError } from './service-error.ts';
import type { SqliteStore } from './sqlite-store.ts';
import type { Table } from './table.ts';

/** What an operation decided: the answer, the units it costs and the changes that the engine then makes. */
export interface Answer {
  body: Record<string, unknown>;
  used: readonly UnitsUsed[];
  changes: readonly ItemChange[];
}

/** Operations read and decide; item changes are left to the engine, which makes all of them or none. */
export type Operation = (store: SqliteStore, input: unknown) => Answer;

export const answer = (
  body: Record<string, unknown>,
  used: readonly UnitsUsed[] = [],
  changes: readonly ItemChange[] = [],
): Answer => ({ body, used, changes });

export function requireTable(store: SqliteStore, name: string, inMessage = ''): Table {
  const table = store.table(name);
  if (!table) throw modelError('ResourceNotFoundException', `Requested resource not found${inMessage}`);
  return table;
}

/** A refusal that cost units all the same. */
export class BilledRefusal extends ServiceError {
  readonly used: readonly UnitsUsed[];

  constructor(refusal: ServiceError, used: readonly UnitsUsed[]) {
    super('', refusal.message);
    Object.assign(this.body, refusal.body);
    this.used = used;
  }
}

export class ConditionFailed extends BilledRefusal {
  readonly units: UnitsUsed;
  readonly item: Item | undefined;

  constructor(units: UnitsUsed, item: Item | undefined) {
    const extra = item ? { Item: item } : {};
    super(modelError('ConditionalCheckFailedException', 'The conditional request failed', extra), [units]);
    this.units = units;
    this.item = item;
  }
}
