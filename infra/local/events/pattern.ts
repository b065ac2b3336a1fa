import ipaddr from 'ipaddr.js';
import { type Json, TemplateError } from '../template/intrinsics.ts';

/**
 * Event patterns: docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html. What is not known
 * is an error that names it: an event that silently matches nothing would be looked for elsewhere.
 */
export type Matches = (event: Json) => boolean;

type Test = (value: Json | undefined) => boolean;
/** Of one value that is neither list nor object. */
type Leaf = Exclude<Json, Json[] | { [key: string]: Json }>;
type LeafTest = (leaf: Leaf) => boolean;

export function compilePattern(pattern: Json, where: string): Matches {
  if (!isObject(pattern) || Object.keys(pattern).length === 0)
    throw new TemplateError(`${where}: an event pattern is an object with something in it`);
  return objectTest(pattern, where);
}

/** Everything named must hold. Of a list in the event one element suffices. */
function objectTest(pattern: { [key: string]: Json }, where: string): Test {
  const tests = Object.entries(pattern).map(([key, part]): Test => {
    const place = `${where}.${key}`;
    if (key === '$or') return orTest(part, place);
    const test = Array.isArray(part) ? leavesTest(part, place) : objectTest(objectIn(part, place), place);
    return (value) => test(isObject(value) ? value[key] : undefined);
  });
  return (value) => {
    const candidates = Array.isArray(value) && value.length > 0 ? value : [value];
    return candidates.some((candidate) => tests.every((test) => test(candidate)));
  };
}

function orTest(part: Json, where: string): Test {
  if (!Array.isArray(part)) throw new TemplateError(`${where}: expected a list of patterns`);
  const tests = part.map((one, i) => objectTest(objectIn(one, `${where}[${i}]`), `${where}[${i}]`));
  return (value) => tests.some((test) => test(value));
}

/** Any of the listed values or operators; of a list in the event any element. */
function leavesTest(wanted: Json[], where: string): Test {
  if (wanted.length === 0) throw new TemplateError(`${where}: an empty list matches nothing`);
  const tests = wanted.map((one, i): ((leaves: Leaf[]) => boolean) => {
    const place = `${where}[${i}]`;
    if (isObject(one) && typeof one.exists === 'boolean' && Object.keys(one).length === 1)
      return (leaves) => leaves.length > 0 === one.exists;
    const test = Array.isArray(one) || isObject(one) ? operatorTest(one, place) : equals(one);
    return (leaves) => leaves.some(test);
  });
  return (value) => {
    const leaves = leavesOf(value);
    return tests.some((test) => test(leaves));
  };
}

const OPERATORS: Record<string, (argument: Json, where: string) => LeafTest> = {
  prefix: (argument, where) => textTest(argument, where, (text, part) => text.startsWith(part)),
  suffix: (argument, where) => textTest(argument, where, (text, part) => text.endsWith(part)),
  'equals-ignore-case': (argument, where) => ignoringCase(textIn(argument, where), (a, b) => a === b),
  wildcard: (argument, where) => {
    const form = wildcard(textIn(argument, where));
    return (leaf) => typeof leaf === 'string' && form.test(leaf);
  },
  numeric: numericTest,
  cidr: (argument, where) => {
    const range = cidrIn(textIn(argument, where), where);
    return (leaf) => {
      if (typeof leaf !== 'string' || !ipaddr.isValid(leaf)) return false;
      const address = ipaddr.parse(leaf);
      return address.kind() === range[0].kind() && address.match(range);
    };
  },
  'anything-but': (argument, where) => {
    const but = [argument]
      .flat()
      .map((one) => (isObject(one) ? operatorTest(one, where, BUT) : equals(leafIn(one, where))));
    return (leaf) => !but.some((test) => test(leaf));
  },
};
const BUT = ['prefix', 'suffix', 'equals-ignore-case', 'wildcard'];

function operatorTest(given: Json, where: string, known = Object.keys(OPERATORS)): LeafTest {
  const [operator, ...others] = isObject(given) ? Object.keys(given) : [];
  if (!isObject(given) || operator === undefined || others.length > 0)
    throw new TemplateError(`${where}: expected one operator`);
  const make = known.includes(operator) ? OPERATORS[operator] : undefined;
  if (!make)
    throw new TemplateError(`${where}: the embedded engine does not know the operator "${operator}" here`);
  const argument = given[operator] ?? null;
  if (Array.isArray(argument) && BUT.includes(operator)) {
    const tests = argument.map((one) => make(one, where));
    return (leaf) => tests.some((test) => test(leaf));
  }
  return make(argument, where);
}

function textTest(argument: Json, where: string, holds: (text: string, part: string) => boolean): LeafTest {
  if (isObject(argument)) return ignoringCase(textIn(argument['equals-ignore-case'] ?? null, where), holds);
  const part = textIn(argument, where);
  return (leaf) => typeof leaf === 'string' && holds(leaf, part);
}

const ignoringCase = (part: string, holds: (text: string, part: string) => boolean): LeafTest => {
  const lower = part.toLowerCase();
  return (leaf) => typeof leaf === 'string' && holds(leaf.toLowerCase(), lower);
};

const COMPARE: Record<string, (a: number, b: number) => boolean> = {
  '=': (a, b) => a === b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

function numericTest(argument: Json, where: string): LeafTest {
  const parts = Array.isArray(argument) ? argument : [];
  const pairs = parts.flatMap((sign, i) => (i % 2 === 0 ? [[sign, parts[i + 1]] as const] : []));
  const tests = pairs.map(([sign, bound]) => {
    const compare = typeof sign === 'string' ? COMPARE[sign] : undefined;
    if (!compare || typeof bound !== 'number')
      throw new TemplateError(`${where}: expected a comparison such as [">", 0, "<=", 5]`);
    return (value: number) => compare(value, bound);
  });
  if (tests.length === 0) throw new TemplateError(`${where}: numeric compares with nothing`);
  return (leaf) => typeof leaf === 'number' && tests.every((test) => test(leaf));
}

/** `*` stands for any characters, `\*` for itself. */
function wildcard(text: string): RegExp {
  const parts = [...text.matchAll(/\\([*\\])|(\*)|(.)/gs)].map(([, escaped, star, plain]) =>
    star ? '.*' : (escaped ?? plain ?? '').replace(/[\\^$.*+?()[\]{}|/-]/, '\\$&'),
  );
  return new RegExp(`^${parts.join('')}$`, 's');
}

function cidrIn(text: string, where: string): ReturnType<typeof ipaddr.parseCIDR> {
  try {
    return ipaddr.parseCIDR(text);
  } catch {
    throw new TemplateError(`${where}: ${text} is no CIDR`);
  }
}

const equals =
  (wanted: Leaf): LeafTest =>
  (leaf) =>
    leaf === wanted;

const isObject = (value: Json | undefined): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function leavesOf(value: Json | undefined): Leaf[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap(leavesOf);
  return isObject(value) ? [] : [value];
}

function objectIn(value: Json, where: string): { [key: string]: Json } {
  if (isObject(value)) return value;
  throw new TemplateError(`${where}: expected a list of values, or an object`);
}
function leafIn(value: Json, where: string): Leaf {
  if (typeof value === 'object' && value !== null) throw new TemplateError(`${where}: expected a value`);
  return value;
}
function textIn(value: Json, where: string): string {
  if (typeof value === 'string') return value;
  throw new TemplateError(`${where}: expected a text`);
}
