import jsonata from 'jsonata';
import { bounded, ExpressionError, makeScales, type Scales } from './json-expression-bounds.ts';
import { MAX_PAYLOAD_BYTES } from './limits.ts';

export { ExpressionError };

/**
 * JSONata (docs.jsonata.org) as users write it in templates and conditions. Whoever may make tasks may write one, so
 * its work is bounded: time, depth, length of sequences and size of values; regular expressions, whose time nothing bounds,
 * are not taken, and neither is $eval, which would bring them back.
 */
const TIMEOUT_MS = 250;
const MAX_DEPTH = 100;
const MAX_SEQUENCE = 10_000;
export const MAX_EXPRESSION_CHARS = 1_000;

/** Why it is no expression that we take; undefined when it is one. */
export function expressionProblem(text: string): string | undefined {
  if (text.length > MAX_EXPRESSION_CHARS) return `must have at most ${MAX_EXPRESSION_CHARS} characters`;
  try {
    return hasRegex(parse(text, makeScales()).ast()) ? NO_REGEX : undefined;
  } catch (error) {
    return messageOf(error);
  }
}

/** `undefined` when the expression finds nothing. Throws an ExpressionError, also when a bound is passed. */
export async function evaluateExpression(text: string, input: unknown): Promise<unknown> {
  const weigh = makeScales();
  try {
    const value: unknown = await parse(text, weigh).evaluate(input);
    return value === undefined ? undefined : plain(value, weigh);
  } catch (error) {
    throw new ExpressionError(`${text}: ${messageOf(error)}`, { cause: error });
  }
}

function parse(text: string, weigh: Scales): jsonata.Expression {
  const expression = jsonata(text, {
    timeout: TIMEOUT_MS,
    stack: MAX_DEPTH,
    sequence: MAX_SEQUENCE,
    RegexEngine: NoRegex,
  });
  return bounded(expression, weigh);
}

const NO_REGEX = 'regular expressions are not available here';

function hasRegex(node: unknown): boolean {
  if (typeof node !== 'object' || node === null) return false;
  return ('type' in node && node.type === 'regex') || Object.values(node).some(hasRegex);
}

/** Sequences of JSONata carry marks of their own. */
function plain(value: unknown, weigh: Scales): unknown {
  if (weigh(value) > MAX_PAYLOAD_BYTES) throw new ExpressionError('the value is too large');
  const json = JSON.stringify(value);
  return json === undefined ? undefined : JSON.parse(json);
}

const refuseRegex = (): never => {
  throw new ExpressionError(NO_REGEX);
};
const NoRegex = new Proxy(RegExp, { construct: refuseRegex, apply: refuseRegex });

/** JSONata throws plain objects as well as errors. */
const messageOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
