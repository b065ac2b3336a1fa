import type * as z from 'zod';
import type { FieldProblem } from '../domain/errors.ts';

export type Parsed<T> = { ok: true; value: T } | { ok: false; errors: FieldProblem[] };

/** Parses and lists every problem at once. `prefix` is the path of `value` itself. */
export function parseAll<T>(schema: z.ZodType<T>, value: unknown, prefix = ''): Parsed<T> {
  const parsed = schema.safeParse(value, { error: plainWords });
  return parsed.success
    ? { ok: true, value: parsed.data }
    : { ok: false, errors: parsed.error.issues.flatMap((issue) => problemsOf(issue, prefix)) };
}

/** `schedule.expressions[0]` */
export const pathText = (path: readonly PropertyKey[], prefix = ''): string =>
  path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    return text === '' ? String(step) : `${text}.${String(step)}`;
  }, prefix);

const problemsOf = (issue: z.core.$ZodIssue, prefix: string): FieldProblem[] =>
  issue.code === 'unrecognized_keys'
    ? issue.keys.map((key) => ({ path: pathText([...issue.path, key], prefix), message: 'unknown field' }))
    : [{ path: pathText(issue.path, prefix), message: issue.message }];

const plainWords: z.core.$ZodErrorMap = (issue) =>
  issue.input === undefined && (issue.code === 'invalid_type' || issue.code === 'invalid_value')
    ? 'required'
    : undefined;
