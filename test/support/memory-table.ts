import type { Change, Guard, Outcome } from '../../shared/domain/change.ts';
import type { IndexEntry } from '../../shared/domain/index-entry.ts';
import { padMs } from '../../shared/domain/occurrence.ts';
import { applyChange, guardHolds } from './apply-change.ts';

/** Records of one kind by key. Copies in and out, so nobody shares an object with the table. */
export class MemoryTable<K extends object, R extends K> {
  readonly #records = new Map<string, R>();
  readonly #idOf: (key: K) => string;

  constructor(idOf: (key: K) => string) {
    this.#idOf = idOf;
  }

  get(key: K): R | undefined {
    return structuredClone(this.#records.get(this.#idOf(key)));
  }
  put(record: R): void {
    this.#records.set(this.#idOf(record), structuredClone(record));
  }
  delete(key: K): void {
    this.#records.delete(this.#idOf(key));
  }
  all(): R[] {
    return [...this.#records.values()].map((record) => structuredClone(record));
  }
  insert(record: R): Outcome<R> {
    const existing = this.get(record);
    if (existing) return { ok: false, existing };
    this.put(record);
    return { ok: true, record: structuredClone(record) };
  }
  update(key: K, change: Change<R>): Outcome<R> {
    const outcome = applyChange(this.get(key), structuredClone(change));
    if (outcome.ok) this.put(outcome.record);
    return outcome;
  }
  remove(key: K, guard: Guard<R>): Outcome<R> {
    const existing = this.get(key);
    if (!existing || !guardHolds(existing, guard)) return { ok: false, existing };
    this.delete(key);
    return { ok: true, record: existing };
  }
}

/** Where an index entry sorts: by time (or name), shard, then the record's own key. */
export interface Position {
  sort: string;
  shard: number;
  id: string;
}

export const positionOf = (entry: IndexEntry, id: string): Position => ({
  sort: entry.set === 'tasks' ? entry.name : padMs(entry.at),
  shard: entry.shard,
  id,
});

/** UTF-8 order, as DynamoDB sorts strings. */
const byText = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

const compare = (a: Position, b: Position, newestFirst: boolean): number =>
  byText(a.sort, b.sort) * (newestFirst ? -1 : 1) || a.shard - b.shard || byText(a.id, b.id);

/** One page of whatever has a position, after the position that `from` names. */
export function page<E>(
  items: { entry: E; position: Position }[],
  q: { limit: number; from?: string | undefined; newestFirst?: boolean },
): { entries: E[]; next: string | undefined } {
  const newestFirst = q.newestFirst ?? false;
  const after = q.from === undefined ? undefined : decode(q.from);
  const rest = items
    .filter(({ position }) => !after || compare(position, after, newestFirst) > 0)
    .sort((a, b) => compare(a.position, b.position, newestFirst));
  const taken = rest.slice(0, q.limit);
  const last = taken.at(-1);
  return {
    entries: taken.map(({ entry }) => entry),
    next: last && rest.length > taken.length ? encode(last.position) : undefined,
  };
}

const encode = (position: Position) => Buffer.from(JSON.stringify(position)).toString('base64url');
const decode = (from: string): Position => JSON.parse(Buffer.from(from, 'base64url').toString());
