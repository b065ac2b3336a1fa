import conditionParser from 'dynalite/db/conditionParser.js';
import projectionParser from 'dynalite/db/projectionParser.js';
import updateParser from 'dynalite/db/updateParser.js';

/**
 * Parsing took a third of the engine's time, and an application sends the same few expressions for ever. A cached
 * tree keeps holes where the values of ExpressionAttributeValues stood; a hit fills in the request's own.
 */
const MAX_ENTRIES = 500;

interface Context {
  attrNames?: Record<string, string> | null;
  attrVals?: Record<string, unknown> | null;
  unusedAttrNames: Record<string, boolean>;
  unusedAttrVals: Record<string, boolean>;
}
interface Parser {
  parse(expression: string, options: { context: Context }): unknown;
}
interface Cached {
  build: Builder;
  usedNames: string[];
  usedValues: string[];
}
/** Makes a fresh tree, since whoever gets it may put its values into items. */
type Builder = (values: Record<string, unknown>) => unknown;

let installed = false;

/** dynalite's validators call the parsers through their module objects, which is where the cache goes in. */
export function cacheParsedExpressions(): void {
  if (installed) return;
  installed = true;
  for (const parser of [conditionParser, projectionParser, updateParser]) install(parser);
}

function install(parser: Parser): void {
  const parse = parser.parse;
  const cache = new Map<string, Cached>();
  parser.parse = (expression, options) => {
    const { context } = options;
    const values = context.attrVals ?? {};
    // The parser compares the bounds of BETWEEN with each other, so there the values decide about errors.
    if (/between|attribute_type/i.test(expression)) return parse(expression, options);
    const key = cacheKey(expression, context);
    const known = cache.get(key);
    if (known) {
      for (const name of known.usedNames) delete context.unusedAttrNames[name];
      for (const name of known.usedValues) delete context.unusedAttrVals[name];
      return known.build(values);
    }
    const unusedNames = Object.keys(context.unusedAttrNames);
    const unusedValues = Object.keys(context.unusedAttrVals);
    const tree = parse(expression, options);
    if (typeof tree === 'string') return tree;
    if (cache.size >= MAX_ENTRIES) cache.clear();
    cache.set(key, {
      build: builder(tree, new Map(Object.entries(values).map(([name, value]) => [value, name]))),
      usedNames: unusedNames.filter((name) => !(name in context.unusedAttrNames)),
      usedValues: unusedValues.filter((name) => !(name in context.unusedAttrVals)),
    });
    return tree;
  };
}

/** Names are resolved in the tree and the types of values are checked by the parser: both belong to the key. */
function cacheKey(expression: string, context: Context): string {
  let key = expression;
  for (const [name, attribute] of Object.entries(context.attrNames ?? {})) key += `\n${name}=${attribute}`;
  for (const [name, value] of Object.entries(context.attrVals ?? {}))
    key += `\n${name}:${Object.keys(value ?? {})[0]}`;
  return key;
}

function builder(node: unknown, holes: Map<unknown, string>): Builder {
  const hole = holes.get(node);
  if (hole !== undefined) return (values) => values[hole];
  if (Array.isArray(node)) {
    const parts = node.map((part) => builder(part, holes));
    return (values) => parts.map((part) => part(values));
  }
  if (typeof node !== 'object' || node === null) return () => node;
  const parts = Object.entries(node).map(([name, part]) => [name, builder(part, holes)] as const);
  return (values) => {
    const copy: Record<string, unknown> = Object.create(null);
    for (const [name, part] of parts) copy[name] = part(values);
    return copy;
  };
}
