import { useCallback, useLayoutEffect, useRef } from 'react';

/** The same function at every render, which does what the latest one said: who is handed it need not render anew. */
export function useStable<A extends unknown[]>(act: (...args: A) => void): (...args: A) => void {
  const latest = useRef(act);
  useLayoutEffect(() => {
    latest.current = act;
  });
  return useCallback((...args: A) => latest.current(...args), []);
}
