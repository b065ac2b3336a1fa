import { decodeCursor, encodeCursor, type PageQuery } from '../../shared/contract/list-query.ts';

/** A page of a list that is read as a whole. The key of an item is its own, and sorts as the list does. */
export function pageOfAll<T>(
  list: string,
  all: readonly T[],
  keyOf: (item: T) => string,
  { limit, cursor }: PageQuery,
): { items: T[]; nextCursor: string | null } {
  const after = decodeCursor(list, cursor)?.after ?? undefined;
  const rest = all.filter((item) => after === undefined || keyOf(item) > after);
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  const isWhole = last === undefined || rest.length === items.length;
  return { items, nextCursor: isWhole ? null : encodeCursor(list, { after: keyOf(last) }) };
}
