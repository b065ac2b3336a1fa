import * as z from 'zod';
import { createTasks, finishedRuns, oneTime } from '../bench/engine-load.ts';
import { type RunningEngine, startEngine } from '../support/start-engine.ts';
import { type Part, READY_WITHIN_MS, SPREAD, seconds, sizeOf, spread } from './part.ts';
import { watch } from './watch.ts';

const NewToken = z.object({ token: z.string() });
const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const CALM_BEFORE_SECONDS = 15;
const LEAD_MS = 20_000;
/** What two cores create in a second, at the worst. */
const CREATED_PER_SECOND = 20;

export const flood: Part = {
  name: 'flood',
  what: 'a tenant with thousands of runs in one second, and another with one a second, on the same queue',
  sizes: { flood: 3_000, calm: 60 },
  async run(sizes, say) {
    const engine = await startEngine({ readyWithinMs: READY_WITHIN_MS });
    try {
      const [flooder, calm] = [await tenant(engine, 'flooder'), await tenant(engine, 'calm')];
      const floods = sizeOf(sizes, 'flood');
      const beats = sizeOf(sizes, 'calm');
      const at = Date.now() + LEAD_MS + ((floods + beats) / CREATED_PER_SECOND) * SECOND_MS;
      say(`${floods} runs of one tenant are due at ${new Date(at).toISOString()}`);
      const watching = watch(engine);
      const calmAt = (n: number) => at + (n - CALM_BEFORE_SECONDS) * SECOND_MS;
      const beat = (n: number) => oneTime('calm', { kind: 'once', at: new Date(calmAt(n)).toISOString() });
      await createTasks(
        calm,
        Array.from({ length: beats }, (_, n) => beat(n)),
      );
      const wave = oneTime('flood', { kind: 'once', at: new Date(at).toISOString() });
      await createTasks(
        flooder,
        Array.from({ length: floods }, () => wave),
      );
      if (Date.now() > calmAt(0)) throw new Error('the machine is too slow to create them in time');
      const patienceMs = 10 * MINUTE_MS;
      const waves = await finishedRuns(flooder, { tag: 'flood', count: floods, lastDueAt: at, patienceMs });
      const beating = await finishedRuns(calm, { tag: 'calm', count: beats, lastDueAt: calmAt(beats) });
      const drainedAt = Math.max(...waves.map(({ finishedAt }) => finishedAt));
      const latenessOf = (isWanted: (due: number) => boolean) =>
        beating.filter(({ scheduledAt }) => isWanted(scheduledAt)).map(({ latenessMs }) => latenessMs);
      const during = latenessOf((dueAt) => dueAt >= at && dueAt <= drainedAt);
      return [
        ['runs of the flood, all in success', String(waves.length)],
        ['the flood took', seconds(drainedAt - at)],
        [`its lateness, ${SPREAD}`, spread(waves.map(({ latenessMs }) => latenessMs))],
        [`lateness of the other tenant before, ${SPREAD}`, spread(latenessOf((dueAt) => dueAt < at))],
        [`during the flood (${during.length} runs), ${SPREAD}`, spread(during)],
        ...(await watching.stop()),
      ];
    } finally {
      await engine.dispose();
    }
  },
};

/** The engine as somebody of that tenant sees it. */
async function tenant(engine: RunningEngine, id: string): Promise<RunningEngine> {
  await engine.api('PUT', `/v1/tenants/${id}`, {});
  const made = await engine.api('POST', '/v1/tokens', { tenant: id, role: 'operator' });
  const { token } = NewToken.parse(made.body);
  const headers = { authorization: `Bearer ${token}` };
  return { ...engine, api: (method, path, body) => engine.api(method, path, body, headers) };
}
