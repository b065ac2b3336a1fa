import { type AttributeValue, typeOf } from './attribute-value.ts';
import { matches } from './condition.ts';
import { afterPrefix, hashBytes, type KeyAttribute, scalarBytes } from './key-bytes.ts';
import type { Answer } from './operation.ts';
import { openSource, readPage, type Source, startAddress } from './read-page.ts';
import { type KeyCondition, type QueryRequest, queryRequest } from './requests.ts';
import { invalidParameter, validationError } from './service-error.ts';
import type { RowRange, SqliteStore } from './sqlite-store.ts';

export function query(store: SqliteStore, input: unknown): Answer {
  const request = queryRequest(input);
  const source = openSource(store, request);
  const { hash, range } = keyConditions(source, request);
  checkFilter(source, request);
  const rows: RowRange = {
    space: source.space,
    where: ['hash = ?'],
    parameters: [hashBytes(hash)],
    reverse: request.ScanIndexForward === false,
  };
  if (range) narrow(rows, range);
  startAfter(rows, source, request, hash);
  return readPage(store, source, rows, request);
}

/** Exactly one equality on the hash key and at most one condition on the range key. */
function keyConditions(
  source: Source,
  request: QueryRequest,
): { hash: AttributeValue; range?: KeyCondition } {
  const given = request.KeyConditions;
  const { hash: hashKey, range: rangeKey } = source.key;
  const hash = condition(given, hashKey);
  if (!hash) throw missed(hashKey);
  if (hash.ComparisonOperator !== 'EQ') throw validationError('Query key condition not supported');
  const range = rangeKey && condition(given, rangeKey);
  if (Object.keys(given).length > 1 && !range)
    throw rangeKey ? missed(rangeKey) : validationError('Query key condition not supported');
  const [value] = hash.AttributeValueList;
  if (value === undefined) throw missed(hashKey);
  if (scalarBytes(value).length === 0) throw emptyKey(hashKey);
  return range ? { hash: value, range } : { hash: value };
}

function condition(given: Record<string, KeyCondition>, key: KeyAttribute): KeyCondition | undefined {
  const found = given[key.name];
  if (found?.AttributeValueList.some((value) => typeOf(value) !== key.type))
    throw invalidParameter('Condition parameter type does not match schema type');
  return found;
}

const missed = (key: KeyAttribute): Error =>
  validationError(`Query condition missed key schema element: ${key.name}`);

const emptyKey = (key: KeyAttribute): Error =>
  invalidParameter(
    `The AttributeValue for a key attribute cannot contain an empty ${key.type === 'S' ? 'string' : 'binary'} value. ` +
      `Key: ${key.name}`,
  );

function checkFilter(source: Source, request: QueryRequest): void {
  for (const key of [source.key.hash, source.key.range])
    if (key && request._filter?.pathHeads[key.name])
      throw validationError(
        `Filter Expression can only contain non-primary key attributes: Primary key attribute: ${key.name}`,
      );
}

const SQL_OPERATORS: Record<string, string> = { EQ: '=', LT: '<', LE: '<=', GT: '>', GE: '>=' };

function narrow(rows: RowRange, { ComparisonOperator, AttributeValueList }: KeyCondition): void {
  const [first, second] = AttributeValueList.map(scalarBytes);
  if (!first) return;
  const operator = SQL_OPERATORS[ComparisonOperator];
  if (operator) add(rows, `range ${operator} ?`, first);
  else add(rows, 'range >= ?', first);
  if (ComparisonOperator === 'BETWEEN' && second) add(rows, 'range <= ?', second);
  if (ComparisonOperator === 'BEGINS_WITH') {
    const end = afterPrefix(first);
    if (end) add(rows, 'range < ?', end);
  }
}

function add(rows: RowRange, where: string, ...parameters: Uint8Array[]): void {
  rows.where.push(where);
  rows.parameters.push(...parameters);
}

function startAfter(rows: RowRange, source: Source, request: QueryRequest, hash: AttributeValue): void {
  const startKey = request.ExclusiveStartKey;
  const start = startAddress(source, startKey);
  if (!start || !startKey) return;
  const { range } = source.key;
  const rangeCondition = range && request.KeyConditions[range.name];
  if (!start.hash.equals(hashBytes(hash)))
    throw validationError(
      'The provided starting key is outside query boundaries based on provided conditions',
    );
  if (range && rangeCondition && !satisfies(startKey[range.name], rangeCondition))
    throw validationError('The provided starting key does not match the range key predicate');
  add(rows, `(range, primary_key) ${rows.reverse ? '<' : '>'} (?, ?)`, start.range, start.primaryKey);
}

function satisfies(
  value: AttributeValue | undefined,
  { ComparisonOperator, AttributeValueList }: KeyCondition,
): boolean {
  if (value === undefined) return false;
  const args = [['key'], ...AttributeValueList];
  if (ComparisonOperator === 'BEGINS_WITH')
    return matches({ type: 'function', name: 'begins_with', args }, { key: value });
  if (ComparisonOperator === 'BETWEEN') return matches({ type: 'between', args }, { key: value });
  const operators = { EQ: '=', LT: '<', LE: '<=', GT: '>', GE: '>=' } as const;
  const type = Object.entries(operators).find(([name]) => name === ComparisonOperator)?.[1];
  return type !== undefined && matches({ type, args }, { key: value });
}
