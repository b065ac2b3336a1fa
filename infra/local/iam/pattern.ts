/** Wildcards of policies: `*` for any text, `?` for any one character, everything else for itself. */
const compiled = new Map<string, RegExp>();

export function matchesPattern(pattern: string, text: string): boolean {
  let expression = compiled.get(pattern);
  if (!expression) {
    const source = pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    expression = new RegExp(`^${source}$`, 's');
    compiled.set(pattern, expression);
  }
  return expression.test(text);
}

/** Actions have no case: SQS itself speaks of sqs:sendmessage. */
export function matchesAction(pattern: string, action: string): boolean {
  return matchesPattern(pattern.toLowerCase(), action.toLowerCase());
}

const ARN_PARTS = 6;

/** In conditions a wildcard does not reach beyond its part of the ARN, apart from the last one. */
export function matchesArn(pattern: string, arn: string): boolean {
  const patterns = partsOf(pattern);
  const parts = partsOf(arn);
  if (patterns.length !== ARN_PARTS || parts.length !== ARN_PARTS) return matchesPattern(pattern, arn);
  return patterns.every((part, i) => matchesPattern(part, parts[i] ?? ''));
}

function partsOf(arn: string): string[] {
  const parts = arn.split(':');
  return [...parts.slice(0, ARN_PARTS - 1), ...[parts.slice(ARN_PARTS - 1).join(':')].filter(Boolean)];
}
