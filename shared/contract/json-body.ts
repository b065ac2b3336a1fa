import { type FieldProblem, SchedulerError } from '../domain/errors.ts';
import { MAX_JSON_DEPTH, MAX_JSON_VALUES } from '../domain/limits.ts';
import { duplicateName, inexactInteger } from './json-tokens.ts';
import { pathText } from './problems.ts';

/**
 * Parses a body. What JSON leaves open is refused rather than guessed, as I-JSON (RFC 7493) has it: a name that is
 * there twice, a whole number that a double cannot hold, half a surrogate pair. Throws `malformed-json`, or
 * `validation-failed` where a field can be named.
 */
export function parseJson(text: string): unknown {
  const value = parsed(text);
  const errors: FieldProblem[] = [];
  requireBounded(value, (place) => {
    if (!isWellFormed(place))
      errors.push({ path: pathText(stepsTo(place)), message: 'must be well-formed Unicode' });
  });
  if (errors.length > 0)
    throw new SchedulerError('validation-failed', 'The body is not valid: see errors', { errors });
  const twice = duplicateName(text);
  if (twice !== undefined)
    throw malformed(`the name ${JSON.stringify(shortened(twice))} is there twice in one object`);
  const inexact = inexactInteger(text);
  if (inexact !== undefined)
    throw malformed(`the whole number ${shortened(inexact)} cannot be kept exactly; send it as text`);
  return value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw malformed(error instanceof Error ? error.message : 'not JSON', error);
  }
}

/** A value, and by which steps one gets to it. */
interface Place {
  value: unknown;
  above?: Place;
  step?: PropertyKey;
}

/**
 * Throws `malformed-json` for what nests too deep or holds too much. Level by level, so that deep nesting cannot exhaust
 * the stack that this is meant to protect.
 */
export function requireBounded(value: unknown, look: (place: Place) => void = () => {}): void {
  let level: Place[] = [{ value }];
  let seen = 0;
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_JSON_DEPTH) throw malformed(`nested deeper than ${MAX_JSON_DEPTH} levels`);
    seen += level.length;
    if (seen > MAX_JSON_VALUES) throw malformed(`more than ${MAX_JSON_VALUES} values`);
    for (const place of level) {
      // JSON.parse reads 1e400 as Infinity, which would be stored as null.
      if (typeof place.value === 'number' && !Number.isFinite(place.value))
        throw malformed('a number is too large to be kept');
      look(place);
    }
    level = level.flatMap(membersOf);
  }
}

function isWellFormed({ value, step }: Place): boolean {
  const isWhole = (text: unknown) => typeof text !== 'string' || text.isWellFormed();
  return isWhole(value) && isWhole(step);
}

function membersOf(above: Place): Place[] {
  const { value } = above;
  if (Array.isArray(value)) return value.map((member, step) => ({ value: member, above, step }));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).map(([step, member]) => ({ value: member, above, step }));
}

const stepsTo = ({ above, step }: Place): PropertyKey[] =>
  above === undefined || step === undefined ? [] : [...stepsTo(above), step];

const shortened = (text: string): string => (text.length > 64 ? `${text.slice(0, 64)}…` : text);

const malformed = (reason: string, cause?: unknown) =>
  new SchedulerError('malformed-json', `The body is not usable JSON: ${reason}`, { reason }, cause);
