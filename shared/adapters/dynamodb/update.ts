import type { Change, Guard } from '../../domain/change.ts';
import type { TaskKey } from '../../domain/task.ts';
import { attributesOf, cellsOf, type Item, type Kind, toItem } from './codec.ts';
import { holds } from './conditions.ts';
import { Expression } from './expression.ts';

export interface UpdateParameters {
  Key: Item;
  UpdateExpression?: string;
  ConditionExpression?: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Item;
}

/** A change as data → the parameters of UpdateItem. Pure. */
export function changeToUpdate<K extends TaskKey, T extends K>(
  kind: Kind<K, T>,
  key: K,
  change: Change<T>,
): UpdateParameters {
  const e = new Expression();
  const sets = Object.entries(change.set)
    .filter(([, value]) => value !== undefined)
    .flatMap(([field, value]) => cellsOf(kind, key, field, value))
    .map(([attribute, cell]) => `${e.name(attribute)} = ${e.value(cell)}`);
  const removes = (change.remove ?? [])
    .flatMap((field) => attributesOf(kind, field))
    .map((attribute) => e.name(attribute));
  const clauses = [
    ...(sets.length > 0 ? [`SET ${sets.join(', ')}`] : []),
    ...(removes.length > 0 ? [`REMOVE ${removes.join(', ')}`] : []),
  ];
  return {
    Key: toItem({ ...kind.primaryKey(key) }),
    ...(clauses.length > 0 && { UpdateExpression: clauses.join(' ') }),
    ConditionExpression: holds(e, kind, key, change.guard),
    ...e.parameters(),
  };
}

/** A guard alone → the condition of a delete. */
export function guardToCondition<K extends TaskKey, T extends K>(
  kind: Kind<K, T>,
  key: K,
  guard: Guard<T>,
): Omit<UpdateParameters, 'UpdateExpression'> {
  const e = new Expression();
  const ConditionExpression = holds(e, kind, key, guard);
  return { Key: toItem({ ...kind.primaryKey(key) }), ConditionExpression, ...e.parameters() };
}
