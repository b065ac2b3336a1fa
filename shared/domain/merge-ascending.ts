/** Union of ascending sequences, ascending, without duplicates; lazy, so they may be endless. */
export function* mergeAscending(sequences: Iterator<number>[]): Generator<number, void, void> {
  const heads = sequences.map((sequence) => ({ sequence, head: sequence.next() }));
  for (;;) {
    let least = Number.POSITIVE_INFINITY;
    for (const { head } of heads) if (!head.done && head.value < least) least = head.value;
    if (least === Number.POSITIVE_INFINITY) return;
    yield least;
    for (const entry of heads) {
      if (!entry.head.done && entry.head.value === least) entry.head = entry.sequence.next();
    }
  }
}
