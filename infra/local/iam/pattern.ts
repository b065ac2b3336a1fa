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

/** In conditions a wildcard does not reach beyond its part of the ARN, apart from the last one. */
export function matchesArn(pattern: string, arn: string): boolean {
  if (pattern === '*') return true;
  const patterns = partsOf(pattern);
  const parts = partsOf(arn);
  return (
    patterns.length === parts.length && patterns.every((part, i) => matchesPattern(part, parts[i] ?? ''))
  );
}

/** arn:partition:service:region:account:resource, where only the resource may hold colons. */
function partsOf(arn: string): string[] {
  const parts = arn.split(':');
  return parts.length < 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')];
}
