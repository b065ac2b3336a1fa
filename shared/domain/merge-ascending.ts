/** Union of ascending sequences, ascending, without duplicates (the first sequence's counts); lazy, so they may be endless. */
export function* mergeAscending<T>(
  sequences: Iterator<T>[],
  keyOf: (item: T) => number,
): Generator<T, void, void> {
  const heads = sequences.map((sequence) => ({ sequence, head: sequence.next() }));
  for (;;) {
    let least: T | undefined;
    let leastKey = Number.POSITIVE_INFINITY;
    for (const { head } of heads) {
      if (head.done || keyOf(head.value) >= leastKey) continue;
      least = head.value;
      leastKey = keyOf(head.value);
    }
    if (least === undefined) return;
    yield least;
    for (const entry of heads) {
      if (!entry.head.done && keyOf(entry.head.value) === leastKey) entry.head = entry.sequence.next();
    }
  }
}
