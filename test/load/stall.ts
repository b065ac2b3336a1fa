import { createTasks, finishedRuns, oneTime } from '../bench/engine-load.ts';
import { openReceiver } from '../support/receiver.ts';
import { type RunningEngine, startEngine } from '../support/start-engine.ts';
import { type Part, READY_WITHIN_MS, SPREAD, sizeOf, spread } from './part.ts';
import { watch } from './watch.ts';

const LEAD_MS = 15_000;
const SECOND_MS = 1_000;
const STALL_TIMEOUT_SECONDS = 10;

export const stall: Part = {
  name: 'stall',
  what: 'a webhook target that takes requests and never answers, beside tasks that have nothing to do with it',
  sizes: { stalled: 300, others: 300, perSecond: 10 },
  async run(sizes, say) {
    // Whoever asks hears nothing, for as long as he likes to wait.
    const receiver = await openReceiver(() => {});
    const engine = await startEngine({
      readyWithinMs: READY_WITHIN_MS,
      env: { ESCAPEMENT_TARGETS: JSON.stringify({ http: { hosts: [`127.0.0.1:${receiver.port}`] } }) },
    });
    try {
      const target = { type: 'http', url: `${receiver.url}/stalls` };
      const watching = watch(engine);
      const alone = await others(engine, 'alone', sizes);
      say('alone is measured; now beside a target that stalls, in a queue of its own');
      await stalled(engine, 'low', sizeOf(sizes, 'stalled'), { target, queue: 'low' });
      const apart = await others(engine, 'apart', sizes);
      await end(engine, 'low');
      say('now in the same queue, with a cap on the tasks of that target');
      const concurrency = [{ key: 'billing', limit: 2 }];
      await stalled(engine, 'capped', sizeOf(sizes, 'stalled'), { target, queue: 'default', concurrency });
      const capped = await others(engine, 'beside', sizes);
      await end(engine, 'capped');
      return [
        ['requests that got no answer', String(receiver.received.length)],
        [`lateness of others alone, ${SPREAD}`, spread(alone)],
        [`the target in another queue, ${SPREAD}`, spread(apart)],
        [`the target in the same queue, capped, ${SPREAD}`, spread(capped)],
        ...(await watching.stop()),
      ];
    } finally {
      await engine.dispose();
      await receiver.close();
    }
  },
};

const stalled = (engine: RunningEngine, tag: string, count: number, over: object) =>
  createTasks(
    engine,
    Array.from({ length: count }, () => ({
      name: 'Stalls',
      tags: [tag],
      timeoutSeconds: STALL_TIMEOUT_SECONDS,
      retry: { strategy: 'fixed', limit: 3, baseSeconds: 5 },
      schedule: { kind: 'now' },
      ...over,
    })),
  );

/** So many a second, on the queue `default`. */
async function others(
  engine: RunningEngine,
  tag: string,
  sizes: Readonly<Record<string, number>>,
): Promise<number[]> {
  const count = sizeOf(sizes, 'others');
  const start = Date.now() + LEAD_MS;
  const dueAt = (n: number) => start + Math.floor(n / sizeOf(sizes, 'perSecond')) * SECOND_MS;
  await createTasks(
    engine,
    Array.from({ length: count }, (_, n) =>
      oneTime(tag, { kind: 'once', at: new Date(dueAt(n)).toISOString() }),
    ),
  );
  const runs = await finishedRuns(engine, { tag, count, lastDueAt: dueAt(count), drains: false });
  return runs.map(({ latenessMs }) => latenessMs);
}

/** What still waits for the target would be in the way of the next. */
async function end(engine: RunningEngine, tag: string): Promise<void> {
  const { status, body } = await engine.api('POST', '/v1/bulk', { action: 'delete', filter: { tag } });
  if (status !== 200 && status !== 202) throw new Error(`not deleted: ${status} ${JSON.stringify(body)}`);
}
