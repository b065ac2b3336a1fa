import { setTimeout as delay } from 'node:timers/promises';

export interface Patience {
  timeoutMs?: number;
  intervalMs?: number;
}

/**
 * Tries until `attempt` no longer throws, and gives back what it returned. When time is over, the last reason
 * is thrown, so that a failing test says what it was still waiting for.
 */
export async function eventually<T>(
  attempt: () => T | Promise<T>,
  { timeoutMs = 15_000, intervalMs = 100 }: Patience = {},
): Promise<T> {
  const until = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() >= until) throw error;
    }
    await delay(intervalMs);
  }
}
