import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { Condition } from '../../../infra/local/dynamodb/condition.ts';

/** A part of a condition expression that the simulated DynamoDB does not look at. */
export interface Weakness {
  /** The write, in the words of `shapeOf`. */
  shape: string;
  part: string;
}

/** A write by what it does and asks for, without the values of the day: the same for every history. */
export function shapeOf(write: TransactWriteItem): { shape: string; parts: string[] } {
  const { Put, Update, Delete, ConditionCheck } = write;
  const given = Put ?? Update ?? Delete ?? ConditionCheck;
  const text = given?.ConditionExpression;
  if (given === undefined || text === undefined) return { shape: '', parts: [] };
  const values = given.ExpressionAttributeValues ?? {};
  const name = (alias: string): string =>
    /^[a-z]+$/i.exec(given.ExpressionAttributeNames?.[alias] ?? '')?.[0] ?? 'its own';
  const told = (what: string): string =>
    what.replace(/#\w+/g, name).replace(/:\w+/g, (value) => word(values[value]?.S) ?? '?');
  const status = word(Put?.Item?.status?.S) ?? word(statusIn(Update?.UpdateExpression, given)) ?? '';
  const item = Put?.Item ?? (given && 'Key' in given ? given.Key : undefined);
  const kind = (item?.pk?.S ?? '').split('#')[0] + (item?.sk?.S ?? '').replace(/[#\d].*$/, '');
  const verb = Put ? 'puts' : Update ? 'sets' : Delete ? 'deletes' : 'checks';
  const parts = told(text).split(/ AND (?![^(]*\))/);
  return { shape: `${verb} ${kind} ${status} IF ${parts.join(' AND ')}`, parts };
}

/** The condition without that part of it. */
export function weakened(condition: Condition, at: number): Condition {
  const parts = partsOf(condition);
  return { type: 'and', args: parts.filter((_, i) => i !== at) };
}

const partsOf = (condition: Condition): Condition[] =>
  condition.type === 'and' ? condition.args.flatMap(partsOf) : [condition];

function statusIn(
  expression: string | undefined,
  given: NonNullable<TransactWriteItem['Update' | 'Put' | 'Delete' | 'ConditionCheck']>,
): string | undefined {
  for (const [, alias = '', value = ''] of (expression ?? '').matchAll(/(#\w+) = (:\w+)/g))
    if (given.ExpressionAttributeNames?.[alias] === 'status')
      return given.ExpressionAttributeValues?.[value]?.S;
  return undefined;
}

/** Statuses and the like; not ids. */
const word = (text: string | undefined): string | undefined =>
  text !== undefined && /^[a-z]+$/.test(text) ? text : undefined;
