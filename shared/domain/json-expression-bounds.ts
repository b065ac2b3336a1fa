import jsonata from 'jsonata';
import { MAX_PAYLOAD_BYTES } from './limits.ts';

/**
 * What JSONata's own guards leave open. They look at the time between steps, so no single step may take long: no value may
 * grow without end on the way, and functions whose work is more than their input's length take little.
 */
export class ExpressionError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ExpressionError';
  }
}

/** Of any value on the way: what goes in is smaller. */
const MAX_WEIGHT = 8 * MAX_PAYLOAD_BYTES;
const MAX_PAD_CHARS = 10_000;
/** Pictures become regular expressions, whose groups share the text in every possible way. */
const MAX_PICTURE_PARTS = 8;
const MAX_TIMESTAMP_CHARS = 40;
/** jsonata calls it with the result of every step. */
const STEP_DONE = Symbol.for('jsonata.__evaluate_exit');

export type Scales = (value: unknown) => number;

/**
 * Characters of a value as it would be written out, about. Each object is weighed once, and counts as often as it occurs: a
 * value that holds itself twice, and that twice again, is small in memory and endless to walk through.
 */
export function makeScales(): Scales {
  const known = new WeakMap<object, number>();
  return function weigh(value: unknown): number {
    if (typeof value === 'string') return value.length;
    if (typeof value !== 'object' || value === null || isFunction(value)) return 1;
    const before = known.get(value);
    if (before !== undefined) return before;
    known.set(value, 1);
    let weight = 1;
    for (const name of Object.keys(value)) weight += name.length + weigh(Reflect.get(value, name));
    known.set(value, weight);
    return weight;
  };
}

/** Of the language: it holds all that it can see. */
const isFunction = (value: object): boolean => '_jsonata_lambda' in value || '_jsonata_function' in value;

export function bounded(expression: jsonata.Expression, weigh: Scales): jsonata.Expression {
  const look = (_step: unknown, _input: unknown, _environment: unknown, result: unknown) => {
    if (weigh(result) > MAX_WEIGHT) throw new ExpressionError('a value on the way is too large');
  };
  // The types know of names only.
  Reflect.apply(expression.assign, expression, [STEP_DONE, look]);
  expression.registerFunction('eval', refused('$eval'), '<sx?:x>');
  expression.registerFunction('pad', pad, '<s-ns?:s>');
  expression.registerFunction('join', join, '<a<s>s?:s>');
  expression.registerFunction('distinct', distinct, '<x:x>');
  expression.registerFunction('toMillis', toMillis, '<s-s?:n>');
  return expression;
}

const refused = (name: string) => () => {
  throw new ExpressionError(`${name} is not available here`);
};

function pad(text: string, width: number, filler = ' '): string {
  if (Math.abs(width) > MAX_PAD_CHARS)
    throw new ExpressionError(`$pad makes at most ${MAX_PAD_CHARS} characters`);
  return width < 0 ? text.padStart(-width, filler) : text.padEnd(width, filler);
}

function join(parts: string[] | undefined, separator = ''): string | undefined {
  if (parts === undefined) return undefined;
  const separators = separator.length * Math.max(0, parts.length - 1);
  if (separators + parts.reduce((sum, part) => sum + part.length, 0) > MAX_WEIGHT)
    throw new ExpressionError('$join makes too long a text');
  return parts.join(separator);
}

/** The original compares each with each. */
function distinct(values: unknown): unknown {
  if (!Array.isArray(values) || values.length <= 1) return values;
  const first = new Map<string, unknown>();
  for (const value of values) {
    const name = nameOf(value);
    if (!first.has(name)) first.set(name, value);
  }
  const found = [...first.values()];
  // What a path found is one value when there is but one.
  return found.length === 1 && 'sequence' in values ? found[0] : found;
}

/** The same for values that are equal, in whatever order their fields stand. */
const nameOf = (value: unknown): string =>
  typeof value === 'function'
    ? 'function'
    : (JSON.stringify(value, (_name, part: unknown) =>
        typeof part === 'object' && part !== null && !Array.isArray(part)
          ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
          : part,
      ) ?? 'undefined');

const ORIGINAL_TO_MILLIS = jsonata('$toMillis(text, picture)');

async function toMillis(text: string | undefined, picture: string | undefined): Promise<unknown> {
  const parts = picture?.split('[').length ?? 0;
  if (parts - 1 > MAX_PICTURE_PARTS || (picture !== undefined && (text?.length ?? 0) > MAX_TIMESTAMP_CHARS))
    throw new ExpressionError(
      `$toMillis reads at most ${MAX_TIMESTAMP_CHARS} characters by ${MAX_PICTURE_PARTS} parts of a picture`,
    );
  return ORIGINAL_TO_MILLIS.evaluate({ text, picture });
}
