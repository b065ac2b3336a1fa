import { describe, expect, it } from 'vitest';
import { makeBell } from '../../../../shared/client/cli/bell.ts';
import { follow } from '../../../../shared/client/cli/follow.ts';
import { createClient, type LiveEvent } from '../../../../shared/client/client.ts';
import { NOW } from './fake-io.ts';

const run = (status: string) => ({ id: 'a', status, attempt: 1, scheduledAt: NOW, startedAt: NOW });
const CHANGED: LiveEvent = { type: 'run.changed', taskId: 'report', executionId: 'a' };

/** Events that the test lets happen; they end with `undefined`. */
function makeEvents() {
  const told: (LiveEvent | undefined)[] = [];
  let wake = () => {};
  async function* events(): AsyncGenerator<LiveEvent, void> {
    for (;;) {
      while (told.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      const event = told.shift();
      if (!event) return;
      yield event;
    }
  }
  return {
    client: { events: async () => events() },
    tell: (event: LiveEvent | undefined) => {
      told.push(event);
      wake();
    },
  };
}
const { signal } = new AbortController();
/** Everything that is ready to happen has happened. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('the bell', () => {
  it('rings for runs, and once for whatever changed since it was asked last', async () => {
    const { client, tell } = makeEvents();
    const bell = makeBell(client, signal);
    let rings = 0;
    const listen = async () => {
      await bell();
      rings += 1;
    };
    tell({ type: 'queue.changed' });
    void listen();
    await turn();
    expect(rings).toBe(0);
    tell(CHANGED);
    await turn();
    expect(rings).toBe(1);
    tell(CHANGED);
    tell(CHANGED);
    await turn();
    await listen();
    void listen();
    await turn();
    expect(rings).toBe(2);
  });

  it.each([
    ['nothing is told', async () => undefined],
    ['the stream is refused', () => Promise.reject(new Error('no'))],
  ])('is silent where %s', async (_, events) => {
    let hasRung = false;
    void makeBell({ events }, signal)().then(() => {
      hasRung = true;
    });
    await turn();
    expect(hasRung).toBe(false);
  });

  it('makes tail look at once, however long it would have waited', async () => {
    const states = ['running', 'success'];
    const client = createClient({
      url: 'https://jobs.example',
      fetch: async () => Response.json({ items: [run(states.shift() ?? 'success')], nextCursor: null }),
    });
    const { client: telling, tell } = makeEvents();
    const waited: number[] = [];
    const sleep = (ms: number) => {
      waited.push(ms);
      return ms === 3_600_000 ? new Promise<void>(() => {}) : Promise.resolve();
    };
    const world = { nowMs: () => Date.parse(NOW), sleep, interrupted: signal };
    const options = { filter: {}, sinceMs: 60_000, everyMs: 3_600_000 };
    const seen = follow(client, options, world, makeBell(telling, signal));
    expect((await seen.next()).value).toMatchObject({ status: 'running' });
    tell(CHANGED);
    expect((await seen.next()).value).toMatchObject({ status: 'success' });
    expect(waited).toEqual([3_600_000, 100]);
  });
});
