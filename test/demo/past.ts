import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { systemClock } from '../../shared/adapters/system/clock.ts';
import { mapBounded } from '../../shared/domain/map-bounded.ts';
import type { EndKind, RunEnd } from '../../shared/domain/run-end.ts';
import { startOf } from '../../shared/domain/stats-time.ts';
import { summarize } from '../../shared/domain/summary.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../shared/domain/time.ts';
import { makeStores } from '../bench/stores.ts';
import { BACKFILLED, TASKS } from './company.ts';

/** What the statistics of a scheduler tell that ran all day, made up: a new one has nothing to draw yet. */

const TENANT = 'root';
const AT_ONCE = 8;
/** Something was wrong then, for an hour. */
const TROUBLE_HOURS_AGO = 9;
const SEED = 20_26;

/** Of a scheduler on this machine, by the address of its table. Where it has counted something it changes nothing. */
export async function fillPast(endpoint: string, nowMs = Date.now()): Promise<void> {
  const credentials = { accessKeyId: 'demo', secretAccessKey: 'demo' };
  const client = new DynamoDBClient({ region: 'us-east-1', endpoint, credentials });
  try {
    const { TableNames: [table = ''] = [] } = await client.send(new ListTablesCommand({}));
    const { stats } = makeStores(client, table, systemClock);
    const [first, last] = [startOf('hour', nowMs - DAY_MS), startOf('minute', nowMs)];
    if ((await stats.read('hour', TENANT, { from: first, to: last })).length > 0) return;
    const random = randomFrom(SEED);
    const count = Math.floor((last - first) / MINUTE_MS);
    const minutes = Array.from({ length: count }, (_, n) => {
      const at = first + n * MINUTE_MS;
      return { at, ends: endsOf(at, nowMs, random) };
    });
    await mapBounded(minutes, AT_ONCE, ({ at, ends }) =>
      stats.put('minute', TENANT, { at, summary: summarize(ends) }),
    );
    const hours = [...Map.groupBy(minutes, ({ at }) => startOf('hour', at))];
    for (const [at, within] of hours)
      if (at + HOUR_MS <= nowMs)
        await stats.put('hour', TENANT, { at, summary: summarize(within.flatMap(({ ends }) => ends)) });
  } finally {
    client.destroy();
  }
}

/** More by day than by night, more at the full hour. */
function endsOf(at: number, nowMs: number, random: () => number): RunEnd[] {
  const date = new Date(at);
  const byDay = Math.max(0, Math.sin(((date.getUTCHours() - 5) / 15) * Math.PI));
  const full = date.getUTCMinutes() === 0 ? 3 : date.getUTCMinutes() % 30 === 0 ? 1.6 : 1;
  const isTrouble = Math.floor((nowMs - at) / HOUR_MS) === TROUBLE_HOURS_AGO;
  const runs = Math.round((8 + 6 * byDay) * full * (0.7 + 0.6 * random()));
  return Array.from({ length: runs }, () => endOf(isTrouble, random)).flat();
}

const FAILING = Object.keys(BACKFILLED).filter((id) => TASKS.some((task) => task.id === id && task.retry));
const WELL = TASKS.filter(({ id }) => !FAILING.includes(id)).map(({ id }) => id);

function endOf(isTrouble: boolean, random: () => number): RunEnd[] {
  const dice = random();
  const kind: EndKind =
    dice < (isTrouble ? 0.14 : 0.012)
      ? 'dead'
      : dice > 0.99
        ? 'skipped'
        : dice > 0.987
          ? 'cancelled'
          : 'success';
  const ids = kind === 'dead' ? FAILING : WELL;
  const taskId = ids[Math.floor(random() * ids.length)] ?? '';
  if (kind === 'skipped' || kind === 'cancelled') return [{ tenant: TENANT, taskId, kind }];
  const isSlow = random() < (isTrouble ? 0.2 : 0.015);
  const latenessMs = Math.round(20 + 90 * random() + (isSlow ? 1_800 * random() * (isTrouble ? 3 : 1) : 0));
  const durationMs = Math.round(60 + 3_000 * random() ** 2);
  return [{ tenant: TENANT, taskId, kind, latenessMs, durationMs }];
}

/** The same each time, so that pictures of it are alike. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
