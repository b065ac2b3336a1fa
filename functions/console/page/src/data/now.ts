import { useSyncExternalStore } from 'react';

const EVERY_MS = 1_000;
let nowMs = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

/** One clock for all that shows how long ago something was; it stands while nobody looks. */
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  // It may have stood for long.
  if (timer === undefined) nowMs = Date.now();
  timer ??= setInterval(() => {
    if (document.hidden) return;
    nowMs = Date.now();
    for (const each of listeners) each();
  }, EVERY_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

export const useNow = (): number => useSyncExternalStore(subscribe, () => nowMs);
