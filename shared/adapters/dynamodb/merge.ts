/** Merges ordered streams into one, reading a stream on only when its buffer ran dry. */
export interface Stream<E> {
  /** The following entries in order; `done` when there are no more after them. */
  read(): Promise<{ entries: E[]; done: boolean }>;
}

export async function mergeFirst<E>(
  streams: Stream<E>[],
  limit: number,
  compare: (a: E, b: E) => number,
): Promise<{ entries: E[]; more: boolean }> {
  const heads = await Promise.all(
    streams.map(async (stream) => {
      const head: Head<E> = { stream, buffer: [], done: false };
      await fill(head);
      return head;
    }),
  );
  const entries: E[] = [];
  while (entries.length < limit) {
    const first = foremost(heads, compare);
    const entry = first?.buffer.shift();
    if (!first || entry === undefined) break;
    entries.push(entry);
    await fill(first);
  }
  return { entries, more: heads.some((head) => head.buffer.length > 0) };
}

interface Head<E> {
  stream: Stream<E>;
  buffer: E[];
  done: boolean;
}

async function fill<E>(head: Head<E>): Promise<void> {
  while (head.buffer.length === 0 && !head.done) {
    const { entries, done } = await head.stream.read();
    head.buffer = entries;
    head.done = done;
  }
}

function foremost<E>(heads: Head<E>[], compare: (a: E, b: E) => number): Head<E> | undefined {
  let first: Head<E> | undefined;
  for (const head of heads) {
    const [best, entry] = [first?.buffer[0], head.buffer[0]];
    if (entry !== undefined && (best === undefined || compare(entry, best) < 0)) first = head;
  }
  return first;
}
