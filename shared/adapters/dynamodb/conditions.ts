import type { Guard } from '../../domain/change.ts';
import type { TaskKey, TaskState } from '../../domain/task.ts';
import type { Cursor } from '../../ports.ts';
import { attributesOf, cellsOf, type Kind } from './codec.ts';
import type { Expression } from './expression.ts';

/** Every condition that a write of this adapter carries, by name. */

/** Nobody wrote this item before: what makes an occurrence unique. */
export const absent = (e: Expression): string => `attribute_not_exists(${e.name('pk')})`;
/** An update never creates. */
export const exists = (e: Expression): string => `attribute_exists(${e.name('pk')})`;

/** A task may be created where none is, or over the very deleted one that was read. */
export const replaceable = (e: Expression, over: TaskState | undefined): string =>
  over
    ? `${absent(e)} OR (${e.name('status')} = ${e.plain('deleted')} AND ${e.name('ver')} = ${e.plain(over.version)})`
    : absent(e);

/** The cursor stands where it was seen. */
export const unmoved = (e: Expression, seen: Cursor | undefined): string =>
  seen ? `${e.name('upto')} = ${e.plain(seen.upto)} AND ${e.name('at')} = ${e.plain(seen.at)}` : absent(e);

/** Nobody wrote since it was read. */
export const writtenBy = (e: Expression, by: string | undefined): string =>
  by === undefined ? absent(e) : `${e.name('by')} = ${e.plain(by)}`;

/** Its text stands as it was read; absent when there was none. */
export const sameText = (e: Expression, seen: string | undefined): string =>
  seen === undefined ? absent(e) : `${e.name('json')} = ${e.plain(seen)}`;

/** It is at the version that was read; absent when none was. */
export const atVersion = (e: Expression, version: number | undefined): string =>
  version === undefined ? absent(e) : `${e.name('ver')} = ${e.plain(version)}`;

/** A calendar that nobody is deleting. */
export const unsealed = (e: Expression): string =>
  `${exists(e)} AND attribute_not_exists(${e.name('sealed')})`;

/** An entry of the audit trail of which nobody has said yet how it ended. */
export const incomplete = (e: Expression): string => `${e.name('outcome')} = ${e.plain('pending')}`;

/** Free, or expired and only not yet removed by DynamoDB, which may take days. */
export const freeAt = (e: Expression, nowSeconds: number): string =>
  `${absent(e)} OR ${e.name('ttl')} <= ${e.plain(nowSeconds)}`;

/** The guard that the domain decided on. */
export function holds<K extends TaskKey, T extends K>(
  e: Expression,
  kind: Kind<K, T>,
  key: K,
  guard: Guard<T>,
): string {
  const terms = [exists(e)];
  for (const [field, value] of Object.entries(guard.equals ?? {})) {
    if (value === undefined) terms.push(missing(e, kind, field));
    else
      for (const [name, cell] of cellsOf(kind, key, field, value))
        terms.push(`${e.name(name)} = ${e.value(cell)}`);
  }
  for (const field of guard.missing ?? []) terms.push(missing(e, kind, field));
  for (const [field, value] of Object.entries(guard.not ?? {})) {
    const differs = cellsOf(kind, key, field, value).map(
      ([name, cell]) => `${e.name(name)} <> ${e.value(cell)}`,
    );
    terms.push(`(${[missing(e, kind, field), ...differs].join(' OR ')})`);
  }
  if (guard.below) {
    const [less] = attributesOf(kind, guard.below.field);
    const [more] = attributesOf(kind, guard.below.than);
    if (less && more) terms.push(`${e.name(less)} < ${e.name(more)}`);
  }
  return terms.join(' AND ');
}

const missing = <K extends TaskKey, T extends K>(e: Expression, kind: Kind<K, T>, field: string): string =>
  attributesOf(kind, field)
    .map((attribute) => `attribute_not_exists(${e.name(attribute)})`)
    .join(' AND ');
