import type { ItemChange } from './item-change.ts';

/**
 * Capacity units as AWS bills them.
 * Source: docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.ThroughputConsiderations
 * and …/CapacityUnitCalculations.html
 */
export interface UnitsUsed {
  kind: 'read' | 'write';
  tableName: string;
  tableUnits: number;
  indexUnits: Record<string, number>;
}

const WRITE_UNIT_BYTES = 1024;
const READ_UNIT_BYTES = 4096;
/** A transactional write prepares and commits; both are billed. */
export const TRANSACTION_FACTOR = 2;

const startedUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / WRITE_UNIT_BYTES));

/** The larger of the item before and after; an index pays only for what it notices. */
export function writeUnits(change: ItemChange, factor = 1): UnitsUsed {
  const indexUnits: Record<string, number> = {};
  for (const { index, before, after, inPlace } of change.entries) {
    const larger = startedUnits(Math.max(before?.bytes ?? 0, after?.bytes ?? 0));
    const both = (before ? startedUnits(before.bytes) : 0) + (after ? startedUnits(after.bytes) : 0);
    indexUnits[index.name] = factor * (inPlace ? larger : both);
  }
  const bytes = Math.max(change.before?.bytes ?? 0, change.after?.bytes ?? 0);
  return {
    kind: 'write',
    tableName: change.table.name,
    tableUnits: factor * startedUnits(bytes),
    indexUnits,
  };
}

/** A refused condition is billed by the item it met. */
export const refusedUnits = (tableName: string, existingBytes: number, factor = 1): UnitsUsed => ({
  kind: 'write',
  tableName,
  tableUnits: factor * startedUnits(existingBytes),
  indexUnits: {},
});

export function readUnits(bytes: number, consistency: 'strong' | 'eventual' | 'transaction'): number {
  const units = Math.max(1, Math.ceil(bytes / READ_UNIT_BYTES));
  if (consistency === 'transaction') return TRANSACTION_FACTOR * units;
  return consistency === 'strong' ? units : units / 2;
}

/** One sum per table, in the order of first use. */
export function sumByTable(used: readonly UnitsUsed[]): UnitsUsed[] {
  const sums = new Map<string, UnitsUsed>();
  for (const one of used) {
    const sum = sums.get(one.tableName) ?? { ...one, tableUnits: 0, indexUnits: {} };
    sum.tableUnits += one.tableUnits;
    for (const [index, units] of Object.entries(one.indexUnits))
      sum.indexUnits[index] = (sum.indexUnits[index] ?? 0) + units;
    sums.set(one.tableName, sum);
  }
  return [...sums.values()];
}

export type CapacityDetail = 'INDEXES' | 'TOTAL' | 'NONE' | undefined;

/** The ConsumedCapacity of an answer; transactions also name the kind of units. */
export function consumedCapacity(
  used: UnitsUsed,
  detail: CapacityDetail,
  transaction = false,
): Record<string, unknown> | undefined {
  if (detail !== 'TOTAL' && detail !== 'INDEXES') return undefined;
  const figure = (units: number): Record<string, number> => {
    const kind = used.kind === 'read' ? 'ReadCapacityUnits' : 'WriteCapacityUnits';
    return transaction ? { CapacityUnits: units, [kind]: units } : { CapacityUnits: units };
  };
  const indexes = Object.entries(used.indexUnits);
  const total = indexes.reduce((sum, [, units]) => sum + units, used.tableUnits);
  const answer: Record<string, unknown> = { TableName: used.tableName, ...figure(total) };
  if (detail === 'TOTAL') return answer;
  answer.Table = figure(used.tableUnits);
  if (indexes.length > 0)
    answer.GlobalSecondaryIndexes = Object.fromEntries(indexes.map(([name, units]) => [name, figure(units)]));
  return answer;
}
