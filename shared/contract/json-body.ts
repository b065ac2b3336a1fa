import { SchedulerError } from '../domain/errors.ts';

/** Far beyond what a payload needs, far below what a recursive reader could choke on. */
const MAX_JSON_DEPTH = 64;

/** Parses a body or throws `malformed-json`. */
export function parseJson(text: string): unknown {
  const value = parsed(text);
  refuseExtremes(value);
  return value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw malformed(error instanceof Error ? error.message : 'not JSON', error);
  }
}

/** Level by level, so that deep nesting cannot exhaust the stack that it is meant to protect. */
function refuseExtremes(root: unknown): void {
  let level = [root];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_JSON_DEPTH) throw malformed(`nested deeper than ${MAX_JSON_DEPTH} levels`);
    const below: unknown[] = [];
    for (const value of level) {
      // JSON.parse reads 1e400 as Infinity, which would be stored as null.
      if (typeof value === 'number' && !Number.isFinite(value))
        throw malformed('a number is too large to be kept');
      if (typeof value === 'object' && value !== null)
        for (const member of Object.values(value)) below.push(member);
    }
    level = below;
  }
}

const malformed = (reason: string, cause?: unknown) =>
  new SchedulerError('malformed-json', `The body is not usable JSON: ${reason}`, { reason }, cause);
