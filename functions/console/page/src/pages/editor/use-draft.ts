import { useState } from 'react';
import { readJson } from '../../parts/read-json.ts';
import { type Draft, isObject, textOf, writeAt } from './draft.ts';

/** One state with two views: fields of the form, and the text of the JSON while it is being typed. */
export function useDraft(initial: Draft) {
  const [draft, setDraft] = useState(initial);
  const [typed, setTyped] = useState<string>();
  const read = typed === undefined ? undefined : readJson(typed);
  const syntax = read && !read.ok ? read.message : undefined;
  return {
    draft,
    /** Undone when the form is used: what it shows is what was sound last. */
    text: typed ?? textOf(draft),
    syntax: syntax ?? (read?.ok && !isObject(read.value) ? 'must be an object' : undefined),
    set(path: string, value: unknown) {
      setTyped(undefined);
      setDraft((old) => writeAt(old, path, value));
    },
    replace(next: Draft) {
      setTyped(undefined);
      setDraft(next);
    },
    type(text: string) {
      setTyped(text);
      const parsed = readJson(text);
      if (parsed.ok && isObject(parsed.value)) setDraft(parsed.value);
    },
    /** Writes it as this page does, unless it is not sound. */
    tidy() {
      if (syntax === undefined) setTyped(undefined);
    },
  };
}
