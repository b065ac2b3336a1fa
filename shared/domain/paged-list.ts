/**
 * Pages for people out of pages of an index, filtered and merged. A request examines a bounded number of entries
 * and returns a bounded number of bytes, so a page may be shorter than asked for, even empty, and yet not the last.
 */

/** One ordered stream of index entries and what they stand for. */
export interface ListSource<E, V> {
  /** Names the stream in the cursor. */
  name: string;
  fetch(from: string | undefined, limit: number): Promise<{ entries: E[]; next: string | undefined }>;
  keyOf(entry: E): string;
  /** A token behind this entry of the page that began at `from`; without it the page is read again. */
  tokenBehind?(entry: E, from: string | undefined): string;
  /** One value an entry, in order; undefined leaves it out: gone, changed since, or not asked for. */
  load(entries: E[]): Promise<(V | undefined)[]>;
}

/** Where each stream goes on: a token of its store, or null at its end. An absent stream begins. */
export type ListPosition = Record<string, string | null>;

export interface ListPage<V> {
  items: V[];
  /** undefined when there is nothing more. */
  next: ListPosition | undefined;
}

const FETCHED_ENTRIES = 100;
const LOADED_ENTRIES = 25;
/** At a time, while nothing is found that was asked for: few round trips for what is rare, few reads for what is not. */
const MOST_AT_A_TIME = 250;
const STRIDE_GROWTH = 4;
const MAX_EXAMINED = 1_000;
/** Below Lambda's 6 MB for a reply, with room for the last item and for what JSON escapes. */
const MAX_PAGE_BYTES = 3_000_000;

export async function readPage<V>(
  sources: readonly ListSource<unknown, V>[],
  q: {
    limit: number;
    position: ListPosition | undefined;
    /** Of the streams' next values the greatest goes first; absent when there is one stream. */
    rank?: (value: V) => number;
    bytesOf: (value: V) => number;
  },
): Promise<ListPage<V>> {
  const budget = { entries: MAX_EXAMINED };
  const readers = sources.map((source) => new Reader(source, q.position?.[source.name], budget));
  const items: V[] = [];
  for (let bytes = 0; items.length < q.limit && bytes < MAX_PAGE_BYTES; ) {
    const foremost = await foremostOf(readers, q.rank);
    if (!foremost) break;
    items.push(foremost.value);
    bytes += q.bytesOf(foremost.value);
    foremost.reader.advance();
  }
  // Entries that would be left out anyway must not promise another page.
  await Promise.all(readers.map((reader) => reader.peek()));
  if (readers.every((reader) => reader.isAtEnd)) return { items, next: undefined };
  const next: ListPosition = {};
  for (const reader of readers) {
    const token = await reader.position();
    if (token !== undefined) next[reader.name] = token;
  }
  return { items, next };
}

async function foremostOf<V>(readers: readonly Reader<unknown, V>[], rank: (value: V) => number = () => 0) {
  const values = await Promise.all(readers.map((reader) => reader.peek()));
  // A stream that was not examined to its next value could still hold the foremost one.
  if (readers.some((reader, at) => values[at] === undefined && !reader.isAtEnd)) return undefined;
  let best: { reader: Reader<unknown, V>; value: V } | undefined;
  for (const [at, reader] of readers.entries()) {
    const value = values[at];
    if (value !== undefined && (!best || rank(value) > rank(best.value))) best = { reader, value };
  }
  return best;
}

class Reader<E, V> {
  readonly name: string;
  readonly #source: ListSource<E, V>;
  readonly #budget: { entries: number };
  #pageFrom: string | undefined;
  #next: string | undefined;
  #started: boolean;
  #entries: E[] = [];
  #values: (V | undefined)[] = [];
  #at = 0;
  #stride = LOADED_ENTRIES;

  constructor(source: ListSource<E, V>, from: string | null | undefined, budget: { entries: number }) {
    this.name = source.name;
    this.#source = source;
    this.#budget = budget;
    this.#next = from ?? undefined;
    this.#started = from === null;
  }

  get isAtEnd(): boolean {
    return this.#started && this.#at >= this.#entries.length && this.#next === undefined;
  }

  /** The next value; undefined at the end of the stream or of what one request may examine. */
  async peek(): Promise<V | undefined> {
    while (!this.isAtEnd) {
      if (this.#at >= this.#entries.length) {
        if (this.#budget.entries <= 0) return undefined;
        await this.#fetch();
      } else if (this.#at >= this.#values.length) {
        if (this.#budget.entries <= 0) return undefined;
        await this.#load();
      } else {
        const value = this.#values[this.#at];
        if (value !== undefined) return value;
        this.advance();
      }
    }
    return undefined;
  }

  advance(): void {
    this.#at++;
  }

  /** A token behind the last entry consumed: null at the end, undefined at the beginning. */
  async position(): Promise<string | null | undefined> {
    if (this.isAtEnd) return null;
    if (this.#at >= this.#entries.length) return this.#next;
    const last = this.#entries[this.#at - 1];
    if (last === undefined) return this.#pageFrom;
    return this.#source.tokenBehind?.(last, this.#pageFrom) ?? this.#tokenBehind(last);
  }

  /**
   * Stores give tokens for whole pages, so the page is read again up to the entry. When the list moved in
   * between, the page's own beginning is right: a repeated item is better than a lost one.
   */
  async #tokenBehind(last: E): Promise<string | undefined> {
    const key = this.#source.keyOf(last);
    let limit = this.#at;
    for (let tries = 0; tries < 3; tries++) {
      const { entries, next } = await this.#source.fetch(this.#pageFrom, limit);
      const found = entries.findIndex((entry) => this.#source.keyOf(entry) === key);
      if (found >= 0 && found === entries.length - 1 && next !== undefined) return next;
      limit = found >= 0 ? found + 1 : Math.max(limit, FETCHED_ENTRIES);
    }
    return this.#pageFrom;
  }

  async #fetch(): Promise<void> {
    this.#pageFrom = this.#next;
    this.#started = true;
    const wanted = Math.max(FETCHED_ENTRIES, this.#stride);
    const { entries, next } = await this.#source.fetch(this.#pageFrom, wanted);
    this.#entries = entries;
    this.#values = [];
    this.#at = 0;
    this.#next = next;
    // An empty page counts too, or a long run of them would be unbounded.
    this.#budget.entries -= 1;
  }

  async #load(): Promise<void> {
    const from = this.#values.length;
    const chunk = this.#entries.slice(from, from + this.#stride);
    const values = await this.#source.load(chunk);
    this.#values.push(...values);
    this.#budget.entries -= chunk.length;
    const isFound = values.some((value) => value !== undefined);
    this.#stride = isFound ? LOADED_ENTRIES : Math.min(MOST_AT_A_TIME, this.#stride * STRIDE_GROWTH);
  }
}
