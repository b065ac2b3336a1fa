import { createContext, useContext } from 'react';
import { type Draft, readAt } from './draft.ts';
import type { FieldProblem } from './use-check.ts';

export interface Editor {
  draft: Draft;
  set(path: string, value: unknown): void;
  problems: readonly FieldProblem[];
}

const EditorContext = createContext<Editor | undefined>(undefined);
export const EditorProvider = EditorContext;

export function useEditor(): Editor {
  const editor = useContext(EditorContext);
  if (!editor) throw new Error('outside of the editor');
  return editor;
}

/** One field of the draft: what stands there, what changes it, and what the API has against it. */
export function useField(path: string) {
  const { draft, set, problems } = useEditor();
  return {
    value: readAt(draft, path),
    set: (value: unknown) => set(path, value),
    /** Of the field itself, or of anything in it. */
    error: messagesAt(problems, path),
  };
}

const isWithin = (path: string, field: string): boolean =>
  path === field || path.startsWith(`${field}.`) || path.startsWith(`${field}[`);

export function messagesAt(problems: readonly FieldProblem[], field: string): string | undefined {
  const found = problems.filter(({ path }) => isWithin(path, field));
  if (found.length === 0) return undefined;
  return found
    .map(({ path, message }) => (path === field ? message : `${path.slice(field.length)}: ${message}`))
    .join('; ');
}

/** Of what stands there itself, and not of anything in it. */
export const messageOf = (problems: readonly FieldProblem[], field: string): string | undefined =>
  messagesAt(
    problems.filter(({ path }) => path === field),
    field,
  );

export const countWithin = (problems: readonly FieldProblem[], fields: readonly string[]): number =>
  problems.filter(({ path }) => fields.some((field) => isWithin(path, field))).length;
