import type { FieldProblem } from './errors.ts';
import { evaluateExpression, expressionProblem } from './json-expression.ts';

/**
 * Texts of a payload may hold JSONata expressions between `{{` and `}}`, filled in when the run starts. A text that
 * is nothing but one expression becomes its value, of whatever type; in any other the values are put in as text.
 */
const MAX_TEMPLATES = 50;

/** What the expressions may name. The last two cost a read each, and only where they are named. */
export const TEMPLATE_NAMES = ['task', 'run', 'previous', 'variables'] as const;

interface Template {
  /** Where it begins and ends in its text, braces included. */
  start: number;
  end: number;
  expression: string;
}

/** Looks at each character once, however many braces never close. */
function* templatesIn(text: string): Generator<Template> {
  for (let end = 0; ; ) {
    const start = text.indexOf('{{', end);
    const close = start < 0 ? -1 : text.indexOf('}}', start + 2);
    if (close < 0) return;
    end = close + 2;
    yield { start, end, expression: text.slice(start + 2, close).trim() };
  }
}

export const isTemplate = (text: string): boolean => !templatesIn(text).next().done;

export function hasTemplates(payload: unknown): boolean {
  if (typeof payload === 'string') return isTemplate(payload);
  if (typeof payload !== 'object' || payload === null) return false;
  return Object.values(payload).some(hasTemplates);
}

/** True when an expression may read this name; a mention in a text counts as well, which costs only a read. */
export const mentions = (payload: string, name: 'previous' | 'variables' | 'upstream'): boolean =>
  payload.includes(name);

/** Everything wrong with the templates of a payload, by path. */
export function templateProblems(payload: unknown): FieldProblem[] {
  let count = 0;
  const look = (value: unknown, path: string): FieldProblem[] => {
    if (typeof value === 'string') {
      const found = [...templatesIn(value)].map(({ expression }) => expression);
      count += found.length;
      return found.flatMap((expression) => {
        const problem = expression === '' ? 'is empty' : expressionProblem(expression);
        return problem === undefined ? [] : [{ path, message: `template {{ ${expression} }}: ${problem}` }];
      });
    }
    if (Array.isArray(value)) return value.flatMap((item, i) => look(item, `${path}[${i}]`));
    if (typeof value !== 'object' || value === null) return [];
    return Object.entries(value).flatMap(([name, item]) => look(item, `${path}.${name}`));
  };
  const problems = look(payload, 'payload');
  if (count > MAX_TEMPLATES)
    problems.push({ path: 'payload', message: `has ${count} templates: expected at most ${MAX_TEMPLATES}` });
  return problems;
}

/** True when the value at a path, as `templateProblems` and zod write it, is only known once a run starts. */
export function isFilledAt(payload: unknown, path: string): boolean {
  let value = payload;
  for (const step of path.replace(/^payload/, '').match(/[^.[\]]+/g) ?? []) {
    if (typeof value === 'string') break;
    value = typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined;
  }
  return typeof value === 'string' && isTemplate(value);
}

/** Throws an ExpressionError. An expression that finds nothing is null, in a text the empty text. */
export async function renderPayload(
  payload: unknown,
  input: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  if (typeof payload === 'string') return renderText(payload, input);
  if (typeof payload !== 'object' || payload === null) return payload;
  if (Array.isArray(payload)) {
    const items: unknown[] = [];
    for (const item of payload) items.push(await renderPayload(item, input));
    return items;
  }
  const entries: [string, unknown][] = [];
  for (const [name, value] of Object.entries(payload))
    entries.push([name, await renderPayload(value, input)]);
  return Object.fromEntries(entries);
}

async function renderText(text: string, input: Readonly<Record<string, unknown>>): Promise<unknown> {
  const trimmed = text.trim();
  const [first] = templatesIn(trimmed);
  if (first?.start === 0 && first.end === trimmed.length)
    return (await evaluateExpression(first.expression, input)) ?? null;
  let rendered = '';
  let done = 0;
  for (const { start, end, expression } of templatesIn(text)) {
    rendered += text.slice(done, start) + asText(await evaluateExpression(expression, input));
    done = end;
  }
  return rendered + text.slice(done);
}

const asText = (value: unknown): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);
