/** One field that is not the same; undefined where there is none. */
export interface Change {
  path: string;
  before: unknown;
  after: unknown;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What the API shows in place of what may hold a secret. */
export const isMasked = (value: unknown): value is { masked: string; bytes: number } =>
  isObject(value) && typeof value.masked === 'string' && typeof value.bytes === 'number';

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Field by field, as deep as both sides are objects; lists are compared as a whole. */
export function changesBetween(before: unknown, after: unknown, path = ''): Change[] {
  if (same(before, after)) return [];
  const deep = isObject(before) && isObject(after) && !isMasked(before) && !isMasked(after);
  if (!deep) return [{ path, before, after }];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name) =>
    changesBetween(before[name], after[name], path === '' ? name : `${path}.${name}`),
  );
}
