import jsonata from 'jsonata';
import { MAX_PAYLOAD_BYTES } from './limits.ts';

/**
 * JSONata (docs.jsonata.org) as users write it in templates and conditions. Whoever may make tasks may write one, so
 * its work is bounded: time, depth, length of sequences and texts; regular expressions, whose time nothing bounds,
 * are not taken, and neither is $eval, which would bring them back.
 */
const TIMEOUT_MS = 250;
const MAX_DEPTH = 100;
const MAX_SEQUENCE = 10_000;
const MAX_PAD_CHARS = 10_000;
export const MAX_EXPRESSION_CHARS = 1_000;

export class ExpressionError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ExpressionError';
  }
}

/** Why it is no expression that we take; undefined when it is one. */
export function expressionProblem(text: string): string | undefined {
  if (text.length > MAX_EXPRESSION_CHARS) return `must have at most ${MAX_EXPRESSION_CHARS} characters`;
  try {
    return hasRegex(parse(text).ast()) ? NO_REGEX : undefined;
  } catch (error) {
    return messageOf(error);
  }
}

/** `undefined` when the expression finds nothing. Throws an ExpressionError, also when a bound is passed. */
export async function evaluateExpression(text: string, input: unknown): Promise<unknown> {
  try {
    const value: unknown = await parse(text).evaluate(input);
    return value === undefined ? undefined : plain(value);
  } catch (error) {
    throw new ExpressionError(`${text}: ${messageOf(error)}`, { cause: error });
  }
}

function parse(text: string): jsonata.Expression {
  const expression = jsonata(text, {
    timeout: TIMEOUT_MS,
    stack: MAX_DEPTH,
    sequence: MAX_SEQUENCE,
    RegexEngine: NoRegex,
  });
  expression.registerFunction('eval', refused('$eval'), '<sx?:x>');
  expression.registerFunction('pad', pad, '<s-ns?:s>');
  return expression;
}

const NO_REGEX = 'regular expressions are not available here';

function hasRegex(node: unknown): boolean {
  if (typeof node !== 'object' || node === null) return false;
  return ('type' in node && node.type === 'regex') || Object.values(node).some(hasRegex);
}

/** Sequences of JSONata carry marks of their own; texts may have been doubled and doubled. */
function plain(value: unknown): unknown {
  if (charactersIn(value) > MAX_PAYLOAD_BYTES) throw new ExpressionError('the value is too large');
  const json = JSON.stringify(value);
  return json === undefined ? undefined : JSON.parse(json);
}

const charactersIn = (value: unknown): number => {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce<number>((sum, part) => sum + charactersIn(part), 1);
};

const refused = (name: string) => () => {
  throw new ExpressionError(`${name} is not available here`);
};

const refuseRegex = (): never => {
  throw new ExpressionError(NO_REGEX);
};
const NoRegex = new Proxy(RegExp, { construct: refuseRegex, apply: refuseRegex });

function pad(text: string, width: number, filler = ' '): string {
  if (Math.abs(width) > MAX_PAD_CHARS)
    throw new ExpressionError(`$pad makes at most ${MAX_PAD_CHARS} characters`);
  return width < 0 ? text.padStart(-width, filler) : text.padEnd(width, filler);
}

/** JSONata throws plain objects as well as errors. */
const messageOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
