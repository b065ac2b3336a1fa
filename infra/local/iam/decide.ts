import { type Context, holds } from './condition.ts';
import { matchesAction, matchesPattern } from './pattern.ts';
import type { Selection, Statement } from './policy.ts';

/** Who asks: a function in its role, or a service of AWS. */
export type Caller =
  | { kind: 'role'; roleArn: string; sessionArn: string; accountId: string }
  | { kind: 'service'; name: string };

export interface Request {
  caller: Caller;
  action: string;
  resource: string;
  context: Context;
}
/** How IAM words a refusal. */
export type Verdict = 'allowed' | 'identity denies' | 'resource denies' | 'nobody allows';

/**
 * IAM's order within one account: a Deny anywhere wins, then an Allow of the caller's or of the resource's policy
 * suffices.
 */
export function decide(identity: Statement[], ofResource: Statement[], request: Request): Verdict {
  const about = (statements: Statement[]) => statements.filter((one) => isAbout(one, request));
  const own = about(identity);
  const foreign = about(ofResource).filter((statement) => names(statement, request.caller));
  if (own.some(({ effect }) => effect === 'Deny')) return 'identity denies';
  if (foreign.some(({ effect }) => effect === 'Deny')) return 'resource denies';
  return own.length > 0 || foreign.length > 0 ? 'allowed' : 'nobody allows';
}

function isAbout(statement: Statement, { action, resource, context }: Request): boolean {
  const { actions, resources, effect } = statement;
  if (!selects(actions, (pattern) => matchesAction(pattern, action))) return false;
  if (resources && !selects(resources, (pattern) => matchesPattern(pattern, resource))) return false;
  if (statement.unknown.length > 0) return effect === 'Deny';
  return holds(statement.conditions, context);
}

function selects({ patterns, inverted }: Selection, matches: (pattern: string) => boolean): boolean {
  return patterns.some(matches) !== inverted;
}

function names({ principals, effect }: Statement, caller: Caller): boolean {
  if (!principals) return effect === 'Deny';
  return caller.kind === 'service'
    ? principals.services.includes(caller.name) || principals.aws.includes('*')
    : principals.aws.some((name) => isPrincipal(name, caller, effect));
}

function isPrincipal(
  name: string,
  { roleArn, sessionArn, accountId }: Extract<Caller, { kind: 'role' }>,
  effect: Statement['effect'],
): boolean {
  if (name === '*' || name === roleArn || name === sessionArn) return true;
  // An account stands for all in it when something is denied; what it is allowed, its own policies must give on.
  return effect === 'Deny' && (name === accountId || name === `arn:aws:iam::${accountId}:root`);
}
