import { matchesArn, matchesPattern } from './pattern.ts';

/** Condition blocks of a policy: operator → key → values; all operators and keys must hold, any value does. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/** What is known about a request, by condition key in lower case. */
export type Context = Readonly<Record<string, string | undefined>>;

/** Keys that the engine fills in (where the request has them). */
const KNOWN_KEYS = new Set([
  'aws:principalaccount',
  'aws:principalarn',
  'aws:requestedregion',
  'aws:securetransport',
  'aws:sourceaccount',
  'aws:sourcearn',
  'dynamodb:enclosingoperation',
]);

type Compare = (wanted: string, actual: string) => boolean;
const equals: Compare = (wanted, actual) => wanted === actual;
const equalsWithoutCase: Compare = (wanted, actual) => wanted.toLowerCase() === actual.toLowerCase();

const OPERATORS = new Map<string, { compare: Compare; negated: boolean }>([
  ['StringEquals', { compare: equals, negated: false }],
  ['StringNotEquals', { compare: equals, negated: true }],
  ['StringEqualsIgnoreCase', { compare: equalsWithoutCase, negated: false }],
  ['StringNotEqualsIgnoreCase', { compare: equalsWithoutCase, negated: true }],
  ['StringLike', { compare: matchesPattern, negated: false }],
  ['StringNotLike', { compare: matchesPattern, negated: true }],
  ['ArnEquals', { compare: matchesArn, negated: false }],
  ['ArnLike', { compare: matchesArn, negated: false }],
  ['ArnNotEquals', { compare: matchesArn, negated: true }],
  ['ArnNotLike', { compare: matchesArn, negated: true }],
  ['Bool', { compare: equalsWithoutCase, negated: false }],
]);

interface Operator {
  name: string;
  ifExists: boolean;
  quantity: string;
}

function parseOperator(text: string): Operator {
  const [, quantity = '', name = '', ifExists] =
    /^(?:(ForAnyValue|ForAllValues):)?(.*?)(IfExists)?$/.exec(text) ?? [];
  return { name, ifExists: ifExists !== undefined, quantity };
}

/** What of these conditions the engine cannot judge. */
export function unknownIn(conditions: Conditions): string[] {
  return Object.entries(conditions).flatMap(([operator, tests]) => {
    const { name } = parseOperator(operator);
    if (name !== 'Null' && !OPERATORS.has(name)) return [`condition operator ${operator}`];
    return Object.entries(tests).flatMap(([key, values]) => [
      ...(KNOWN_KEYS.has(key.toLowerCase()) ? [] : [`condition key ${key}`]),
      ...values.filter((value) => value.includes('${')).map((value) => `policy variable in ${value}`),
    ]);
  });
}

/** Only for conditions in which nothing is unknown. */
export function holds(conditions: Conditions, context: Context): boolean {
  return Object.entries(conditions).every(([operator, tests]) =>
    Object.entries(tests).every(([key, values]) =>
      holdsFor(parseOperator(operator), values, context[key.toLowerCase()]),
    ),
  );
}

function holdsFor(
  { name, ifExists, quantity }: Operator,
  values: readonly string[],
  actual: string | undefined,
) {
  if (name === 'Null') return values.some((value) => (value === 'true') === (actual === undefined));
  const operator = OPERATORS.get(name);
  if (!operator) return false;
  if (actual === undefined)
    return ifExists || quantity === 'ForAllValues' || (operator.negated && quantity !== 'ForAnyValue');
  return values.some((value) => operator.compare(value, actual)) !== operator.negated;
}
