import type { AttemptRecord, Execution } from './execution.ts';
import type { Failure } from './failure.ts';
import type { RetryRule } from './task.ts';

/** Which rule of a policy takes a failure (docs/lifecycle.md). */

/** What rules look at, of a failure at hand or of one written down. */
type Seen = Pick<Failure, 'errorType' | 'httpStatus'> & { cause: AttemptRecord['cause'] };

/** The first rule that matches. */
export const ruleFor = (rules: readonly RetryRule[] = [], failure: Seen): RetryRule | undefined =>
  rules.find(({ match }) => matches(match, failure));

/** Failures of the present budget that the rule took, as far as they are still written down. */
export const takenBy = (rules: readonly RetryRule[] = [], rule: RetryRule, run: Execution): number =>
  (run.attempts ?? []).filter(
    (past) =>
      past.status === 'failed' &&
      past.attempt > (run.attemptsBefore ?? 0) &&
      ruleFor(rules, { errorType: past.errorType ?? '', ...past, cause: past.cause }) === rule,
  ).length;

function matches(match: RetryRule['match'], { errorType, httpStatus, cause }: Seen): boolean {
  if (match.errorType !== undefined && !matchesWildcard(match.errorType, errorType)) return false;
  if (match.httpStatus !== undefined && !match.httpStatus.some((one) => isOf(httpStatus, one))) return false;
  if (match.cause === undefined) return true;
  // What is written down without a cause was thrown, and so is a throttle.
  return match.cause === (cause ?? 'error') || (match.cause === 'error' && cause === 'throttled');
}

const isOf = (status: number | undefined, wanted: number | string): boolean =>
  status !== undefined && (status === wanted || `${Math.floor(status / 100)}xx` === wanted);

/** `*` stands for any characters, none included. Each piece is looked for once, so that no pattern takes long. */
export function matchesWildcard(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return pattern === text;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = text.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
