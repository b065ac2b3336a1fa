import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again and again until there is an answer; a bounded wait for an event, not a sleep. */
export async function until<T>(
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  what: string,
  withinMs = 10_000,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  while (performance.now() < deadline) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    await sleep(20);
  }
  throw new Error(`not within ${withinMs} ms: ${what}`);
}
