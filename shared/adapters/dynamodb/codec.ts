import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Execution, ExecutionKey } from '../../domain/execution.ts';
import type { IndexEntry } from '../../domain/index-entry.ts';
import type { TaskDefinition, TaskKey, TaskState } from '../../domain/task.ts';
import { DEFINITION_COLUMNS, EXECUTION_COLUMNS, STATE_COLUMNS } from './attributes.ts';
import { fromIndexKey, toIndexKey } from './index-key.ts';
import {
  definitionKey,
  executionKey,
  type PrimaryKey,
  parseExecutionKey,
  parseTaskKey,
  stateKey,
} from './keys.ts';

export type Item = Record<string, AttributeValue>;

/** What the generic code needs to know of a kind of record. K are the fields that live in pk and sk. */
export interface Kind<K extends TaskKey, T extends K> {
  what: string;
  columns: { readonly [field: string]: readonly [attribute: string, type: string] };
  primaryKey(key: K): PrimaryKey;
  parseKey(key: PrimaryKey): K | undefined;
  /** Never there: ties the kind to its record type. */
  record?: T;
}

export const STATE: Kind<TaskKey, TaskState> = {
  what: 'task',
  columns: STATE_COLUMNS,
  primaryKey: stateKey,
  parseKey: parseTaskKey,
};
export const DEFINITION: Kind<TaskKey, TaskDefinition> = {
  what: 'definition',
  columns: DEFINITION_COLUMNS,
  primaryKey: definitionKey,
  parseKey: parseTaskKey,
};
export const EXECUTION: Kind<ExecutionKey, Execution> = {
  what: 'execution',
  columns: EXECUTION_COLUMNS,
  primaryKey: executionKey,
  parseKey: parseExecutionKey,
};

const KEY_FIELDS = new Set(['tenant', 'taskId', 'occurrence']);

/** Attribute names of a field; only `index` has two. */
export function attributesOf(
  kind: Pick<Kind<TaskKey, TaskKey>, 'what' | 'columns'>,
  field: string,
): string[] {
  if (field === 'index') return ['statusKey', 'timeKey'];
  const column = kind.columns[field];
  if (!column) throw new TypeError(`${field} is no attribute of a ${kind.what}`);
  return [column[0]];
}

/** One field's attributes with their values. */
export function cellsOf<K extends TaskKey, T extends K>(
  kind: Kind<K, T>,
  key: TaskKey,
  field: string,
  value: unknown,
): [attribute: string, value: AttributeValue][] {
  if (field === 'index') {
    // The field is typed IndexEntry in every record; Object.entries forgets it.
    return Object.entries(toItem({ ...toIndexKey(key, value as IndexEntry) }));
  }
  return attributesOf(kind, field).flatMap((attribute) => Object.entries(toItem({ [attribute]: value })));
}

export function encode<K extends TaskKey, T extends K>(kind: Kind<K, T>, record: T): Item {
  const item = toItem({ ...kind.primaryKey(record) });
  for (const [field, value] of Object.entries(record)) {
    if (KEY_FIELDS.has(field) || value === undefined) continue;
    for (const [attribute, cell] of cellsOf(kind, record, field, value)) item[attribute] = cell;
  }
  return item;
}

/** Checks presence and type of every attribute, so a damaged item is an error here and not somewhere later. */
export function decode<K extends TaskKey, T extends K>(kind: Kind<K, T>, item: Item): T {
  const primary = { pk: item.pk?.S ?? '', sk: item.sk?.S ?? '' };
  const damaged = (what: string) => new Error(`damaged ${kind.what} ${primary.pk} ${primary.sk}: ${what}`);
  const key = kind.parseKey(primary);
  if (!key) throw damaged('key');
  const fields: Record<string, unknown> = {};
  for (const [field, [attribute, type]] of Object.entries(kind.columns)) {
    const cell = item[attribute];
    if (!cell && type.endsWith('?')) continue;
    if (!cell || !(type.replace('?', '') in cell)) throw damaged(attribute);
    fields[field] = plainOf(cell, () => damaged(attribute));
  }
  if (item.statusKey?.S !== undefined && item.timeKey?.S !== undefined) {
    const index = fromIndexKey(key, { statusKey: item.statusKey.S, timeKey: item.timeKey.S });
    if (!index) throw damaged('statusKey');
    fields.index = index;
  }
  // Complete and of the types that Columns<T> names, as just checked.
  return { ...key, ...fields } as T;
}

/** A number of a precision that no double has is not ours either. */
function plainOf(cell: AttributeValue, damaged: () => Error): unknown {
  let value: unknown;
  try {
    value = unmarshall({ cell }).cell;
  } catch {
    throw damaged();
  }
  if (typeof value === 'number' && !Number.isFinite(value)) throw damaged();
  return value;
}

export const toItem = (plain: Record<string, unknown>): Item =>
  marshall(plain, { removeUndefinedValues: true });

/** The attributes of an item that is none of the kinds above. */
export const fromItem = (item: Item): Record<string, unknown> => unmarshall(item);
