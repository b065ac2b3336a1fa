import type * as z from 'zod';
import type { FieldProblem } from '../domain/errors.ts';
import { parseAll } from './problems.ts';
import { READ_ONLY_FIELDS, TaskInputSchema } from './task.ts';

const SomeFieldsSchema = TaskInputSchema.partial();
export type TaskFields = z.infer<typeof SomeFieldsSchema>;

/** The fields that are sound by themselves, so that one bad field does not hide what else is wrong. */
export function soundFields(body: Record<string, unknown>): { fields: TaskFields; errors: FieldProblem[] } {
  const parsed = parseAll(TaskInputSchema, body);
  if (parsed.ok) return { fields: parsed.value, errors: [] };
  const sound = Object.entries(body).filter(([name]) => !concerns(parsed.errors, name));
  const fields = SomeFieldsSchema.safeParse(Object.fromEntries(sound)).data ?? {};
  return { fields, errors: parsed.errors.map(explained) };
}

/** Is any of the problems about this field or something inside it? */
export const concerns = (errors: FieldProblem[], field: string): boolean =>
  errors.some(({ path }) => path === field || path.startsWith(`${field}.`) || path.startsWith(`${field}[`));

const WHY_NOT: ReadonlyMap<string, string> = new Map([
  ...READ_ONLY_FIELDS.map((name) => [name, 'read only'] as const),
  ['status', 'read only: use POST /v1/tasks/{id}/pause or /resume'],
  ['id', 'read only: POST makes it, PUT /v1/tasks/{id} chooses it'],
]);

const explained = (problem: FieldProblem): FieldProblem => ({
  path: problem.path,
  message: WHY_NOT.get(problem.path) ?? problem.message,
});
