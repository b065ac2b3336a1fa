import conditionParser from 'dynalite/db/conditionParser.js';
import updateParser from 'dynalite/db/updateParser.js';
import type { AttributeValue, Item } from '../../../infra/local/dynamodb/attribute-value.ts';
import { type Condition, matches, type ParsedCondition } from '../../../infra/local/dynamodb/condition.ts';
import { applyUpdate, type ParsedUpdate } from '../../../infra/local/dynamodb/update-expression.ts';

/**
 * Expressions as the adapters write them, parsed by dynalite. A text is parsed once, with marks where its names and
 * values stood; each request then fills in its own, so that it never matters what they were.
 */
export interface Parameters {
  ExpressionAttributeNames?: Record<string, string> | undefined;
  ExpressionAttributeValues?: Item | undefined;
}
type Names = Readonly<Record<string, string>>;
type Values = Readonly<Record<string, AttributeValue>>;
type Build = (names: Names, values: Values) => unknown;

const cache = new Map<string, Build>();

export function holds(text: string | undefined, parameters: Parameters, item: Item): boolean {
  if (text === undefined) return true;
  return matches(conditionOf(text, parameters), item);
}

export const conditionOf = (text: string, parameters: Parameters): Condition =>
  // The parser's own shape, which infra/local/dynamodb takes on trust as well.
  (filled(conditionParser, 'condition', text, parameters) as ParsedCondition).expression;

export function updated(text: string | undefined, parameters: Parameters, before: Item): Item {
  if (text === undefined) return { ...before };
  return applyUpdate(filled(updateParser, 'update', text, parameters) as ParsedUpdate, before);
}

function filled(parser: Parser, kind: string, text: string, given: Parameters): unknown {
  const names = given.ExpressionAttributeNames ?? {};
  const values = given.ExpressionAttributeValues ?? {};
  let key = `${kind} ${text}`;
  for (const name in values) key += ` ${name}${typeName(values[name])}`;
  let build = cache.get(key);
  if (build === undefined) {
    build = compile(parser, text, names, values);
    cache.set(key, build);
  }
  return build(names, values);
}

type Parser = typeof conditionParser;
const typeName = (value: AttributeValue | undefined): string => {
  for (const name in value) return name;
  return '';
};

/** What a text says, with a mark wherever a name or a value stood. */
function compile(parser: Parser, text: string, names: Names, values: Values): Build {
  const marks = Object.fromEntries(Object.keys(names).map((alias) => [alias, MARK + alias]));
  // Copies: it is the object itself by which its place is found again.
  const copies = Object.entries(values).map(([name, value]) => [name, { ...value }] as const);
  const tree = parser.parse(text, {
    context: {
      // Of the bounds of BETWEEN, which are marks here.
      compare: () => false,
      attrNames: marks,
      attrVals: Object.fromEntries(copies),
      unusedAttrNames: Object.fromEntries(Object.keys(names).map((name) => [name, true])),
      unusedAttrVals: Object.fromEntries(Object.keys(values).map((name) => [name, true])),
    },
  });
  if (typeof tree === 'string') throw new ValidationError(`${tree}: ${text}`);
  return builder(tree, new Map(copies.map(([name, copy]) => [copy, name])));
}

const MARK = '\u0000';

/** Nothing that stands in the text is empty, and nothing is given that does not. */
export function checkUse(given: Parameters, ...texts: (string | undefined)[]): void {
  const all = texts.join(' ');
  const known = checked.get(all);
  const names = Object.keys(given.ExpressionAttributeNames ?? {});
  const values = Object.keys(given.ExpressionAttributeValues ?? {});
  const count = names.length * 1_000 + values.length;
  if (known === count) return;
  const used = new Set(all.match(/[#:][\w]+/g));
  for (const name of [...names, ...values])
    if (!used.delete(name)) throw new ValidationError(`unused in expressions: ${name} in ${all}`);
  if (used.size > 0) throw new ValidationError(`not defined: ${[...used].join()} in ${all}`);
  checked.set(all, count);
}
const checked = new Map<string, number>();

/** As the service answers a request that is wrong in itself: a fault of the program. */
export class ValidationError extends Error {
  override name = 'ValidationException';
}

function builder(node: unknown, holes: Map<unknown, string>): Build {
  const hole = holes.get(node);
  if (hole !== undefined) return (_, values) => values[hole];
  if (typeof node === 'string' && node.startsWith(MARK)) {
    const alias = node.slice(1);
    return (names) => names[alias];
  }
  if (Array.isArray(node)) {
    const parts = node.map((part) => builder(part, holes));
    return (names, values) => parts.map((part) => part(names, values));
  }
  if (typeof node !== 'object' || node === null) return () => node;
  const parts = Object.entries(node).map(([name, part]) => [name, builder(part, holes)] as const);
  return (names, values) => {
    const copy: Record<string, unknown> = {};
    for (const [name, part] of parts)
      copy[name.startsWith(MARK) ? (names[name.slice(1)] ?? '') : name] = part(names, values);
    return copy;
  };
}
