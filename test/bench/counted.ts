import * as z from 'zod';
import type { Item } from '../../infra/local/dynamodb/attribute-value.ts';
import { itemSizeBytes } from '../../infra/local/dynamodb/item-size.ts';
import { makeHandClock } from '../support/memory-clock.ts';
import { dividedBy, totalUnits, type Use } from './meter.ts';
import { quiet } from './quiet-log.ts';
import { type CountedWorld, type Scenario, T0 } from './scenarios.ts';
import { makeBenchWorld, TABLE } from './world.ts';

/** What one run took, on average over the runs of a scenario. */
export interface CountedRow {
  id: string;
  title: string;
  runs: number;
  batchSize: number;
  /** Everything below is per run. */
  use: Use;
  /** What the table billed beyond that: refused conditions, which cost units that no reply reports. */
  refused: { read: number; write: number };
  /** Of the run's record with its index entry, as DynamoDB charges storage. */
  storedBytes: number;
}

const MINUTE_MS = 60_000;
/** The canary's tasks take turns; an hour is a whole number of turns. */
const MINUTES_UNTIL_STEADY = 15;
const MINUTES_COUNTED = 60;
const START_BEFORE_MS = 2 * 3_600_000;
/** docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html: per item and per index entry */
const STORAGE_OVERHEAD_BYTES = 100;

export async function countScenario(
  scenario: Scenario,
  { runs, batchSize, counts = true }: { runs: number; batchSize: number; counts?: boolean },
): Promise<CountedRow> {
  const clock = makeHandClock(T0 - START_BEFORE_MS);
  const world: CountedWorld = { ...(await makeBenchWorld({ clock, log: quiet, counts })), clock };
  try {
    await scenario.prepare(world, runs);
    world.meter.take();
    const before = { ...world.billed };
    await scenario.run(world, runs, batchSize);
    const use = world.meter.take();
    return {
      id: scenario.id,
      title: scenario.title,
      runs,
      batchSize,
      use: dividedBy(withoutClocks(use), runs),
      refused: {
        read: (world.billed.read - before.read - totalUnits(use, 'read')) / runs,
        write: (world.billed.write - before.write - totalUnits(use, 'write')) / runs,
      },
      storedBytes: await averageRunBytes(world),
    };
  } finally {
    await world.close();
  }
}

/** The ticks themselves come every minute, due or not: they are part of the idle minute, their messages are not. */
function withoutClocks({ tick, ...use }: Use): Use {
  return tick ? { ...use, tick: { ...tick, invocations: 0, steps: {} } } : use;
}

/** What a minute takes in which nothing of the users' is due: both clocks' ticks, the sweeper, and the canary. */
export async function countIdleMinute(q: { shards: number; canary: boolean }): Promise<Use> {
  const clock = makeHandClock(T0);
  const world = await makeBenchWorld({ clock, log: quiet, ...q });
  const minutes = async (count: number) => {
    for (let minute = 0; minute < count; minute++) {
      await world.tick();
      await world.sweep();
      await clock.advance(MINUTE_MS);
      await world.work();
    }
  };
  try {
    await minutes(MINUTES_UNTIL_STEADY);
    world.meter.take();
    await minutes(MINUTES_COUNTED);
    return dividedBy(world.meter.take(), MINUTES_COUNTED);
  } finally {
    await world.close();
  }
}

const Value = z.union([
  z.strictObject({ S: z.string() }),
  z.strictObject({ N: z.string() }),
  z.strictObject({ BOOL: z.boolean() }),
  z.strictObject({
    get L() {
      return z.array(Value);
    },
  }),
  z.strictObject({
    get M(): z.ZodType<Item> {
      return z.record(z.string(), Value);
    },
  }),
]);
const ScanReply = z.object({ Items: z.array(z.record(z.string(), Value)) });
const INDEX_KEYS = ['pk', 'sk', 'statusKey', 'timeKey'];

async function averageRunBytes({ dynamo }: CountedWorld): Promise<number> {
  const { body } = await dynamo.engine.call('Scan', { TableName: TABLE });
  const runs = ScanReply.parse(body).Items.filter(({ sk }) => sk && 'S' in sk && sk.S.startsWith('X#'));
  const bytes = runs.reduce((sum, run) => {
    const entry = Object.fromEntries(Object.entries(run).filter(([name]) => INDEX_KEYS.includes(name)));
    return sum + itemSizeBytes(run) + itemSizeBytes(entry) + 2 * STORAGE_OVERHEAD_BYTES;
  }, 0);
  return runs.length === 0 ? 0 : bytes / runs.length;
}
