/** Few at a time: what many rows of a list ask for waits for its turn. */
export function inTurn(atOnce: number) {
  const waiting: (() => void)[] = [];
  let free = atOnce;
  return async <T>(run: () => Promise<T>, signal?: AbortSignal): Promise<T> => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      // Nobody looks at it any more.
      signal?.throwIfAborted();
      return await run();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}
