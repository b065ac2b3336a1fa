import {
  type AttributeValue,
  equalValues,
  getPath,
  type Item,
  type Path,
  setElements,
  typeOf,
} from './attribute-value.ts';
import { compareNumbers } from './decimal.ts';

/** Syntax tree of a condition or filter expression, as dynalite's parser makes it. */
export type Condition =
  | { type: 'and' | 'or' | 'not'; args: Condition[] }
  | { type: '=' | '<>' | '<' | '<=' | '>' | '>=' | 'between' | 'in'; args: Operand[] }
  | { type: 'function'; name: string; args: Operand[] };

type SizeFunction = { type: 'function'; name: 'size'; args: Operand[] };
export type Operand = Path | AttributeValue | SizeFunction;

export interface ParsedCondition {
  expression: Condition;
  nestedPaths: Record<string, boolean>;
  pathHeads: Record<string, boolean>;
}

export function matches(condition: Condition, item: Item): boolean {
  switch (condition.type) {
    case 'and':
      return condition.args.every((part) => matches(part, item));
    case 'or':
      return condition.args.some((part) => matches(part, item));
    case 'not':
      return !condition.args.some((part) => matches(part, item));
    case 'function':
      return matchesFunction(condition.name, values(condition.args, item));
    default:
      return matchesComparison(condition.type, values(condition.args, item));
  }
}

type Resolved = readonly (AttributeValue | undefined)[];

const isPath = (operand: Operand): operand is Path => Array.isArray(operand);

const values = (operands: readonly Operand[], item: Item): Resolved =>
  operands.map((operand) => {
    if (isPath(operand)) return getPath(item, operand);
    return 'type' in operand ? sizeOf(values(operand.args, item)[0]) : operand;
  });

function matchesComparison(operator: string, [value, ...others]: Resolved): boolean {
  const [first, second] = others;
  switch (operator) {
    case '=':
      return isEqual(value, first);
    case '<>':
      return !isEqual(value, first);
    case 'in':
      return others.some((other) => isEqual(value, other));
    case 'between':
      return (
        isOrdered(value, first, (order) => order >= 0) && isOrdered(value, second, (order) => order <= 0)
      );
    case '<':
      return isOrdered(value, first, (order) => order < 0);
    case '<=':
      return isOrdered(value, first, (order) => order <= 0);
    case '>':
      return isOrdered(value, first, (order) => order > 0);
    default:
      return isOrdered(value, first, (order) => order >= 0);
  }
}

function matchesFunction(name: string, [value, operand]: Resolved): boolean {
  if (name === 'attribute_exists') return value !== undefined;
  if (name === 'attribute_not_exists') return value === undefined;
  if (value === undefined || operand === undefined) return false;
  if (name === 'attribute_type') return 'S' in operand && typeOf(value) === operand.S;
  return name === 'begins_with' ? beginsWith(value, operand) : contains(value, operand);
}

const isEqual = (a: AttributeValue | undefined, b: AttributeValue | undefined): boolean =>
  a !== undefined && b !== undefined && equalValues(a, b);

/** Only strings, numbers and binaries have an order, and only among themselves. */
function isOrdered(
  a: AttributeValue | undefined,
  b: AttributeValue | undefined,
  test: (order: number) => boolean,
): boolean {
  if (a === undefined || b === undefined) return false;
  if ('N' in a && 'N' in b) return test(compareNumbers(a.N, b.N));
  if ('S' in a && 'S' in b) return test(Buffer.compare(Buffer.from(a.S), Buffer.from(b.S)));
  if ('B' in a && 'B' in b) return test(Buffer.compare(bytesOf(a.B), bytesOf(b.B)));
  return false;
}

const bytesOf = (base64: string): Buffer => Buffer.from(base64, 'base64');

function beginsWith(value: AttributeValue, prefix: AttributeValue): boolean {
  if ('S' in value && 'S' in prefix) return value.S.startsWith(prefix.S);
  if (!('B' in value && 'B' in prefix)) return false;
  const start = bytesOf(prefix.B);
  return bytesOf(value.B).subarray(0, start.length).equals(start);
}

function contains(value: AttributeValue, part: AttributeValue): boolean {
  if ('S' in value) return 'S' in part && value.S.includes(part.S);
  if ('B' in value) return 'B' in part && bytesOf(value.B).includes(bytesOf(part.B));
  if ('L' in value) return value.L.some((element) => equalValues(element, part));
  const type = typeOf(part);
  return (
    typeOf(value) === `${type}S` && (setElements(value)?.includes(String(Object.values(part)[0])) ?? false)
  );
}

function sizeOf(value: AttributeValue | undefined): AttributeValue | undefined {
  const size = value === undefined ? undefined : countOf(value);
  return size === undefined ? undefined : { N: String(size) };
}

function countOf(value: AttributeValue): number | undefined {
  if ('S' in value) return value.S.length;
  if ('B' in value) return bytesOf(value.B).length;
  if ('L' in value) return value.L.length;
  if ('M' in value) return Object.keys(value.M).length;
  return setElements(value)?.length;
}
