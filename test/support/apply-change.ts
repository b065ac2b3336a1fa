import { isDeepStrictEqual } from 'node:util';
import type { Change, Guard, Outcome } from '../../shared/domain/change.ts';

/** The meaning of Change and Guard, without a database: what every store must do. */
export function guardHolds<T extends object>(record: T, guard: Guard<T>): boolean {
  const has = (field: keyof T) => record[field] !== undefined;
  for (const [field, value] of entries(guard.equals)) {
    if (!isDeepStrictEqual(record[field], value)) return false;
  }
  for (const [field, value] of entries(guard.not)) {
    if (has(field) && isDeepStrictEqual(record[field], value)) return false;
  }
  if (guard.missing?.some(has)) return false;
  if (guard.below) {
    const [less, more] = [record[guard.below.field], record[guard.below.than]];
    if (typeof less !== 'number' || typeof more !== 'number' || less >= more) return false;
  }
  return true;
}

/** Pure: returns the record as it stands afterwards. A record that does not exist refuses every change. */
export function applyChange<T extends object>(record: T | undefined, change: Change<T>): Outcome<T> {
  if (!record || !guardHolds(record, change.guard)) return { ok: false, existing: record };
  const set = Object.fromEntries(entries(change.set).filter(([, value]) => value !== undefined));
  const next: T = { ...record, ...set };
  for (const field of change.remove ?? []) delete next[field];
  return { ok: true, record: next };
}

const entries = <T extends object>(part: Partial<T> | undefined) =>
  Object.entries(part ?? {}) as [keyof T & string, unknown][];
