import { stepsOf } from './draft.ts';

/**
 * The line, from 1 on, in which the value at a path begins: of JSON with a member or an element a line, as this page
 * writes it. What stands nearest where there is no such value; undefined at the very top.
 */
export function lineOf(text: string, path: string): number | undefined {
  const lines = text.split('\n');
  const at = { line: 0, depth: 0 };
  let found: number | undefined;
  for (const step of stepsOf(path)) {
    const next = memberLine(lines, at, step);
    if (next === undefined) return found;
    at.line = next;
    at.depth += 1;
    found = next + 1;
  }
  return found;
}

const indentOf = (line: string): number => line.length - line.trimStart().length;

function memberLine(
  lines: readonly string[],
  { line, depth }: { line: number; depth: number },
  step: string | number,
): number | undefined {
  const indent = 2 * (depth + 1);
  let index = 0;
  for (let at = line + 1; at < lines.length; at++) {
    const text = lines[at] ?? '';
    const own = indentOf(text);
    if (own < indent) return undefined;
    if (own > indent || /^\s*[\]}]/.test(text)) continue;
    if (typeof step === 'number' ? index++ === step : text.trimStart().startsWith(`${JSON.stringify(step)}:`))
      return at;
  }
  return undefined;
}
